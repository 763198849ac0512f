// SPDX-License-Identifier: Apache-2.0
#include "groups.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace shield::campaign {

namespace {

// A person has words of his own: lines above or below what he passes on, or in the fields of a form. A template
// that is filled from a stock of words shares nearly all once a few of its messages are there, and words at random
// stand between words that all have. See tests/campaign/README.md.
constexpr double own_words_max = 5;
constexpr double own_share_of_short = 0.34;
constexpr double own_share_max = 0.1;
constexpr double scattered_share_max = 0.5;
constexpr double stretch_share = 0.5;  // of a stretch that is somebody's own
constexpr double edge_share = 0.8;
constexpr double edge_words_max = 3;  // a line above or below
constexpr std::uint64_t edge_messages_min = 3;

// Words that next to nobody has are common to nobody: people who write of one matter share some words each with
// some. So many messages, and one more must have a word.
constexpr std::uint64_t rare_of = 12;
constexpr std::uint64_t rare_in_order = 24;
constexpr std::uint64_t rare_of_many = 200;
constexpr std::uint64_t many = 200;

std::uint32_t reach_of(const Sketch& sketch) noexcept
{
    const bool all = sketch.words.empty() || sketch.words_count <= sketch.words.size();
    return all ? UINT32_MAX : sketch.words.back();
}

using Stretches = std::array<std::size_t, Sketch::stretches>;

// Own words in stretches that are somebody's own.
std::size_t clustered(const Stretches& own, const Stretches& all)
{
    std::size_t sum = 0;
    for (std::size_t i = 0; i < own.size(); ++i) {
        const bool alone = own[i] < 2 || static_cast<double>(own[i]) < stretch_share * static_cast<double>(all[i]);
        sum += alone ? 0 : own[i];
    }
    return sum;
}

// Those in a row of stretches that begins the text and is somebody's own; or ends it, with all given from behind.
std::size_t most_at_begin(const Stretches& own, const Stretches& all)
{
    std::size_t most = 0;
    std::size_t own_here = 0;
    std::size_t all_here = 0;
    for (std::size_t i = 0; i < own.size(); ++i) {
        own_here += own[i];
        all_here += all[i];
        if (static_cast<double>(own_here) >= edge_share * static_cast<double>(all_here)) {
            most = std::max(most, own_here);
        }
    }
    return most;
}

std::size_t most_at_edge(Stretches own, Stretches all)
{
    const std::size_t at_begin = most_at_begin(own, all);
    std::reverse(own.begin(), own.end());
    std::reverse(all.begin(), all.end());
    return std::max(at_begin, most_at_begin(own, all));
}

}  // namespace

void Vocabulary::add(const Sketch& sketch)
{
    ++messages_;
    reach_ = std::max(reach_, reach_of(sketch));
    for (const std::uint32_t word : sketch.words) {
        count(word, 1);
    }
}

void Vocabulary::add(const Vocabulary& other)
{
    messages_ += other.messages_;
    reach_ = std::max(reach_, other.reach_);
    for (const auto& [word, times] : other.counts_) {
        count(word, times);
    }
}

void Vocabulary::count(std::uint32_t word, std::uint32_t times)
{
    if (counts_.size() < words_max || counts_.contains(word)) {
        counts_[word] += times;
    }
}

double Vocabulary::share_in(const Vocabulary& other) const
{
    std::size_t all = 0;
    std::size_t common = 0;
    for (const auto& [word, times] : counts_) {
        if (times >= 2) {
            ++all;
            common += other.counts_.contains(word) ? 1 : 0;
        }
    }
    return all == 0 ? 0 : static_cast<double>(common) / static_cast<double>(all);
}

std::uint64_t Vocabulary::count_of(std::uint32_t word) const
{
    const auto known = counts_.find(word);
    return (known == counts_.end() ? 0 : known->second) + (base_ == nullptr ? 0 : base_->count_of(word));
}

std::uint32_t Vocabulary::reach() const noexcept
{
    return base_ == nullptr ? reach_ : std::max(reach_, base_->reach());
}

std::uint64_t Vocabulary::messages() const noexcept
{
    return messages_ + (base_ == nullptr ? 0 : base_->messages());
}

