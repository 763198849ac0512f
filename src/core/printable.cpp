// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>

#include <array>
#include <cstdint>
#include <cstdio>

namespace shield::core {

namespace {

// Characters that a reader cannot see but that change what a reader sees: bidirectional controls (Unicode TR 9),
// zero width and other format characters, line and paragraph separators, tags, variation of C1 controls.
bool steers_the_eye(std::uint32_t code) noexcept
{
    return (code >= 0x80 && code <= 0x9f) || code == 0xad || code == 0x61c || code == 0x180e ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) ||
           (code >= 0xe0000 && code <= 0xe007f);
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
