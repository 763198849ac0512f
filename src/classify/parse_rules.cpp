// SPDX-License-Identifier: Apache-2.0
#include "rules.hpp"
#include "words.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

namespace shield::classify {

namespace {

using core::Error;
using core::result;
using core::trimmed;

constexpr std::size_t file_octets_max = 1048576;
constexpr std::size_t patterns_max = 20000;
constexpr std::size_t terms_max = 60000;
constexpr std::size_t gaps_max = 2;
constexpr double weight_max = 5;
constexpr double number_max = 100;  // of a prior or a threshold: e to this power is still a number

/// What was wrong in one line; thrown and caught inside this file only, where it gets its place.
struct LineError {
    std::string sentence;
};

std::string quoted(std::string_view text)
{
    return "'" + std::string{core::cut_utf8(text, 60)} + "'";
}

/// Takes the first word off `text`.
std::string_view take_word(std::string_view& text)
{
    text = trimmed(text);
    std::size_t end = 0;
    while (end < text.size() && !core::is_space(text[end])) {
        ++end;
    }
    const std::string_view word = text.substr(0, end);
    text = trimmed(text.substr(end));
    return word;
}

double take_number(std::string_view& text)
{
    const std::string_view word = take_word(text);
    double number = 0;
    const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (failure != std::errc{} || end != word.data() + word.size() || !(std::abs(number) <= number_max)) {
        throw LineError{quoted(word) + " is not a number: write one such as 1.5, at most 100"};
    }
    return number;
}

double take_weight(std::string_view& text)
{
    const double weight = take_number(text);
    if (weight <= 0 || weight > weight_max) {
        throw LineError{"a weight is more than 0 and at most 5"};
    }
    return weight;
}

core::Category take_category(std::string_view& text)
{
    const std::string_view word = take_word(text);
    const auto category = core::parse_category(word);
    if (!category) {
        throw LineError{quoted(word) + " is not a category: write attack, urgent or support"};
    }
    return *category;
}

std::optional<Flag> parse_flag(std::string_view word)
{
    for (std::size_t i = 0; i < flag_count; ++i) {
        if (to_string(static_cast<Flag>(i)) == word) {
            return static_cast<Flag>(i);
        }
    }
    return std::nullopt;
}

/// Splits off what follows " = ".
std::string_view take_reason(std::string_view& text)
{
    const auto at = text.rfind(" = ");
    if (at == std::string_view::npos) {
        return {};
    }
    const std::string_view reason = trimmed(text.substr(at + 3));
    text = trimmed(text.substr(0, at));
    return reason;
}

class Parser {
public:
    explicit Parser(Rules& rules) : rules_{rules} {}

    void read_line(std::string_view line)
    {
        const std::string_view whole = line;
        const std::string_view word = take_word(line);
        if (word == "bias") {
            const auto category = take_category(line);
            rules_.bias[static_cast<std::size_t>(category)] = take_number(line);
        } else if (word == "prior") {
            const auto category = take_category(line);
            rules_.prior[static_cast<std::size_t>(category)] = take_number(line);
        } else if (word == "threshold") {
            read_threshold(line);
        } else if (word == "flag") {
            read_flag(line);
        } else if (word == "set") {
            read_set(line);
        } else if (const auto category = core::parse_category(word)) {
            read_rule(Target{false, *category, Flag::spam}, line);
        } else if (const auto flag = parse_flag(word)) {
            read_rule(Target{true, core::Category::support, *flag}, line);
        } else {
            throw LineError{
                "'" + std::string{core::cut_utf8(whole, 60)} +
                "' begins with no word known here: bias, prior, threshold, flag, set, a category or a flag"};
        }
    }

    void finish()
    {
        for (Pattern& pattern : rules_.patterns) {
            for (Element& element : pattern.elements) {
                widen(element);
            }
        }
        rules_.vocabulary.freeze();
        rules_.starts.resize(rules_.vocabulary.size());
        for (std::size_t i = 0; i < rules_.patterns.size(); ++i) {
            for (const Term term : rules_.patterns[i].elements.front().terms) {
                rules_.starts[term].push_back(static_cast<std::uint32_t>(i));
            }
        }
    }

private:
    void read_threshold(std::string_view line)
    {
        const auto category = take_category(line);
        if (category == core::Category::support) {
            throw LineError{"support needs no threshold: it is what remains"};
        }
        rules_.threshold[static_cast<std::size_t>(category)] = take_number(line);
    }

    void read_flag(std::string_view line)
    {
        FlagRule rule;
        rule.reason = take_reason(line);
        const auto flag = parse_flag(take_word(line));
        if (!flag || take_word(line) != "needs") {
            throw LineError{"write: flag NAME needs NUMBER gives CATEGORY WEIGHT = the reason"};
        }
        rule.needs = take_number(line);
        if (take_word(line) != "gives" || rule.reason.empty()) {
            throw LineError{"write: flag NAME needs NUMBER gives CATEGORY WEIGHT = the reason"};
        }
        rule.towards = take_category(line);
        rule.weight = take_weight(line);
        rule.strong = line == "strong";
        rules_.flags[static_cast<std::size_t>(*flag)] = rule;
    }

    void read_set(std::string_view line)
    {
        const std::string_view name = take_word(line);
        if (take_word(line) != "=" || name.empty() || line.empty()) {
            throw LineError{"write: set NAME = word word stem* ..."};
        }
        auto& terms = sets_[std::string{name}];
        while (!line.empty()) {
            terms.push_back(one_term(take_word(line)));
        }
    }