OwnWords Vocabulary::own_words(const Sketch& sketch, bool within, bool in_order) const
{
    const std::uint64_t rare = messages() >= many ? rare_of_many : in_order ? rare_in_order : rare_of;
    const std::uint64_t enough = 1 + messages() / rare + (within ? 1 : 0);
    Stretches own{};
    Stretches all{};
    std::size_t looked_at = 0;
    for (; looked_at < sketch.words.size() && sketch.words[looked_at] <= reach(); ++looked_at) {
        const std::size_t stretch = sketch.word_stretches[looked_at] % Sketch::stretches;
        own[stretch] += count_of(sketch.words[looked_at]) < enough ? 1 : 0;
        ++all[stretch];
    }
    if (looked_at == 0) {
        return {};
    }
    const double each = static_cast<double>(sketch.words_count) / static_cast<double>(looked_at);
    const auto count = static_cast<double>(std::accumulate(own.begin(), own.end(), std::size_t{0}));
    return {count / static_cast<double>(looked_at), count * each, static_cast<double>(clustered(own, all)) * each,
            static_cast<double>(most_at_edge(own, all)) * each};
}

bool has_own_words(const Sketch& sketch, const Vocabulary& others, bool within, bool in_order)
{
    const OwnWords own = others.own_words(sketch, within, in_order);
    if (own.at_edge > edge_words_max && others.messages() >= edge_messages_min) {
        return true;
    }
    if (own.count <= std::min(own_words_max, own_share_of_short * sketch.words_count)) {
        return false;
    }
    return own.share > (in_order ? scattered_share_max : own_share_max) ||
           (in_order && own.clustered > own_words_max);
}

void Campaign::count(const Sketch& sketch, const Origin& origin, core::Time received_at)
{
    facts.first = facts.messages == 0 ? received_at : std::min(facts.first, received_at);
    facts.last = facts.messages == 0 ? received_at : std::max(facts.last, received_at);
    ++facts.messages;
    vocabulary.add(sketch);
    if (senders.size() < senders_max || senders.contains(origin.sender)) {
        ++senders[origin.sender];
    }
    facts.senders = senders.size();
}

void Campaign::absorb(const Campaign& other)
{
    facts.first = std::min(facts.first, other.facts.first);
    facts.last = std::max(facts.last, other.facts.last);
    facts.messages += other.facts.messages;
    vocabulary.add(other.vocabulary);
    kept += other.kept;
    for (const auto& [sender, count] : other.senders) {
        if (senders.size() < senders_max || senders.contains(sender)) {
            senders[sender] += count;
        }
    }
    facts.senders = senders.size();
}

std::uint32_t Campaign::written_by(std::uint64_t sender) const
{
    const auto found = senders.find(sender);
    return found == senders.end() ? 0 : found->second;
}

void Evidence::add(const Sketch& sketch, const Origin& origin, Degree degree)
{
    std::uint32_t& copies = senders_[origin.sender];
    copies += degree == Degree::variant ? 0 : 1;  // a person's reports in one form are variants of each other
    most_of_one_ = std::max<std::uint64_t>(most_of_one_, copies);
    machines_ += sketch.machine || origin.machine ? 1 : 0;
    full_ += degree == Degree::brief ? 0 : 1;
}

bool Evidence::is_enough() const noexcept
{
    if (full_ < senders_min_) {
        return senders_.size() >= brief_factor;
    }
    return senders_.size() >= senders_min_ || machines_ >= senders_min_ || most_of_one_ >= flood_of_one;
}

std::string Evidence::sentence() const
{
    if (senders_.size() >= senders_min_) {
        return std::to_string(senders_.size()) + " senders wrote it";
    }
    return machines_ >= senders_min_ ? "machines made " + std::to_string(machines_) + " of it"
                                     : "one sender wrote it " + std::to_string(most_of_one_) + " times";
}

std::uint32_t Evidence::written_by(std::uint64_t sender) const
{
    const auto found = senders_.find(sender);
    return found == senders_.end() ? 0 : found->second;
}

}  // namespace shield::campaign
