// SPDX-License-Identifier: Apache-2.0
// Whether a message is of a campaign: what speaks for it, and what protects it.
#include "state.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace shield::campaign {

namespace {

constexpr double copy_order_of_one = 0.8;  // of what one sender wrote: no other report in the same form
constexpr std::size_t neighbourhood_max = 64;

}  // namespace

// Messages in no campaign that are like it, or like such: of a text in many wordings two may share no sentence, and
// yet be of one campaign by those that stand between them.
std::vector<Kin> Campaigns::State::loose_of(const std::vector<Kin>& kin) const
{
    std::vector<Kin> loose;
    std::vector<Kin> waiting;
    std::set<std::uint32_t> seen;
    for (const Kin& one : kin) {
        if (one.like.degree >= Degree::brief && seen.insert(one.place).second) {
            waiting.push_back(one);
        }
    }
    for (std::size_t i = 0; i < waiting.size() && loose.size() < neighbourhood_max; ++i) {
        const Memory::Place& place = memory.at(waiting[i].place);
        const bool machine = place.message.sketch.machine || place.message.origin.machine;
        if (place.message.campaign == 0 && !(place.message.sketch.confirmation && machine)) {  // waits for a bomb
            loose.push_back(waiting[i]);
        }
        if (waiting[i].like.degree < Degree::variant) {
            continue;
        }
        for (const std::uint64_t turn : place.neighbours) {
            const auto next = memory.place_of(turn);
            if (next && waiting.size() < 4 * neighbourhood_max && seen.insert(*next).second) {
                Likeness between;
                between.degree = Degree::variant;
                waiting.push_back({*next, between});
            }
        }
    }
    return loose;
}

// One copy is enough to say which campaign it is of; of variants it takes two.
std::map<CampaignId, double> Campaigns::State::weights_of(const std::vector<Kin>& kin) const
{
    std::map<CampaignId, double> weights;
    for (const Kin& one : kin) {
        const CampaignId id = memory.at(one.place).message.campaign;
        if (id != 0 && one.like.degree >= Degree::brief && !bombs.has(id)) {  // a bomb has words of all kinds
            weights[id] += one.like.degree == Degree::copy ? enough_weight + one.like.similarity : 1;
        }
    }
    return weights;
}

bool Campaigns::State::fits(const Remembered& one, const Vocabulary& group, std::uint32_t written,
                            bool in_order) const
{
    const bool machine = one.sketch.machine || one.origin.machine;
    return !has_own_words(one.sketch, group, true, in_order) &&
           (machine || !one.origin.verified || written >= flood_of_one);
}

Trial Campaigns::State::tried(const Incoming& message, const std::vector<Kin>& kin) const
{
    Trial trial{0, {}, Vocabulary{}, Evidence{std::max<std::uint64_t>(limits.campaign_senders_min, 1)}, false};
    const auto weights = weights_of(kin);
    const auto most = std::max_element(weights.begin(), weights.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    trial.campaign = most == weights.end() ? 0 : most->first;
    trial.direct = most != weights.end() && most->second >= enough_weight;
    trial.around = Vocabulary{trial.campaign == 0 ? nullptr : &all.at(trial.campaign).vocabulary};
    Vocabulary group = trial.around;
    group.add(message.sketch);
    const std::vector<Kin> loose = loose_of(kin);
    std::map<std::uint64_t, std::uint32_t> written{{message.origin.sender, 1}};
    for (const Kin& one : loose) {
        const Remembered& other = memory.at(one.place).message;
        // Who writes twice shares all of his words with himself; only what others wrote as well is common.
        if (++written[other.origin.sender] == 1 || other.sketch.machine || other.origin.machine ||
            one.like.order >= copy_order_of_one) {
            group.add(other.sketch);
            trial.around.add(other.sketch);
        }
    }
    trial.in_order =
        std::any_of(kin.begin(), kin.end(), [](const Kin& one) { return one.like.order >= variant_order; });
    trial.evidence.add(message.sketch, message.origin, is_brief(message.sketch) ? Degree::brief : Degree::copy);
    for (const Kin& one : loose) {
        const Remembered& other = memory.at(one.place).message;
        if (fits(other, group, written[other.origin.sender], one.like.order >= variant_order)) {
            trial.fit.push_back(one.place);
            trial.evidence.add(other.sketch, other.origin, one.like.degree);
        }
    }
    return trial;
}

// Why the message stands by itself although it is like a campaign, or nothing.
std::string Campaigns::State::protection(const Incoming& message, const Trial& trial) const
{
    const std::uint32_t before = trial.campaign == 0 ? 0 : all.at(trial.campaign).written_by(message.origin.sender);
    const bool flood = before + trial.evidence.written_by(message.origin.sender) >= flood_of_one;
    if (message.origin.verified && !message.machine() && !flood) {
        return "its sender is verified";
    }
    return has_own_words(message.sketch, trial.around, false, trial.in_order) ? "it has words of its own"
                                                                              : std::string{};
}

}  // namespace shield::campaign
