// SPDX-License-Identifier: Apache-2.0
#include "content.hpp"

#include <shield/core/ascii.hpp>

namespace shield::smtp {

namespace {

constexpr std::string_view received = "received:";

// Up to and with the first LF, or everything.
std::string_view first_piece(std::string_view octets) noexcept
{
    const std::size_t lf = octets.find('\n');
    return lf == std::string_view::npos ? octets : octets.substr(0, lf + 1);
}

}  // namespace

bool ContentReader::read_data(std::string_view& input, std::string& content)
{
    // Copied in runs from one stuffed dot to the next: most messages have none.
    std::string_view run = input.substr(0, 0);
    const auto end_run = [&] {
        if (!flaws_.any()) {
            content.append(run);
        }
        run = input.substr(0, 0);
    };
    while (!input.empty()) {
        const bool may_begin_with_dot = dot_ != Dot::none || (line_octets_ == 0 && input.front() == '.');
        if (may_begin_with_dot) {
            end_run();
            if (pass_dot(input)) {
                return true;
            }
            run = input.substr(0, 0);
            if (dot_ != Dot::none) {
                break;  // the input ended in the middle of it
            }
        }
        const std::string_view piece = first_piece(input);
        measure(piece);
        input.remove_prefix(piece.size());
        run = std::string_view{run.data(), run.size() + piece.size()};
    }
    end_run();
    return false;
}

// Takes a dot at the beginning of a line and, if they follow, the CR and LF that make it the end of data. Returns
// with input left, or with dot_ telling where it stopped.
bool ContentReader::pass_dot(std::string_view& input)
{
    if (dot_ == Dot::none) {
        dot_ = Dot::seen;
        input.remove_prefix(1);
    }
    if (dot_ == Dot::seen && !input.empty()) {
        if (input.front() != '\r') {  // RFC 5321 section 4.5.2: a stuffed dot, or a sender that does not stuff
            dot_ = Dot::none;
            return false;
        }
        dot_ = Dot::seen_with_cr;
        input.remove_prefix(1);
    }
    if (dot_ == Dot::seen_with_cr && !input.empty()) {
        dot_ = Dot::none;
        if (input.front() == '\n') {
            input.remove_prefix(1);
            return true;
        }
        measure("\r");  // it was a bare CR, so the content is lost anyway
    }
    return false;
}

void ContentReader::read_chunk(std::string_view octets, std::string& content)
{
    for (std::string_view rest = octets; !rest.empty();) {
        const std::string_view piece = first_piece(rest);
        measure(piece);
        rest.remove_prefix(piece.size());
    }
    if (!flaws_.any()) {
        content.append(octets);
    }
}

void ContentReader::expect(std::uint64_t octets) noexcept
{
    if (octets_ > limits_->message_size_max || octets > limits_->message_size_max - octets_) {
        flaws_.too_big = true;
    }
}

void ContentReader::end_chunks() noexcept
{
    if (after_cr_) {
        flaws_.bare_cr_or_lf = true;
    }
}

// A piece is not empty and has at most one LF, as its last octet.
void ContentReader::measure(std::string_view piece)
{
    std::string_view inner = piece;
    const bool has_lf = inner.back() == '\n';
    if (has_lf) {
        inner.remove_suffix(1);
    }
    const bool ends_in_cr = inner.empty() ? after_cr_ : inner.back() == '\r';
    if (!inner.empty() && ends_in_cr) {
        inner.remove_suffix(1);
    }
    const bool cr_before_text = after_cr_ && piece.front() != '\n';
    if (cr_before_text || (has_lf && !ends_in_cr) || inner.find('\r') != std::string_view::npos) {
        flaws_.bare_cr_or_lf = true;
    }
    if (in_header_) {
        look_for_received(piece);
    }
    octets_ += piece.size();
    line_octets_ += piece.size();
    flaws_.too_big = flaws_.too_big || octets_ > limits_->message_size_max;
    flaws_.line_too_long = flaws_.line_too_long || line_octets_ > limits_->text_line_max;
    flaws_.too_many_hops = flaws_.too_many_hops || hops_ > limits_->received_hops_max;
    after_cr_ = ends_in_cr && !has_lf;
    if (has_lf && ends_in_cr) {
        in_header_ = in_header_ && line_octets_ > 2;
        line_octets_ = 0;
        received_octets_ = 0;
    }
}

// Called before the piece is counted: line_octets_ is where in its line the piece begins.
void ContentReader::look_for_received(std::string_view piece)
{
    if (line_octets_ != received_octets_) {
        return;  // this line has another name
    }
    for (const char c : piece) {
        if (received_octets_ == received.size() || core::to_lower(c) != received[received_octets_]) {
            return;
        }
        ++received_octets_;
        hops_ += received_octets_ == received.size() ? 1 : 0;
    }
}

}  // namespace shield::smtp
