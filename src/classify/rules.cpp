// SPDX-License-Identifier: Apache-2.0
#include "rules.hpp"

#include "words.hpp"

namespace shield::classify {

namespace {

using Terms = std::vector<Term>;

Terms terms_of(std::string_view text, const Vocabulary& vocabulary)
{
    Terms terms;
    terms.reserve(text.size() / 6 + 1);
    WordReader reader{text};
    for (auto token = reader.next(); token != WordReader::Token::text_end; token = reader.next()) {
        terms.push_back(token == WordReader::Token::word ? vocabulary.find(reader.word()) : sentence_end_term);
    }
    return terms;
}

// Whether `pattern` from its element `element` on lies at `at`. A gap never leaves its sentence. At most two gaps a
// pattern, so this costs at most (gap_words_max + 1)^2 steps.
bool lies_at(const Terms& terms, std::size_t at, const Pattern& pattern, std::size_t element)
{
    if (element == pattern.elements.size()) {
        return true;
    }
    const Element& wanted = pattern.elements[element];
    for (std::size_t skipped = 0; at + skipped < terms.size(); ++skipped) {
        const Term term = terms[at + skipped];
        if (wanted.takes(term) && lies_at(terms, at + skipped + 1, pattern, element + 1)) {
            return true;
        }
        if (!wanted.after_gap || skipped == gap_words_max || term == sentence_end_term) {
            return false;
        }
    }
    return false;
}

}  // namespace

std::string_view to_string(Flag flag) noexcept
{
    constexpr std::array<std::string_view, flag_count> names{"spam", "beg_bounty", "legal", "press"};
    return names[static_cast<std::size_t>(flag)];
}

std::vector<Rules::Hit> Rules::match(std::string_view subject, std::string_view text, const Facts& facts) const
{
    std::vector<const Pattern*> spoken(rules.size(), nullptr);
    std::vector<bool> fired(rules.size(), false);
    const auto scan = [&](std::string_view part, bool is_subject) {
        const Terms terms = terms_of(part, vocabulary);
        for (std::size_t at = 0; at < terms.size(); ++at) {
            for (const std::uint32_t number : starts[terms[at]]) {
                const Pattern& pattern = patterns[number];
                if (!fired[pattern.rule] && (is_subject || !pattern.only_subject) &&
                    lies_at(terms, at + 1, pattern, 1)) {
                    fired[pattern.rule] = true;
                    spoken[pattern.rule] = &pattern;
                }
            }
        }
    };
    scan(subject, true);
    scan(text, false);
    for (const auto& [fact, rule] : fact_rules) {
        fired[rule] = fired[rule] || facts[static_cast<std::size_t>(fact)];
    }
    std::vector<Hit> hits;
    for (std::size_t rule = 0; rule < rules.size(); ++rule) {
        if (fired[rule]) {
            hits.push_back({rule, spoken[rule]});
        }
    }
    return hits;
}

}  // namespace shield::classify
