// SPDX-License-Identifier: Apache-2.0
#include "built_in_rules.hpp"
#include "rules.hpp"

#include <shield/classify/classifier.hpp>
#include <shield/core/ascii.hpp>
#include <shield/core/limits.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace shield::classify {

namespace {

using core::Category;
using core::Classification;

constexpr std::size_t reasons_max = 12;    // what a person reads
constexpr double attack_evidence_min = 1;  // more than a cry for help
constexpr double rounding = 1e-9;

std::size_t index_of(Category category) noexcept
{
    return static_cast<std::size_t>(category);
}

// What others wrote, quoted in an answer, says nothing about this message; our own words would come back to us.
std::string without_quotes(std::string_view text)
{
    if (!text.starts_with('>') && text.find("\n>") == std::string_view::npos) {
        return std::string{text};
    }
    std::string own;
    own.reserve(text.size());
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
        if (text.front() != '>') {
            own += text.substr(0, end);
        }
        text.remove_prefix(end);
    }
    return own;
}

std::string sentence_of(const Rule& rule, const Pattern* pattern)
{
    return rule.reason.empty() && pattern != nullptr ? "says '" + pattern->shown + "'" : rule.reason;
}

/// The sums of one message, in log-odds.
struct Scores {
    std::array<double, 3> total{};
    std::array<double, flag_count> flags{};
    std::vector<core::Reason> reasons;
    double for_attack{0};  // what the message itself says
    bool strong_against_attack{false};

    void add(Category towards, double weight, std::string sentence)
    {
        total[index_of(towards)] += weight;
        reasons.push_back({std::move(sentence), towards, weight});
    }
};

Scores scores_of(const Rules& rules, const std::vector<Rules::Hit>& hits, std::optional<Category> prior)
{
    Scores scores;
    scores.total = prior ? std::array<double, 3>{} : rules.bias;
    if (prior) {
        scores.add(*prior, rules.prior[index_of(*prior)],
                   "was sent to a mailbox for " + std::string{core::to_string(*prior)});
    }
    for (const Rules::Hit& hit : hits) {
        const Rule& rule = rules.rules[hit.rule];
        if (rule.target.is_flag) {
            scores.flags[static_cast<std::size_t>(rule.target.flag)] += rule.weight;
            continue;
        }
        scores.add(rule.target.category, rule.weight, sentence_of(rule, hit.pattern));
        scores.for_attack += rule.target.category == Category::attack ? rule.weight : 0;
    }
    for (std::size_t i = 0; i < flag_count; ++i) {
        const FlagRule& flag = rules.flags[i];
        if (scores.flags[i] + rounding >= flag.needs && flag.weight > 0) {
            scores.add(flag.towards, flag.weight, flag.reason);
            scores.strong_against_attack = scores.strong_against_attack || flag.strong;
        }
    }
    return scores;
}

std::array<double, 3> softmax(const std::array<double, 3>& scores)
{
    const double highest = *std::max_element(scores.begin(), scores.end());
    std::array<double, 3> shares{};
    double sum = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        shares[i] = std::exp(scores[i] - highest);
        sum += shares[i];
    }
    for (double& share : shares) {
        share /= sum;
    }
    return shares;
}

// A missed attack costs more than a false one: each category is chosen from its threshold on, the most pressing
// first. Something must speak for it, though: without a mailbox, knowing nothing is no reason to go up.
Category choose(const Rules& rules, const std::array<double, 3>& shares, const std::vector<core::Reason>& reasons,
                bool mailbox_known)
{
    const auto may_be = [&](Category category) {
        return mailbox_known || std::any_of(reasons.begin(), reasons.end(), [&](const core::Reason& reason) {
                   return reason.towards == category && reason.weight > 0;
               });
    };
    if (shares[0] >= rules.threshold[0] && may_be(Category::attack)) {
        return Category::attack;
    }
    const bool urgent = shares[1] >= rules.threshold[1] * (shares[1] + shares[2]) && may_be(Category::urgent);
    return urgent ? Category::urgent : Category::support;
}

}  // namespace

Classifier::Classifier(std::shared_ptr<const Rules> rules) : rules_{std::move(rules)} {}

Classifier Classifier::built_in()
{
    return from_rules(built_in_rules(), "etc/classify.rules").value();
}

core::result<Classifier> Classifier::from_rules(std::string_view text, std::string_view file)
{
    auto rules = parse_rules(text, file);
    if (!rules) {
        return rules.error();
    }
    return Classifier{std::make_shared<const Rules>(std::move(*rules))};
}

Classification Classifier::classify(const core::Assessment& message, std::optional<Category> prior) const
{
    const std::string own = without_quotes(message.text);
    const auto hits = rules_->match(message.subject, own, facts_of(message, own));
    Scores scores = scores_of(*rules_, hits, prior);

    Classification classification;
    classification.probabilities = softmax(scores.total);
    classification.category = choose(*rules_, classification.probabilities, scores.reasons, prior.has_value());
    // Invariant 8: only strong evidence lowers attack, and never against evidence for it.
    if (prior == Category::attack && (scores.for_attack >= attack_evidence_min || !scores.strong_against_attack)) {
        classification.category = Category::attack;
    }
    std::stable_sort(scores.reasons.begin(), scores.reasons.end(),
                     [](const core::Reason& a, const core::Reason& b) { return a.weight > b.weight; });
    scores.reasons.resize(std::min(scores.reasons.size(), reasons_max));
    classification.reasons = std::move(scores.reasons);
    for (std::size_t i = 0; i < flag_count; ++i) {
        if (rules_->flags[i].weight > 0 && scores.flags[i] + rounding >= rules_->flags[i].needs) {
            classification.flags.emplace_back(to_string(static_cast<Flag>(i)));
        }
    }
    return classification;
}

}  // namespace shield::classify
