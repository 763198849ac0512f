// SPDX-License-Identifier: Apache-2.0
#include "tidy.hpp"

#include "content_field.hpp"
#include "header_block.hpp"
#include "lines.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace shield::mime {

namespace {

// RFC 2046 section 5.1.1 allows 70; some senders take more. It bounds what a line is compared with.
constexpr std::size_t boundary_max = 250;

class Tidier {
public:
    Tidier(std::string_view octets, const core::Limits& limits, Defects& defects)
        : octets_{octets}, limits_{limits}, defects_{defects}, lines_{octets}, headers_{limits, defects}
    {
    }

    Tidied run() &&
    {
        drop_mbox_line();
        do {
            write_entity();
        } while (to_next_entity());
        report();
        return std::move(skeleton_);
    }

private:
    // A boundary line: which of the open multiparts it belongs to, and where it begins.
    struct Match {
        std::size_t level;
        bool closes;
        std::size_t line_begin;
    };

    void drop_mbox_line()
    {
        const std::string_view start = octets_.substr(0, 6);
        if (start.starts_with("From ") || start.starts_with(">From ")) {
            defects_.add("The message begins with an mbox line.");
            lines_.next();
        }
    }

    // Writes one entity up to the boundary that ends it, or for a multipart up to its first part. `match_` is then
    // the boundary line just read, or nothing at the end of the octets.
    void write_entity()
    {
        if (++parts_ > limits_.mime_parts_max || headers_.exhausted()) {
            write_rest();
            return;
        }
        const HeaderBlock header = headers_.read(
            lines_, [this](std::string_view line) { return match_boundary(line, lines_.position()).has_value(); });
        const std::optional<std::string> boundary = boundary_of(header);
        if (!boundary) {
            write_leaf_to_boundary(shape::leaf, header);
        } else if (boundary->empty()) {
            write_leaf_to_boundary(shape::loose, header);
        } else if (open_.size() >= limits_.mime_depth_max) {
            defects_.add("Multiparts are nested too deeply; the deepest was not taken apart (mime_depth_max).");
            write_leaf_to_boundary(shape::opaque, header);
        } else {
            write_multipart(header, *boundary);
        }
    }

    // Nothing when this is no multipart; empty when it has no usable boundary.
    std::optional<std::string> boundary_of(const HeaderBlock& header)
    {
        if (!core::istarts_with(header.content_type, "multipart/")) {
            return std::nullopt;
        }
        const ContentField field = parse_content_field(header.content_type, limits_.mime_parameters_max);
        std::string_view boundary = field.parameter("boundary");
        while (!boundary.empty() && core::is_blank(boundary.back())) {
            boundary.remove_suffix(1);
        }
        if (boundary.empty()) {
            defects_.add("A multipart names no boundary.");
        } else if (boundary.size() > boundary_max) {
            defects_.add("A multipart names a boundary that is too long.");
            boundary = {};
        }
        return std::string{boundary};
    }

    void write_multipart(const HeaderBlock& header, const std::string& boundary)
    {
        const std::size_t body = lines_.position();
        open_.push_back(boundary);
        match_ = find_boundary();
        if (match_ && match_->level + 1 == open_.size() && !match_->closes) {
            write("Content-Type: multipart/mixed; boundary=\"", boundary_of_level(open_.size() - 1), "\"\r\n",
                  header.fields, "\r\n");
            return;
        }
        open_.pop_back();
        defects_.add("A multipart has no parts.");
        write_leaf(shape::loose, header.fields, body_until(body, match_));
        if (match_ && match_->level == open_.size()) {  // it was closed without having been opened
            match_ = find_boundary();
        }
    }

    void write_leaf_to_boundary(std::string_view shape, const HeaderBlock& header)
    {
        const std::size_t body = lines_.position();
        match_ = find_boundary();
        write_leaf(shape, header.fields, body_until(body, match_));
    }

    void write_rest()
    {
        if (parts_ > limits_.mime_parts_max) {
            defects_.add("There are too many parts; the rest was not taken apart (mime_parts_max).");
        }
        write_leaf(shape::opaque, "", octets_.substr(lines_.position()));
        lines_.go_to(octets_.size());
        match_.reset();
    }

