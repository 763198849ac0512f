// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace shield::core {

namespace {

struct Range {
    std::uint32_t first, last;
};

// Characters that a reader cannot see but that change what a reader sees: C1 controls, bidirectional controls
// (Unicode TR 9), line and paragraph separators, annotation marks, the blank Braille pattern, and all that Unicode
// calls default ignorable (DerivedCoreProperties): zero width characters, fillers, variation selectors, tags. In
// order.
constexpr std::array<Range, 19> unseen{{{0x80, 0x9f},
                                        {0xad, 0xad},
                                        {0x34f, 0x34f},
                                        {0x61c, 0x61c},
                                        {0x115f, 0x1160},
                                        {0x17b4, 0x17b5},
                                        {0x180b, 0x180f},
                                        {0x200b, 0x200f},
                                        {0x2028, 0x202e},
                                        {0x2060, 0x206f},
                                        {0x2800, 0x2800},
                                        {0x3164, 0x3164},
                                        {0xfe00, 0xfe0f},
                                        {0xfeff, 0xfeff},
                                        {0xffa0, 0xffa0},
                                        {0xfff0, 0xfffb},
                                        {0x1bca0, 0x1bca3},
                                        {0x1d173, 0x1d17a},
                                        {0xe0000, 0xe0fff}}};

bool steers_the_eye(std::uint32_t code) noexcept
{
    return std::any_of(unseen.begin(), unseen.end(),
                       [&](const Range& range) { return code >= range.first && code <= range.last; });
}

void append_octet(std::string& out, unsigned char octet)
{
    std::array<char, 8> shown{};
    std::snprintf(shown.data(), shown.size(), "\\x%02x", octet);
    out += shown.data();
}

void append_code_point(std::string& out, std::uint32_t code)
{
    std::array<char, 16> shown{};
    std::snprintf(shown.data(), shown.size(), code > 0xffff ? "\\U%08x" : "\\u%04x", code);
    out += shown.data();
}

std::uint32_t decode(std::string_view sequence) noexcept
{
    const auto octet = [&](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(sequence[i]));
    };
    switch (sequence.size()) {
        case 2:
            return (octet(0) & 0x1f) << 6 | (octet(1) & 0x3f);
        case 3:
            return (octet(0) & 0x0f) << 12 | (octet(1) & 0x3f) << 6 | (octet(2) & 0x3f);
        case 4:
            return (octet(0) & 0x07) << 18 | (octet(1) & 0x3f) << 12 | (octet(2) & 0x3f) << 6 | (octet(3) & 0x3f);
        default:
            return octet(0);
    }
}

std::size_t sequence_length(std::string_view text) noexcept
{
    for (std::size_t length = 2; length <= 4 && length <= text.size(); ++length) {
        if (is_utf8(text.substr(0, length))) {
            return length;
        }
    }
    return 0;
}

std::string escaped(std::string_view text, bool keep_lines)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const char c = text.front();
        const auto octet = static_cast<unsigned char>(c);
        std::size_t taken = 1;
        if (keep_lines && text.substr(0, 2) == "\r\n") {
            out += '\n';
            taken = 2;
        } else if (keep_lines && (c == '\n' || c == '\t')) {
            out += c;
        } else if (c == '\n' || c == '\r' || c == '\t') {
            out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
        } else if (octet < 0x20 || octet == 0x7f) {
            append_octet(out, octet);
        } else if (octet < 0x80) {
            out += c;
        } else if (const std::size_t length = sequence_length(text); length == 0) {
            append_octet(out, octet);
        } else {
            const std::uint32_t code = decode(text.substr(0, length));
            if (steers_the_eye(code)) {
                append_code_point(out, code);
            } else {
                out += text.substr(0, length);
            }
            taken = length;
        }
        text.remove_prefix(taken);
    }
    return out;
}

}  // namespace

std::string printable_line(std::string_view text)
{
    return escaped(text, /*keep_lines=*/false);
}

std::string printable_text(std::string_view text)
{
    return escaped(text, /*keep_lines=*/true);
}

}  // namespace shield::core
