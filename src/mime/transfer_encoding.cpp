// SPDX-License-Identifier: Apache-2.0
#include "transfer_encoding.hpp"

#include <shield/core/ascii.hpp>

#include <array>

namespace shield::mime {

namespace {

constexpr std::uint8_t foreign = 64;
constexpr std::uint8_t padding = 65;
constexpr std::uint8_t blank = 66;

constexpr std::array<std::uint8_t, 256> make_base64_values()
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::array<std::uint8_t, 256> values{};
    values.fill(foreign);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    values['='] = padding;
    values['\r'] = values['\n'] = values[' '] = values['\t'] = blank;
    return values;
}

constexpr std::array<std::uint8_t, 256> base64_values = make_base64_values();

// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) noexcept
{
    if (core::is_digit(c)) {
        return c - '0';
    }
    const char lower = core::to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The octet that "=XY" at `text` stands for, or -1.
int escaped_octet(std::string_view text) noexcept
{
    if (text.size() < 3) {
        return -1;
    }
    const int high = hex_value(text[1]);
    const int low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

void append_group(std::uint32_t bits, std::string& octets)
{
    const std::array<char, 3> group{static_cast<char>(bits >> 16), static_cast<char>(bits >> 8),
                                    static_cast<char>(bits)};
    octets.append(group.data(), group.size());
}

// The fast way through lines of nothing but groups of four; up to where it ends.
std::size_t decode_whole_groups(std::string_view text, std::size_t position, std::string& octets)
{
    const auto value = [&](std::size_t i) { return base64_values[static_cast<unsigned char>(text[i])]; };
    for (; position + 4 <= text.size(); position += 4) {
        const std::uint8_t a = value(position);
        const std::uint8_t b = value(position + 1);
        const std::uint8_t c = value(position + 2);
        const std::uint8_t d = value(position + 3);
        if ((a | b | c | d) >= foreign) {
            break;
        }
        append_group(static_cast<std::uint32_t>(a << 18 | b << 12 | c << 6 | d), octets);
    }
    return position;
}

// Ends a group of fewer than four characters. One alone carries no whole octet.
void flush_base64(std::uint32_t bits, unsigned count, Decoded& decoded)
{
    if (count >= 2) {
        decoded.octets += static_cast<char>(bits >> (count == 2 ? 4 : 10));
    }
    if (count == 3) {
        decoded.octets += static_cast<char>(bits >> 2);
    }
    decoded.valid = decoded.valid && count != 1;
}

// One line of quoted-printable without its line end. True when it ends in a soft line break.
bool decode_line(std::string_view line, Decoded& decoded)
{
    while (!line.empty() && core::is_blank(line.back())) {
        line.remove_suffix(1);
    }
    const bool soft = !line.empty() && line.back() == '=';
    if (soft) {
        line.remove_suffix(1);
    }
    while (!line.empty()) {
        const std::size_t escape = line.find('=');
        decoded.octets += line.substr(0, escape);
        if (escape == std::string_view::npos) {
            break;
        }
        line.remove_prefix(escape);
        const int octet = escaped_octet(line);
        decoded.valid = decoded.valid && octet >= 0;
        decoded.octets += octet >= 0 ? static_cast<char>(octet) : '=';
        line.remove_prefix(octet >= 0 ? 3 : 1);
    }
    return soft;
}

}  // namespace

TransferEncoding parse_transfer_encoding(std::string_view value) noexcept
{
    value = core::trimmed(value.substr(0, value.find_first_of(";(")));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
    }
    if (value.empty() || core::iequals(value, "7bit") || core::iequals(value, "8bit") ||
        core::iequals(value, "binary") || core::iequals(value, "7-bit") || core::iequals(value, "8-bit")) {
        return TransferEncoding::identity;
    }
    if (core::iequals(value, "base64") || core::iequals(value, "base-64")) {
        return TransferEncoding::base64;
    }
    if (core::iequals(value, "quoted-printable") || core::iequals(value, "quotedprintable")) {
        return TransferEncoding::quoted_printable;
    }
    return TransferEncoding::unknown;
}

Decoded decode_base64(std::string_view text)
{
    Decoded decoded;
    decoded.octets.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t bits = 0;
    unsigned count = 0;
    std::size_t foreign_count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (count == 0) {
            i = decode_whole_groups(text, i, decoded.octets);
            if (i == text.size()) {
                break;
            }
        }
        const std::uint8_t value = base64_values[static_cast<unsigned char>(text[i])];
        if (value < foreign) {
            bits = bits << 6 | value;
            if (++count == 4) {
                append_group(bits, decoded.octets);
                count = 0;
            }
        } else if (value == padding) {
            flush_base64(bits, count, decoded);
            count = 0;
        } else if (value == foreign) {
            ++foreign_count;
        }
    }
    flush_base64(bits, count, decoded);
    decoded.valid = decoded.valid && foreign_count == 0;
    // Some noise is damage; this much is text whose sender only said it was base64.
    if (foreign_count * 16 > decoded.octets.size()) {
        decoded.octets = text;
    }
    return decoded;
}

Decoded decode_quoted_printable(std::string_view text)
{
    Decoded decoded;
    decoded.octets.reserve(text.size());
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const bool carriage_return = !line.empty() && line.back() == '\r';
        if (carriage_return) {
            line.remove_suffix(1);
        }
        const bool soft = decode_line(line, decoded);
        if (!soft && end != std::string_view::npos) {
            decoded.octets += carriage_return ? "\r\n" : "\n";
        }
    }
    return decoded;
}

std::string decode_q(std::string_view text)
{
    std::string octets;
    octets.reserve(text.size());
    while (!text.empty()) {
        const int octet = text.front() == '=' ? escaped_octet(text) : -1;
        if (octet >= 0) {
            octets += static_cast<char>(octet);
            text.remove_prefix(3);
        } else {
            octets += text.front() == '_' ? ' ' : text.front();
            text.remove_prefix(1);
        }
    }
    return octets;
}

}  // namespace shield::mime
