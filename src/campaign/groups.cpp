// SPDX-License-Identifier: Apache-2.0
#include "groups.hpp"

#include <algorithm>

namespace shield::campaign {

namespace {

// A person has most of his words for himself, or at least some, above what he quotes (tests/campaign/README.md); a
// template that is filled from a stock of words shares nearly all once a few of its messages are there.
constexpr double own_share_max = 0.34;
constexpr double own_words_max = 5;
constexpr double much_own_share_max = 0.1;  // of a long quotation with a few lines of one's own
constexpr double much_own_words_max = 5;

// Of a large campaign, words that next to nobody has are common to nobody.
constexpr std::uint64_t rare_of = 200;

std::uint32_t reach_of(const Sketch& sketch) noexcept
{
    const bool all = sketch.words.empty() || sketch.words_count <= sketch.words.size();
    return all ? UINT32_MAX : sketch.words.back();
}

}  // namespace

void Vocabulary::add(const Sketch& sketch)
{
    ++messages_;
    reach_ = std::max(reach_, reach_of(sketch));
    for (const std::uint32_t word : sketch.words) {
        const auto known = counts_.find(word);
        if (known != counts_.end()) {
            ++known->second;
        } else if (counts_.size() < words_max) {
            counts_.emplace(word, 1);
        }
    }
}

void Vocabulary::add(const Vocabulary& other)
{
    messages_ += other.messages_;
    reach_ = std::max(reach_, other.reach_);
    for (const auto& [word, count] : other.counts_) {
        if (counts_.size() < words_max || counts_.contains(word)) {
            counts_[word] += count;
        }
    }
}

double Vocabulary::share_in(const Vocabulary& other) const
{
    const auto common = std::count_if(counts_.begin(), counts_.end(),
                                      [&](const auto& word) { return other.counts_.contains(word.first); });
    return counts_.empty() ? 0 : static_cast<double>(common) / static_cast<double>(counts_.size());
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

double Vocabulary::own_share(const Sketch& sketch, bool within) const
{
    const std::uint64_t enough = 1 + messages() / rare_of + (within ? 1 : 0);
    std::size_t own = 0;
    std::size_t all = 0;
    for (const std::uint32_t word : sketch.words) {
        if (word > reach()) {
            break;
        }
        own += count_of(word) < enough ? 1 : 0;
        ++all;
    }
    return all == 0 ? 0 : static_cast<double>(own) / static_cast<double>(all);
}

bool has_own_words(const Sketch& sketch, const Vocabulary& others, bool within)
{
    const double share = others.own_share(sketch, within);
    const double words = share * sketch.words_count;
    return (share > own_share_max && words > own_words_max) ||
           (share > much_own_share_max && words > much_own_words_max);
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