    // Without the line end before the boundary, which belongs to the boundary (RFC 2046 section 5.1.1).
    std::string_view body_until(std::size_t begin, const std::optional<Match>& match) const
    {
        std::string_view body = octets_.substr(begin, match ? match->line_begin - begin : std::string_view::npos);
        if (match && body.ends_with('\n')) {
            body.remove_suffix(1);
            if (body.ends_with('\r')) {
                body.remove_suffix(1);
            }
        } else if (match && body.ends_with('\r')) {
            body.remove_suffix(1);
        }
        return body;
    }

    void write_leaf(std::string_view shape, std::string_view fields, std::string_view body)
    {
        write("Content-Type: ", shape, "\r\n", fields, "\r\n", std::to_string(skeleton_.bodies.size()), "\r\n");
        skeleton_.bodies.push_back(body);
    }

    // Closes what the boundary just read ends, and finds the next part. False at the end of the message.
    bool to_next_entity()
    {
        while (match_) {
            if (match_->level + 1 < open_.size()) {
                defects_.add("A multipart inside another is not closed.");
            }
            close_down_to(match_->level + 1);
            // A boundary with nothing after it begins no part: senders forget the two dashes of the last one.
            if (!match_->closes && lines_.at_end()) {
                break;
            }
            if (!match_->closes) {
                write("--", boundary_of_level(match_->level), "\r\n");
                return true;
            }
            close_down_to(match_->level);
            const std::size_t epilogue = lines_.position();
            match_ = find_boundary();
            if (!core::trimmed(body_until(epilogue, match_)).empty()) {
                defects_.add("There is text after the end of a multipart; it is not shown.");
            }
        }
        if (!open_.empty()) {
            defects_.add("The message ends before its multipart does; it may have been cut.");
        }
        close_down_to(0);
        return false;
    }

    void close_down_to(std::size_t level)
    {
        for (; open_.size() > level; open_.pop_back()) {
            write("--", boundary_of_level(open_.size() - 1), "--\r\n");
        }
    }

    // All of one length, so that none is the beginning of another. No line of the skeleton is like it: in a field
    // the first colon is followed by a blank, and a body is digits.
    static std::string boundary_of_level(std::size_t level) { return "=:" + std::to_string(1000 + level); }

    std::optional<Match> find_boundary()
    {
        while (!lines_.at_end()) {
            const std::size_t begin = lines_.position();
            const std::string_view line = lines_.next();
            if (auto match = match_boundary(line, begin)) {
                return match;
            }
        }
        return std::nullopt;
    }

    // The innermost multipart comes first: when two share a boundary, it is its. Blanks may follow (RFC 2046
    // section 5.1.1: transport padding); anything else makes it a line of text, though older parsers saw a
    // boundary.
    std::optional<Match> match_boundary(std::string_view line, std::size_t begin) const
    {
        if (open_.empty() || !line.starts_with("--")) {
            return std::nullopt;
        }
        line.remove_prefix(2);
        while (!line.empty() && core::is_space(line.back())) {
            line.remove_suffix(1);
        }
        for (std::size_t level = open_.size(); level-- > 0;) {
            if (line == open_[level]) {
                return Match{level, false, begin};
            }
            if (line.size() == open_[level].size() + 2 && line.starts_with(open_[level]) && line.ends_with("--")) {
                return Match{level, true, begin};
            }
        }
        return std::nullopt;
    }

    void report()
    {
        if (octets_.find('\0') != std::string_view::npos) {
            defects_.add("The message holds NUL octets.");
        }
        if (lines_.bare_cr()) {
            defects_.add("A carriage return stands without a line feed.");
        }
        if (lines_.bare_lf()) {
            defects_.add("A line feed stands without a carriage return.");
        }
        if (lines_.long_line()) {
            defects_.add("A line is longer than 998 octets.");
        }
    }

    template <typename... Pieces>
    void write(const Pieces&... pieces)
    {
        (skeleton_.octets.append(pieces), ...);
    }

    std::string_view octets_;
    const core::Limits& limits_;
    Defects& defects_;
    Lines lines_;
    HeaderReader headers_;
    Tidied skeleton_;
    std::vector<std::string> open_;  // the boundaries of the multiparts we are in, outermost first
    std::optional<Match> match_;
    std::size_t parts_{0};
};

}  // namespace

Tidied tidy(std::string_view octets, const core::Limits& limits, Defects& defects)
{
    return Tidier{octets, limits, defects}.run();
}

}  // namespace shield::mime
