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

std::string quoted_printable(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    std::size_t column = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, 2) == "\r\n") {
            encoded += "\r\n";
            column = 0;
            ++i;
            continue;
        }
        const auto octet = static_cast<unsigned char>(text[i]);
        const bool at_end = text.substr(i + 1, 2) == "\r\n";
        const bool literal = octet != '=' && octet < 0x7f && (octet > 0x20 || (core::is_blank(text[i]) && !at_end));
        const std::size_t width = literal ? 1 : 3;
        if (column + width > encoded_line_max - 1) {
            encoded += "=\r\n";
            column = 0;
        }
        if (literal) {
            encoded += text[i];
        } else {
            encoded += '=';
            encoded += digits[octet >> 4];
            encoded += digits[octet & 15];
        }
        column += width;
    }
    return encoded;
}

}  // namespace

Body make_body(std::string_view text)
{
    Body body;
    body.octets = clean_lines(text);
    std::string_view encoding = core::is_ascii(body.octets) ? "7bit" : "8bit";
    if (has_long_line(body.octets)) {
        body.octets = quoted_printable(body.octets);
        encoding = "quoted-printable";
    }
    body.fields = field("MIME-Version", "1.0") + field("Content-Type", "text/plain; charset=utf-8") +
                  field("Content-Transfer-Encoding", encoding);
    return body;
}

}  // namespace shield::acknowledge
