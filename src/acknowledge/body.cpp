// SPDX-License-Identifier: Apache-2.0
#include "body.hpp"

#include "fields.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>

namespace shield::acknowledge {

namespace {

constexpr std::size_t line_octets_max = 998;  // RFC 5322 section 2.1.1
constexpr std::size_t encoded_line_max = 76;  // RFC 2045 section 6.7 rule 5

// The length of the well-formed sequence at the beginning, or 0.
std::size_t sequence_length(std::string_view text)
{
    for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
        if (core::is_utf8(text.substr(0, length))) {
            return length;
        }
    }
    return 0;
}

bool is_kept(char c) noexcept
{
    return static_cast<unsigned char>(c) >= 0x20 ? c != 0x7f : c == '\t';
}

// CRLF line ends, the last line ended, nothing that could steer a terminal.
std::string clean_lines(std::string_view text)
{
    std::string clean;
    clean.reserve(text.size() + text.size() / 32 + 2);
    while (!text.empty()) {
        std::size_t taken = 1;
        if (text.front() == '\r' || text.front() == '\n') {
            taken = text.starts_with("\r\n") ? 2 : 1;
            clean += "\r\n";
        } else if (const std::size_t length = sequence_length(text); length == 0) {
            clean += "\xef\xbf\xbd";
        } else if (length > 1 || is_kept(text.front())) {
            clean += text.substr(0, length);
            taken = length;
        }
        text.remove_prefix(taken);
    }
    if (!clean.empty() && !clean.ends_with("\r\n")) {
        clean += "\r\n";
    }
    return clean;
}

bool has_long_line(std::string_view text)
{
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find("\r\n", begin), text.size());
        if (end - begin > line_octets_max) {
            return true;
        }
        begin = end + 2;
    }
    return false;
}

std::string quoted(char c)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto octet = static_cast<unsigned char>(c);
    return {'=', digits[octet >> 4], digits[octet & 15]};
}

// A line that is too long goes on behind a blank where it has one: a reference or a link stays whole for who reads
// the octets.
std::string quoted_printable(std::string_view text)
{
    std::string encoded;
    std::size_t line = 0;   // where the last one begins
    std::size_t blank = 0;  // behind the last blank in it, or its beginning
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, 2) == "\r\n") {
            encoded += "\r\n";
            line = blank = encoded.size();
            ++i;
            continue;
        }
        const bool is_blank = core::is_blank(text[i]);
        const bool at_end = text.substr(i + 1, 2) == "\r\n";
        const bool literal = is_blank ? !at_end : text[i] > ' ' && text[i] < 0x7f && text[i] != '=';
        const std::string piece = literal ? std::string(1, text[i]) : quoted(text[i]);
        if (encoded.size() - line + piece.size() > encoded_line_max - 1) {
            const std::size_t at = blank > line ? blank : encoded.size();
            encoded.insert(at, "=\r\n");
            line = blank = at + 3;
        }
        encoded += piece;
        blank = is_blank && literal ? encoded.size() : blank;
    }
    return encoded;
}

std::string base64_lines(std::string_view text)
{
    const std::string encoded = base64(text);
    std::string lines;
    for (std::size_t begin = 0; begin < encoded.size(); begin += encoded_line_max) {
        lines += encoded.substr(begin, encoded_line_max) + "\r\n";
    }
    return lines;
}

}  // namespace

Body make_body(std::string_view text)
{
    Body body;
    body.octets = clean_lines(text);
    std::string_view encoding = "7bit";
    if (!core::is_ascii(body.octets) || has_long_line(body.octets)) {
        std::string printable = quoted_printable(body.octets);
        std::string based = base64_lines(body.octets);
        const bool smaller = printable.size() <= based.size();
        encoding = smaller ? "quoted-printable" : "base64";
        body.octets = std::move(smaller ? printable : based);
    }
    body.fields = field("MIME-Version", "1.0") + field("Content-Type", "text/plain; charset=utf-8") +
                  field("Content-Transfer-Encoding", encoding);
    return body;
}

}  // namespace shield::acknowledge
