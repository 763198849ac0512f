// SPDX-License-Identifier: Apache-2.0
#include "letters.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>

namespace shield::campaign {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

template <std::size_t count>
constexpr bool is_in(const std::array<Range, count>& ranges, char32_t c) noexcept
{
    return std::any_of(ranges.begin(), ranges.end(), [c](Range r) { return c >= r.first && c <= r.last; });
}

// Zero width, direction marks, fillers, variation selectors, tags, and accents that combine.
constexpr std::array invisible{Range{0xad, 0xad},       Range{0x300, 0x36f},     Range{0x34f, 0x34f},
                               Range{0x61c, 0x61c},     Range{0x115f, 0x1160},   Range{0x17b4, 0x17b5},
                               Range{0x180b, 0x180f},   Range{0x200b, 0x200f},   Range{0x202a, 0x202e},
                               Range{0x2060, 0x206f},   Range{0x3164, 0x3164},   Range{0xfe00, 0xfe0f},
                               Range{0xfeff, 0xfeff},   Range{0xffa0, 0xffa0},   Range{0xfff0, 0xfffb},
                               Range{0xe0000, 0xe0fff}, Range{0x1d173, 0x1d17a}, Range{0x20d0, 0x20ff}};

// Latin-1 signs, general punctuation to arrows and symbols, CJK punctuation, private use, emoji.
constexpr std::array separators{Range{0x80, 0xa9},     Range{0xab, 0xb9},     Range{0xbb, 0xbf},
                                Range{0xd7, 0xd7},     Range{0xf7, 0xf7},     Range{0x2000, 0x20cf},
                                Range{0x2190, 0x2bff}, Range{0x3000, 0x3040}, Range{0xe000, 0xf8ff},
                                Range{0xfe10, 0xfe6f}, Range{0xff00, 0xff0f}, Range{0xff1a, 0xff20},
                                Range{0xff3b, 0xff40}, Range{0xff5b, 0xff65}, Range{0x1f000, 0x1faff}};

// Thai to Khmer, kana, ideographs: written without spaces.
constexpr std::array unspaced{Range{0xe00, 0xeff},   Range{0x1000, 0x109f},  Range{0x1780, 0x17ff},
                              Range{0x3041, 0x30ff}, Range{0x3400, 0x9fff},  Range{0xf900, 0xfaff},
                              Range{0xff66, 0xff9f}, Range{0x20000, 0x3ffff}};

// U+00C0 to U+017F; multiplication and division signs are separators above.
constexpr std::string_view plain_latin =
    "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

struct Decoded {
    char32_t value{0};
    std::uint8_t octets{1};
    bool whole{false};
};

Decoded decoded_at(std::string_view text, std::size_t at) noexcept
{
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned char first = octet(0);
    if (first < 0x80) {
        return {first, 1, true};
    }
    const std::uint8_t octets = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (at + octets > text.size() || !core::is_utf8(text.substr(at, octets))) {
        return {};
    }
    char32_t value = first & (0xffU >> (octets + 1));
    for (std::size_t i = 1; i < octets; ++i) {
        value = value << 6 | (octet(i) & 0x3fU);
    }
    return {value, octets, true};
}

// Letters of full width and of mathematics, as the ASCII ones that they are; any other as it is.
char32_t plain_form(char32_t c) noexcept
{
    if (c >= 0xff10 && c <= 0xff5a) {
        return c - 0xff10 + '0';
    }
    if (c >= 0x1d400 && c <= 0x1d6a3) {
        const char32_t place = (c - 0x1d400) % 52;
        return place < 26 ? 'A' + place : 'a' + place - 26;
    }
    return c >= 0x1d7ce && c <= 0x1d7ff ? '0' + (c - 0x1d7ce) % 10 : c;
}

bool is_capital(char32_t c) noexcept
{
    const bool latin = (c >= 0xc0 && c <= 0xde) || (c >= 0x100 && c <= 0x137 && c % 2 == 0) ||
                       (c >= 0x139 && c <= 0x148 && c % 2 == 1) || (c >= 0x14a && c <= 0x177 && c % 2 == 0);
    return (c >= 'A' && c <= 'Z') || latin || (c >= 0x391 && c <= 0x3a9) || (c >= 0x400 && c <= 0x42f);
}

char32_t folded(char32_t c) noexcept
{
    if (c >= 'A' && c <= 'Z') {
        return c + 0x20;
    }
    if (c >= 0xc0 && c <= 0x17f) {
        return static_cast<unsigned char>(plain_latin[c - 0xc0]);
    }
    if (c >= 0x400 && c <= 0x40f) {
        c += 0x50;
    }
    if (c == 0x451) {  // Russian writes yo and ye alike
        return 0x435;
    }
    return (c >= 0x410 && c <= 0x42f) || (c >= 0x391 && c <= 0x3a9) ? c + 0x20 : c;
}

LetterKind kind_of(char32_t c) noexcept
{
    if (c < 0x80) {
        const char ascii = static_cast<char>(c);
        return core::is_alpha(ascii)   ? LetterKind::letter
               : core::is_digit(ascii) ? LetterKind::digit
                                       : LetterKind::separator;
    }
    if (is_in(invisible, c)) {
        return LetterKind::nothing;
    }
    if (is_in(unspaced, c)) {
        return LetterKind::ideograph;
    }
    if ((c >= 0x660 && c <= 0x669) || (c >= 0x6f0 && c <= 0x6f9) || (c >= 0x966 && c <= 0x96f)) {
        return LetterKind::digit;
    }
    return is_in(separators, c) ? LetterKind::separator : LetterKind::letter;
}

}  // namespace

