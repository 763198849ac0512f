// SPDX-License-Identifier: Apache-2.0
#include "columns.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace shield::cli {

namespace {

struct Range {
    std::uint32_t first, last;
};

// Unicode's East_Asian_Width W and F, by block.
constexpr std::array wide{
    Range{0x1100, 0x115f},   Range{0x231a, 0x231b},   Range{0x2329, 0x232a},   Range{0x23e9, 0x23ec},
    Range{0x25fd, 0x25fe},   Range{0x2614, 0x2615},   Range{0x2648, 0x2653},   Range{0x26a1, 0x26a1},
    Range{0x2705, 0x2705},   Range{0x270a, 0x270b},   Range{0x2728, 0x2728},   Range{0x274c, 0x274c},
    Range{0x2753, 0x2757},   Range{0x2795, 0x2797},   Range{0x2b1b, 0x2b1c},   Range{0x2e80, 0x303e},
    Range{0x3041, 0xa4cf},   Range{0xa960, 0xa97c},   Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},
    Range{0xfe10, 0xfe19},   Range{0xfe30, 0xfe6f},   Range{0xff01, 0xff60},   Range{0xffe0, 0xffe6},
    Range{0x1b000, 0x1b2ff}, Range{0x1f004, 0x1f004}, Range{0x1f0cf, 0x1f0cf}, Range{0x1f18e, 0x1f19a},
    Range{0x1f200, 0x1f320}, Range{0x1f32d, 0x1f64f}, Range{0x1f680, 0x1f6ff}, Range{0x1f7e0, 0x1f7eb},
    Range{0x1f90c, 0x1f9ff}, Range{0x1fa70, 0x1faff}, Range{0x20000, 0x3fffd}};

// Marks that combine with the character before them (Mn and Me, by block) and variation selectors.
constexpr std::array combining{
    Range{0x300, 0x36f},   Range{0x483, 0x489},   Range{0x591, 0x5bd},    Range{0x610, 0x61a},
    Range{0x64b, 0x65f},   Range{0x6d6, 0x6dc},   Range{0x6df, 0x6e4},    Range{0x900, 0x902},
    Range{0x93c, 0x93c},   Range{0x941, 0x948},   Range{0x94d, 0x94d},    Range{0xe31, 0xe31},
    Range{0xe34, 0xe3a},   Range{0xe47, 0xe4e},   Range{0x1160, 0x11ff},  Range{0x1ab0, 0x1aff},
    Range{0x1dc0, 0x1dff}, Range{0x20d0, 0x20ff}, Range{0x302a, 0x302d},  Range{0x3099, 0x309a},
    Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f}, Range{0xe0100, 0xe01ef}};

// More marks than any script needs on one character is a picture that runs into the neighbouring lines.
constexpr unsigned marks_max = 4;

template <std::size_t n>
bool is_in(const std::array<Range, n>& ranges, std::uint32_t code)
{
    const auto range = std::lower_bound(ranges.begin(), ranges.end(), code,
                                        [](const Range& one, std::uint32_t value) { return one.last < value; });
    return range != ranges.end() && range->first <= code;
}

struct Character {
    std::string_view octets;
    std::size_t columns;
};

// The first character of well-formed UTF-8; anything else is taken octet by octet.
Character first_of(std::string_view text)
{
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length == 1 || length > text.size()) {
        return {text.substr(0, 1), 1};
    }
    std::uint32_t code = lead & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) {
            return {text.substr(0, 1), 1};
        }
        code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
    }
    const std::size_t columns = is_in(combining, code) ? 0 : is_in(wide, code) ? 2 : 1;
    return {text.substr(0, length), columns};
}

// The longest beginning that is no wider than `columns`.
std::string_view beginning(std::string_view text, std::size_t columns)
{
    std::size_t taken = 0;
    while (taken < text.size()) {
        const Character next = first_of(text.substr(taken));
        if (next.columns > columns) {
            break;
        }
        columns -= next.columns;
        taken += next.octets.size();
    }
    return text.substr(0, taken);
}

std::string without_towers(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (unsigned marks = 0; !text.empty();) {
        const Character next = first_of(text);
        marks = next.columns == 0 ? marks + 1 : 0;
        if (marks <= marks_max) {
            out += next.octets;
        }
        text.remove_prefix(next.octets.size());
    }
    return out;
}

}  // namespace

std::size_t columns_of(std::string_view text)
{
    std::size_t columns = 0;
    while (!text.empty()) {
        const Character next = first_of(text);
        columns += next.columns;
        text.remove_prefix(next.octets.size());
    }
    return columns;
}

std::string cut_to(std::string_view text, std::size_t columns)
{
    std::string whole = without_towers(text);
    if (columns_of(whole) <= columns) {
        return whole;
    }
    return columns == 0 ? std::string{} : std::string{beginning(whole, columns - 1)} + "…";
}

std::string fitted(std::string_view text, std::size_t columns)
{
    std::string cell = cut_to(text, columns);
    cell.append(columns - columns_of(cell), ' ');
    return cell;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns)
{
    columns = std::max<std::size_t>(columns, 2);  // the widest character takes two
    const std::string whole = without_towers(text);
    std::string_view left = whole;
    std::vector<std::string> pieces;
    while (columns_of(left) > columns) {
        std::string_view piece = beginning(left, columns);
        const auto blank = piece.rfind(' ');
        if (blank != std::string_view::npos && blank > piece.size() / 2) {
            piece = piece.substr(0, blank + 1);
        }
        pieces.emplace_back(piece);
        left.remove_prefix(piece.size());
    }
    pieces.emplace_back(left);
    return pieces;
}

}  // namespace shield::cli