    void read_rule(const Target& target, std::string_view line)
    {
        Rule rule{target, take_weight(line), std::string{take_reason(line)}};
        const std::string_view kind = take_word(line);
        const std::size_t number = rules_.rules.size();
        if (kind == "fact:") {
            const auto fact = parse_fact(line);
            if (!fact || rule.reason.empty()) {
                throw LineError{quoted(line) + " is not a fact with a reason: write fact: NAME = the reason"};
            }
            rules_.fact_rules.emplace_back(*fact, number);
        } else if (kind == "says:" || kind == "subject:") {
            for (const std::string_view alternative : core::split(line, '|')) {
                rules_.patterns.push_back(read_pattern(trimmed(alternative), rule.reason.empty()));
                rules_.patterns.back().rule = number;
                rules_.patterns.back().only_subject = kind == "subject:";
            }
        } else {
            throw LineError{quoted(kind) + " is not a kind of rule: write says:, subject: or fact:"};
        }
        if (rules_.patterns.size() > patterns_max || rules_.vocabulary.size() > terms_max) {
            throw LineError{"there are too many rules"};
        }
        rules_.rules.push_back(std::move(rule));
    }

    Pattern read_pattern(std::string_view text, bool is_shown)
    {
        Pattern pattern;
        pattern.shown = text;
        std::size_t gaps = 0;
        bool gap = false;
        while (!text.empty()) {
            const std::string_view item = take_word(text);
            if (item == "..") {
                gap = true;
                ++gaps;
                continue;
            }
            if (is_shown && item.find_first_of("${*<") != std::string_view::npos) {
                throw LineError{
                    "a pattern that is no plain phrase needs a reason: add ' = the reason' to the rule"};
            }
            for (auto& terms : read_item(item)) {
                pattern.elements.push_back({std::move(terms), gap, 0});
                gap = false;
            }
        }
        if (pattern.elements.empty() || gap || pattern.elements.front().after_gap || gaps > gaps_max) {
            throw LineError{quoted(pattern.shown) + " is not a pattern: words, with at most two '..' between them"};
        }
        return pattern;
    }

    /// The terms of each word of one item of a pattern.
    std::vector<std::vector<Term>> read_item(std::string_view item)
    {
        if (item.front() == '$') {
            const auto set = sets_.find(item.substr(1));
            if (set == sets_.end()) {
                throw LineError{quoted(item) + " is not a set: define it above with 'set NAME = ...'"};
            }
            return {set->second};
        }
        if (item.front() == '{' && item.back() == '}') {
            std::vector<Term> terms;
            for (const std::string_view word : core::split(item.substr(1, item.size() - 2), ',')) {
                terms.push_back(one_term(word));
            }
            return {terms};
        }
        if (item.back() == '*' || item.front() == '<') {
            return {{one_term(item)}};
        }
        std::vector<std::vector<Term>> words;
        for (const std::string& word : folded_words(item)) {
            words.push_back({rules_.vocabulary.add_word(word)});
        }
        if (words.empty()) {
            throw LineError{quoted(item) + " has no letter in it"};
        }
        return words;
    }

    Term one_term(std::string_view word)
    {
        if (word == "<number>") {
            return large_number_term;
        }
        if (word == "<digits>") {
            return small_number_term;
        }
        const bool is_stem = !word.empty() && word.back() == '*';
        const auto words = folded_words(is_stem ? word.substr(0, word.size() - 1) : word);
        if (words.size() != 1 || (is_stem && words.front().size() < 4)) {
            throw LineError{quoted(word) + " is not one word, or a beginning of at least four letters and '*'"};
        }
        return is_stem ? rules_.vocabulary.add_stem(words.front()) : rules_.vocabulary.add_word(words.front());
    }

    void widen(Element& element) const
    {
        std::vector<Term> wide;
        for (const Term term : element.terms) {
            const auto covered = rules_.vocabulary.covered_by(term);
            wide.insert(wide.end(), covered.begin(), covered.end());
        }
        std::sort(wide.begin(), wide.end());
        wide.erase(std::unique(wide.begin(), wide.end()), wide.end());
        element.terms = std::move(wide);
        for (const Term term : element.terms) {
            element.filter |= std::uint64_t{1} << (term & 63);
        }
    }

    Rules& rules_;
    std::map<std::string, std::vector<Term>, std::less<>> sets_;
};

}  // namespace

core::result<Rules> parse_rules(std::string_view text, std::string_view file)
{
    const auto error = [&](std::size_t line, const std::string& sentence) {
        return Error{std::string{file} + ":" + std::to_string(line) + ": " + sentence};
    };
    if (text.size() > file_octets_max || !core::is_utf8(text)) {
        return error(1, "a rules file is UTF-8 and at most 1 MiB");
    }
    Rules rules;
    Parser parser{rules};
    std::string logical;  // a line and the indented ones below it
    std::size_t began = 0;
    std::size_t number = 0;
    try {
        const auto flush = [&] {
            if (!logical.empty()) {
                parser.read_line(logical);
            }
            logical.clear();
        };
        for (const std::string_view line : core::split(text, '\n')) {
            ++number;
            if (trimmed(line).empty() || line.front() == '#') {
                continue;
            }
            if (!core::is_space(line.front())) {
                flush();
                began = number;
            } else if (logical.empty()) {
                began = number;
                throw LineError{"an indented line continues the one above, and there is none"};
            }
            logical += logical.empty() ? "" : " ";
            logical += trimmed(line);
        }
        flush();
    } catch (const LineError& failure) {
        return error(began, failure.sentence);
    }
    parser.finish();
    return rules;
}

}  // namespace shield::classify
