// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace shield::classify {

/// Text cut into folded words: lower case, Latin letters without accents, curly quotes straight, one word for each
/// ideograph or kana (their scripts have no spaces). Rules and messages are folded alike, so spelling in a rule
/// does not matter. Broken UTF-8 separates words. A value that walks once over text it does not own; never fails.
class WordReader {
public:
    enum class Token { word, sentence_end, text_end };

    explicit WordReader(std::string_view text) noexcept : text_{text} {}

    /// Moves to the next token. After `word`, word() is valid until the next call.
    [[nodiscard]] Token next() noexcept;

    [[nodiscard]] std::string_view word() const noexcept { return {word_.data(), length_}; }

private:
    // Longer words are cut: no rule has one.
    static constexpr std::size_t word_octets_max = 48;

    void add(char c) noexcept;
    void drop_last_apostrophes() noexcept;
    bool take_other_ascii(char c) noexcept;
    bool take_code_point() noexcept;
    [[nodiscard]] bool ends_sentence(char c) const noexcept;

    std::string_view text_;
    std::size_t position_{0};
    std::array<char, word_octets_max> word_{};
    std::size_t length_{0};
    bool sentence_end_{false};
};

/// The folded words of a piece of a rule.
[[nodiscard]] std::vector<std::string> folded_words(std::string_view text);

}  // namespace shield::classify
