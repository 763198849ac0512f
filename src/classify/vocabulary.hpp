// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace shield::classify {

/// A word that some rule knows. Numbers have terms of their own; every other word is `unknown`.
using Term = std::uint16_t;
inline constexpr Term unknown_term = 0;
inline constexpr Term sentence_end_term = 1;
inline constexpr Term small_number_term = 2;  ///< one or two digits, `<digits>` in a rule
inline constexpr Term large_number_term = 3;  ///< three digits or more, `<number>` in a rule
inline constexpr Term first_free_term = 4;

/// The words and word beginnings (`hack*`) of all rules. Filled while rules are read, frozen before it is used;
/// then immutable and thread-safe.
class Vocabulary {
public:
    /// Give the term of a folded word, or of all words that begin with `stem` (at least four octets).
    Term add_word(std::string_view word);
    Term add_stem(std::string_view stem);

    void freeze();

    /// The exact word if there is one, otherwise the longest stem.
    [[nodiscard]] Term find(std::string_view word) const noexcept;

    /// All terms that a rule asking for `term` has to accept: for a stem also the known words and longer stems
    /// below it.
    [[nodiscard]] std::vector<Term> covered_by(Term term) const;

    [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }

private:
    struct Slot {
        std::uint32_t hash{0};
        Term term{unknown_term};
    };
    struct Stem {
        std::string text;
        Term term;
    };

    Term add(const std::string& name);
    [[nodiscard]] Term find_word(std::string_view word) const noexcept;
    [[nodiscard]] Term find_stem(std::string_view word) const noexcept;

    std::vector<std::string> names_ = std::vector<std::string>(first_free_term);  // by term; a stem ends in '*'
    std::map<std::string, Term, std::less<>> terms_;
    std::vector<Slot> slots_;  // open addressing, a power of two, at most half full
    std::bitset<4096> stem_beginnings_;
    std::unordered_map<std::uint32_t, std::vector<Stem>> stems_;  // by first four octets, longest first
};

}  // namespace shield::classify
