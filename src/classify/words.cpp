// SPDX-License-Identifier: Apache-2.0
#include "words.hpp"

#include <shield/core/ascii.hpp>

#include <cstdint>

namespace shield::classify {

namespace {

// What an ASCII letter or digit folds to; 0 for all else.
constexpr std::array<char, 256> ascii_letters = [] {
    std::array<char, 256> letters{};
    for (std::size_t i = 0; i < 128; ++i) {
        const char c = static_cast<char>(i);
        letters[i] = core::is_alpha(c) || core::is_digit(c) ? core::to_lower(c) : '\0';
    }
    return letters;
}();

struct CodePoint {
    char32_t value{0};
    std::size_t length{1};  // 1 also for a broken sequence, with value 0
};

CodePoint decode(std::string_view text, std::size_t at) noexcept
{
    const auto octet = [&](std::size_t i) -> char32_t {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
    };
    const auto tail = [&](std::size_t i) { return (octet(i) & 0xc0) == 0x80; };
    const char32_t first = octet(0);
    if (first >= 0xc2 && first <= 0xdf && tail(1)) {
        return {(first & 0x1f) << 6 | (octet(1) & 0x3f), 2};
    }
    if (first >= 0xe0 && first <= 0xef && tail(1) && tail(2)) {
        return {(first & 0x0f) << 12 | (octet(1) & 0x3f) << 6 | (octet(2) & 0x3f), 3};
    }
    if (first >= 0xf0 && first <= 0xf4 && tail(1) && tail(2) && tail(3)) {
        return {(first & 0x07) << 18 | (octet(1) & 0x3f) << 12 | (octet(2) & 0x3f) << 6 | (octet(3) & 0x3f), 4};
    }
    return {};
}

// Base letters of U+00C0 to U+017F; a space is no letter. German sharp s and ae, oe stay one letter each.
constexpr std::string_view latin_bases =
    "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

bool is_single_word(char32_t c) noexcept  // kana, ideographs, fullwidth forms excluded
{
    return (c >= 0x3041 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) ||
           (c >= 0x20000 && c <= 0x3ffff);
}

bool is_separator(char32_t c) noexcept  // general punctuation, symbols, arrows, CJK punctuation, private use, emoji
{
    return c < 0xc0 || c == 0xd7 || c == 0xf7 || (c >= 0x2000 && c <= 0x2bff) || (c >= 0x3000 && c <= 0x3040) ||
           (c >= 0xe000 && c <= 0xf8ff) || (c >= 0xfe00 && c <= 0xffff) || (c >= 0x1f000 && c <= 0x1ffff) ||
           c >= 0xe0000;
}

char32_t lower(char32_t c) noexcept
{
    if (c >= 0x410 && c <= 0x42f) {
        return c + 0x20;
    }
    if (c >= 0x400 && c <= 0x40f) {
        c += 0x50;
    }
    if (c == 0x451) {  // Russian writes yo and ye alike
        return 0x435;
    }
    return (c >= 0x391 && c <= 0x3a9) ? c + 0x20 : c;
}

}  // namespace

void WordReader::add(char c) noexcept
{
    if (length_ < word_.size()) {
        word_[length_++] = c;
    }
}

// A word begins with a letter or digit, so something always remains of it.
void WordReader::drop_last_apostrophes() noexcept
{
    while (length_ > 0 && word_[length_ - 1] == '\'') {
        --length_;
    }
}

bool WordReader::ends_sentence(char c) const noexcept
{
    const auto at = [&](std::size_t i) { return i < text_.size() ? text_[i] : '\n'; };
    if (c == '.' || c == '!' || c == '?' || c == ';') {
        return core::is_space(at(position_ + 1));  // not inside 1.2.3 or example.com
    }
    return c == '\n' && (at(position_ + 1) == '\n' || at(position_ + 1) == '\r');
}

// A character that is no letter and no digit. Whether the word goes on.
bool WordReader::take_other_ascii(char c) noexcept
{
    const bool inside = c == '\'' && length_ > 0;  // "don't" is one word
    if (inside) {
        add(c);
    } else {
        sentence_end_ = ends_sentence(c);
    }
    ++position_;
    return inside;
}

bool WordReader::take_code_point() noexcept
{
    const CodePoint point = decode(text_, position_);
    if (is_single_word(point.value)) {
        if (length_ > 0) {
            return false;  // comes again as a word of its own
        }
        for (std::size_t i = 0; i < point.length; ++i) {
            add(text_[position_ + i]);
        }
        position_ += point.length;
        return false;
    }
    if ((point.value == 0x2019 || point.value == 0x02bc) && length_ > 0) {
        add('\'');
    } else if (point.value >= 0x300 && point.value <= 0x36f) {
        // a combining accent: Latin letters are folded without theirs
    } else if (is_separator(point.value)) {
        sentence_end_ = point.value == 0x3002 || point.value == 0xff01 || point.value == 0xff1f;
        position_ += point.length;
        return false;
    } else if (point.value <= 0x17f) {
        add(latin_bases[point.value - 0xc0]);
    } else if (const char32_t folded = lower(point.value); folded < 0x800) {
        add(static_cast<char>(0xc0 | folded >> 6));
        add(static_cast<char>(0x80 | (folded & 0x3f)));
    } else {
        for (std::size_t i = 0; i < point.length; ++i) {
            add(text_[position_ + i]);
        }
    }
    position_ += point.length;
    return true;
}

WordReader::Token WordReader::next() noexcept
{
    length_ = 0;
    if (sentence_end_) {
        sentence_end_ = false;
        return Token::sentence_end;
    }
    while (position_ < text_.size()) {
        const char c = text_[position_];
        if (const char letter = ascii_letters[static_cast<unsigned char>(c)]; letter != 0) {  // nearly all there is
            add(letter);
            ++position_;
            continue;
        }
        const bool goes_on = static_cast<unsigned char>(c) < 0x80 ? take_other_ascii(c) : take_code_point();
        if (goes_on) {
            continue;
        }
        if (length_ > 0) {
            drop_last_apostrophes();
            return Token::word;
        }
        if (sentence_end_) {
            sentence_end_ = false;
            return Token::sentence_end;
        }
    }
    drop_last_apostrophes();
    return length_ > 0 ? Token::word : Token::text_end;
}

std::vector<std::string> folded_words(std::string_view text)
{
    std::vector<std::string> words;
    WordReader reader{text};
    for (auto token = reader.next(); token != WordReader::Token::text_end; token = reader.next()) {
        if (token == WordReader::Token::word) {
            words.emplace_back(reader.word());
        }
    }
    return words;
}

}  // namespace shield::classify