Letter letter_at(std::string_view text, std::size_t at) noexcept
{
    const Decoded decoded = decoded_at(text, at);
    if (!decoded.whole) {
        return {};
    }
    const char32_t plain = plain_form(decoded.value);
    return {folded(plain), kind_of(plain), is_capital(plain), decoded.octets};
}

char32_t latin_twin(char32_t letter) noexcept
{
    struct Twin {
        char32_t letter;
        char latin;
    };
    constexpr std::array twins{
        Twin{0x430, 'a'}, Twin{0x432, 'b'}, Twin{0x435, 'e'}, Twin{0x43a, 'k'}, Twin{0x43c, 'm'}, Twin{0x43d, 'h'},
        Twin{0x43e, 'o'}, Twin{0x440, 'p'}, Twin{0x441, 'c'}, Twin{0x442, 't'}, Twin{0x443, 'y'}, Twin{0x445, 'x'},
        Twin{0x455, 's'}, Twin{0x456, 'i'}, Twin{0x457, 'i'}, Twin{0x458, 'j'}, Twin{0x4bb, 'h'}, Twin{0x501, 'd'},
        Twin{0x51b, 'q'}, Twin{0x51d, 'w'}, Twin{0x4cf, 'l'}, Twin{0x3b1, 'a'}, Twin{0x3b2, 'b'}, Twin{0x3b5, 'e'},
        Twin{0x3b7, 'n'}, Twin{0x3b9, 'i'}, Twin{0x3ba, 'k'}, Twin{0x3bd, 'v'}, Twin{0x3bf, 'o'}, Twin{0x3c1, 'p'},
        Twin{0x3c4, 't'}, Twin{0x3c5, 'u'}, Twin{0x3c7, 'x'}, Twin{0x3c9, 'w'}, Twin{0x261, 'g'}, Twin{0x131, 'i'}};
    const auto* found = std::find_if(twins.begin(), twins.end(), [&](Twin t) { return t.letter == letter; });
    return found == twins.end() ? letter : static_cast<unsigned char>(found->latin);
}

void append_utf8(char32_t value, std::string& to)
{
    if (value < 0x80) {
        to += static_cast<char>(value);
        return;
    }
    const int tails = value < 0x800 ? 1 : value < 0x10000 ? 2 : 3;
    constexpr std::array<unsigned, 4> heads{0, 0xc0, 0xe0, 0xf0};
    to += static_cast<char>(heads[static_cast<std::size_t>(tails)] | value >> 6 * tails);
    for (int i = tails - 1; i >= 0; --i) {
        to += static_cast<char>(0x80 | (value >> 6 * i & 0x3f));
    }
}

}  // namespace shield::campaign
