// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tokens.hpp"

#include <shield/core/assessment.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shield::campaign {

/// A text without what its writer did not write, and whether anything was left out.
struct OwnText {
    std::string text;
    bool quotes{false};
};

/// Without lines behind "> " and without what follows the line by which mail programs begin a message that is
/// answered or passed on.
[[nodiscard]] OwnText without_quotes(std::string_view text);

/// Masks names: the words in `known` (hashes, sorted), and words written with a capital where none is due, unless
/// so many are that it says nothing (German, headlines).
void mask_names(std::vector<Token>& tokens, const std::vector<std::uint64_t>& known);

/// The names that the message itself gives for its sender and recipients, as hashes of folded words, sorted.
[[nodiscard]] std::vector<std::uint64_t> names_in_header(const core::Assessment& message);

/// Drops words that stand in no sentence: what mass mailings add at random, so that no copy is like another.
void drop_salad(std::vector<Token>& tokens);

struct TellingWord {
    std::uint32_t hash{0};
    std::uint8_t stretch{
        0};  ///< the sentence in which it stands first; of long texts some sentences are one stretch

    friend bool operator<(const TellingWord& a, const TellingWord& b) noexcept
    {
        return a.hash != b.hash ? a.hash < b.hash : a.stretch < b.stretch;
    }
};

/// Its telling words, once each, smallest hash first; pairs of ideographs are words too.
[[nodiscard]] std::vector<TellingWord> telling_words(const std::vector<Token>& tokens);

/// The hashes of three tokens in a row of which two are words. Runs of one mask are one token.
[[nodiscard]] std::vector<std::uint64_t> shingles(const std::vector<Token>& tokens);

}  // namespace shield::campaign
