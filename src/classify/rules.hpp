// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "facts.hpp"
#include "vocabulary.hpp"

#include <shield/core/result.hpp>
#include <shield/core/vocabulary.hpp>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shield::classify {

enum class Flag : std::uint8_t { spam, beg_bounty, legal, press };
inline constexpr std::size_t flag_count = 4;
[[nodiscard]] std::string_view to_string(Flag flag) noexcept;

/// What a rule speaks for: a category, or a flag.
struct Target {
    bool is_flag{false};
    core::Category category{core::Category::support};
    Flag flag{Flag::spam};
};

/// One word of a pattern: any of `terms`, directly after the one before or with up to `gap_words_max` between.
struct Element {
    std::vector<Term> terms;  // sorted
    bool after_gap{false};
    std::uint64_t filter{0};  // a bit for each term's last six: most words are refused by it alone

    [[nodiscard]] bool takes(Term term) const noexcept
    {
        return (filter >> (term & 63) & 1) != 0 && std::binary_search(terms.begin(), terms.end(), term);
    }
};
inline constexpr std::size_t gap_words_max = 4;

struct Pattern {
    std::vector<Element> elements;
    std::size_t rule{0};
    std::string shown;         // as the rule has it, for a reason without words of its own
    bool only_subject{false};  // otherwise the subject and the text
};

struct Rule {
    Target target;
    double weight{0};
    std::string reason;  // empty: says '<the pattern>'
};

/// What a raised flag means for the category.
struct FlagRule {
    double needs{1};
    core::Category towards{core::Category::support};
    double weight{0};
    bool strong{false};  // may lower attack (invariant 8)
    std::string reason;
};

/// Everything a rules file says, compiled. Immutable and thread-safe.
class Rules {
public:
    /// One rule that spoke, and the pattern that made it (or none).
    struct Hit {
        std::size_t rule;
        const Pattern* pattern;
    };

    /// Each rule at most once, in the order of the file.
    [[nodiscard]] std::vector<Hit> match(std::string_view subject, std::string_view text, const Facts& facts) const;

    Vocabulary vocabulary;
    std::vector<Rule> rules;
    std::vector<Pattern> patterns;
    std::vector<std::vector<std::uint32_t>> starts;        // patterns by the term of their first word
    std::vector<std::pair<Fact, std::size_t>> fact_rules;  // fact, rule
    std::array<FlagRule, flag_count> flags{};
    std::array<double, 3> bias{};           // log-odds without a prior
    std::array<double, 3> prior{};          // added to the category of the mailbox
    std::array<double, 2> threshold{1, 1};  // from which share on attack, then urgent, is chosen
};

/// Reads a rules file; its format is told at the top of etc/classify.rules. An error names `file`, line and remedy.
[[nodiscard]] core::result<Rules> parse_rules(std::string_view text, std::string_view file);

}  // namespace shield::classify
