// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace shield::campaign {

enum class LetterKind : std::uint8_t {
    nothing,    ///< seen by nobody: zero width, soft hyphens, accents that combine, broken octets
    separator,  ///< blanks, punctuation, symbols, emoji
    letter,
    digit,
    ideograph  ///< a word by itself, or nearly: scripts without spaces
};

/// One character as a reader sees it: lower case, Latin without accents, full width and mathematical forms plain.
struct Letter {
    char32_t value{0};  ///< folded
    LetterKind kind{LetterKind::nothing};
    bool capital{false};
    std::uint8_t octets{1};  ///< how many it takes in the text
};

/// The character at `at`, which is within the text. Broken UTF-8 is nothing, an octet at a time.
[[nodiscard]] Letter letter_at(std::string_view text, std::size_t at) noexcept;

/// The Latin letter that a Cyrillic or Greek one looks like, or itself.
[[nodiscard]] char32_t latin_twin(char32_t letter) noexcept;

void append_utf8(char32_t value, std::string& to);

}  // namespace shield::campaign
