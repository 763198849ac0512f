// SPDX-License-Identifier: Apache-2.0
#include "state.hpp"

#include <algorithm>
#include <map>

namespace shield::campaign {

namespace {

constexpr std::chrono::minutes sweep_every{1};
constexpr double same_campaign_share = 0.6;
constexpr double same_similarity = 0.85;   // a copy so near adds nothing to compare with
constexpr std::size_t kept_again_max = 8;  // at once, when room is short

// Of the words of the smaller of two.
double common_share(const Vocabulary& a, const Vocabulary& b)
{
    return std::max(a.share_in(b), b.share_in(a));
}

}  // namespace

void Campaigns::State::pass_time(core::Time at)
{
    newest = std::max(newest, at);
    const auto memory_time = std::chrono::seconds{
        std::min<std::uint64_t>(limits.campaign_memory_time, std::uint64_t{100} * 365 * 86400)};
    const core::Time begin = newest - memory_time;
    if (newest - swept < sweep_every && swept != core::Time{}) {
        return;
    }
    swept = newest;
    for (auto at_campaign = all.begin(); at_campaign != all.end();) {
        const CampaignId id = at_campaign->first;
        const bool over = at_campaign->second.facts.last < begin;
        ++at_campaign;
        if (over) {
            forget_campaign(id);
        }
    }
    keep_again(memory.forget_before(begin));
}

// What a campaign that goes on is known by must not be pushed out by what comes once.
void Campaigns::State::keep_again(const std::vector<Remembered>& gone)
{
    std::size_t again = 0;
    std::vector<Remembered> waiting = gone;
    while (!waiting.empty()) {
        Remembered one = std::move(waiting.back());
        waiting.pop_back();
        const auto found = all.find(one.campaign);
        if (found == all.end()) {
            continue;
        }
        if (++again > kept_again_max + gone.size()) {
            --found->second.kept;
            continue;
        }
        one.received_at = std::max(one.received_at, found->second.facts.last);
        if (auto next = memory.add(std::move(one))) {
            waiting.push_back(std::move(*next));
        }
    }
}

void Campaigns::State::remember(Remembered one, const std::vector<Kin>& kin)
{
    std::vector<std::uint32_t> variants;
    for (const Kin& other : kin) {
        if (other.like.degree >= Degree::variant) {
            variants.push_back(other.place);
        }
    }
    if (auto gone = memory.add(std::move(one), variants)) {
        keep_again({std::move(*gone)});
    }
}

Campaign& Campaigns::State::campaign(CampaignId id)
{
    const auto found = all.find(id);
    if (found != all.end()) {
        return found->second;
    }
    if (all.size() >= std::max<std::uint64_t>(limits.campaigns_max, 1)) {
        forget_campaign(std::min_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
                            return a.second.facts.last < b.second.facts.last;
                        })->first);
    }
    return all[id];
}

void Campaigns::State::forget_campaign(CampaignId id)
{
    all.erase(id);
    memory.forget_campaign(id);
    bombs.rename_campaign(id, 0);
}

void Campaigns::State::admit(std::uint32_t place, CampaignId id)
{
    Remembered& one = memory.at(place).message;
    one.campaign = id;
    Campaign& to = campaign(id);
    to.count(one.sketch, one.origin, one.received_at);
    ++to.kept;
}

std::vector<Kin> Campaigns::State::kin_of(const Sketch& sketch) const
{
    std::vector<Kin> kin;
    for (const std::uint32_t place : memory.find(sketch)) {
        const Likeness like = likeness(sketch, memory.at(place).message.sketch);
        if (like.degree != Degree::none) {
            kin.push_back({place, like});
        }
    }
    std::stable_sort(kin.begin(), kin.end(), [](const Kin& a, const Kin& b) {
        return a.like.degree != b.like.degree ? a.like.degree > b.like.degree
                                              : a.like.similarity > b.like.similarity;
    });
    return kin;
}

// Two campaigns that were found apart are one when message after message might be of either.
void Campaigns::State::bridge(const std::vector<Kin>& kin, Placement& placement)
{
    for (const auto& [id, weight] : weights_of(kin)) {
        Campaign& to = all.at(placement.campaign);
        const auto other = all.find(id);
        if (id == placement.campaign || other == all.end() || weight < enough_weight ||
            common_share(to.vocabulary, other->second.vocabulary) < same_campaign_share ||
            (to.bridges.size() >= Campaign::bridged_max && !to.bridges.contains(id))) {
            continue;
        }
        if (++to.bridges[id] + other->second.bridges[placement.campaign] < Campaign::bridges_max) {
            continue;
        }
        to.absorb(other->second);
        all.erase(other);
        memory.rename_campaign(id, placement.campaign);
        bombs.rename_campaign(id, placement.campaign);
        placement.absorbed.push_back(id);
    }
}

void Campaigns::State::join(const Incoming& message, const Trial& trial, const std::vector<Kin>& kin,
                            Placement& placement)
{
    std::vector<std::uint32_t> fit = trial.fit;
    std::sort(fit.begin(), fit.end(),
              [&](std::uint32_t a, std::uint32_t b) { return memory.at(a).turn < memory.at(b).turn; });
    const CampaignId founder = fit.empty() ? message.id : memory.at(fit.front()).message.id;
    placement.campaign = trial.campaign != 0 ? trial.campaign : founder;
    placement.standing = Standing::member;
    for (const std::uint32_t place : fit) {
        admit(place, placement.campaign);
        placement.joined.push_back(memory.at(place).message.id);
    }
    Campaign& to = campaign(placement.campaign);
    to.count(message.sketch, message.origin, message.at);
    const bool near = !kin.empty() && kin.front().like.similarity >= same_similarity;
    if (!near && to.kept < Campaign::kept_max) {
        ++to.kept;
        placement.remembered = true;
    }
    bridge(kin, placement);
    placement.why +=
        "; " + (trial.direct ? std::to_string(all.at(placement.campaign).facts.messages) + " messages are of it"
                             : trial.evidence.sentence());
}

bool Campaigns::State::place_in_bomb(const Incoming& message, MessageId form, Placement& placement)
{
    const Bombs::Confirmation one{message.id, form, message.sketch.sender_domain, message.at};
    const auto found = bombs.place(one, message.origin.recipient, [&](CampaignId id) { return all.contains(id); });
    if (!found) {
        return false;
    }
    placement.standing = Standing::member;
    placement.campaign = found->campaign;
    placement.similarity = 1;
    placement.like = found->campaign;
    campaign(found->campaign).count(message.sketch, message.origin, message.at);
    for (const MessageId id : found->joined) {
        join_bomb(id, placement);
    }
    placement.why = "it asks to confirm a subscription, as many do that come to this mailbox";
    placement.remembered = !found->joined.empty();
    return true;
}

void Campaigns::State::join_bomb(MessageId id, Placement& placement)
{
    Memory::Place* place = memory.find_id(id);
    if (place != nullptr && place->message.campaign == 0) {
        place->message.campaign = placement.campaign;
        campaign(placement.campaign)
            .count(place->message.sketch, place->message.origin, place->message.received_at);
        placement.joined.push_back(id);
    }
}

// What does not say that a machine made it, or has no words that a list knows, is of a bomb when another site has
// sent the same with a link of its own.
bool Campaigns::State::place_form(const Incoming& message, const std::vector<Kin>& kin, Placement& placement)
{
    const auto twin = std::find_if(kin.begin(), kin.end(), [&](const Kin& one) {
        const Remembered& other = memory.at(one.place).message;
        return one.like.form && other.origin.recipient == message.origin.recipient &&
               (other.campaign == 0 || bombs.has(other.campaign));
    });
    if (twin == kin.end()) {
        return false;
    }
    const Remembered other = memory.at(twin->place).message;
    const auto known = [&](CampaignId id) { return all.contains(id); };
    const Bombs::Confirmation first{other.id, other.id, other.sketch.sender_domain, other.received_at};
    if (const auto begun = other.campaign == 0 ? bombs.place(first, other.origin.recipient, known) : std::nullopt) {
        placement.campaign = begun->campaign;
        join_bomb(other.id, placement);
        for (const MessageId id : begun->joined) {
            join_bomb(id, placement);
        }
    }
    if (!place_in_bomb(message, other.id, placement)) {
        return false;
    }
    join_bomb(other.id, placement);
    placement.like = other.id;
    placement.why = "another site sent the same form with a link of its own, as many do that come to this mailbox";
    return true;
}

Placement Campaigns::State::place(const Incoming& message, const std::vector<Kin>& kin)
{
    Placement placement;
    if (message.sketch.confirmation && message.machine() && place_in_bomb(message, 0, placement)) {
        return placement;
    }
    if ((message.sketch.confirmation || message.sketch.personal_link) && place_form(message, kin, placement)) {
        return placement;
    }
    if (kin.empty()) {
        placement.remembered = true;
        return placement;
    }
    placement.standing = Standing::linked;
    placement.like = memory.at(kin.front().place).message.id;
    placement.similarity = kin.front().like.similarity;
    placement.why = sentence_of(kin.front().like);
    if ((message.sketch.confirmation && message.machine()) || kin.front().like.degree < Degree::brief) {
        placement.remembered = true;
        return placement;
    }
    const Trial trial = tried(message, kin);
    placement.campaign = trial.campaign;
    const std::string protection_why = protection(message, trial);
    if (!protection_why.empty()) {
        placement.why += ", but " + protection_why;
        placement.remembered = true;
    } else if (trial.direct || trial.evidence.is_enough()) {
        join(message, trial, kin, placement);
    } else {
        placement.why += ", but that is not yet enough to tell a campaign";
        placement.remembered = true;
    }
    return placement;
}

Campaigns::Campaigns(const core::Limits& limits) : state_{std::make_unique<State>(limits)} {}
Campaigns::~Campaigns() = default;
Campaigns::Campaigns(Campaigns&&) noexcept = default;
Campaigns& Campaigns::operator=(Campaigns&&) noexcept = default;

Placement Campaigns::place(MessageId id, const Sketch& sketch, const Origin& origin, core::Time received_at)
{
    state_->pass_time(received_at);
    const std::vector<Kin> kin = state_->kin_of(sketch);
    Placement placement = state_->place({id, sketch, origin, state_->newest}, kin);
    if (placement.remembered) {
        const CampaignId campaign = placement.standing == Standing::member ? placement.campaign : 0;
        state_->remember({id, sketch, origin, state_->newest, campaign}, kin);
    }
    return placement;
}

void Campaigns::load(const Remembered& one)
{
    state_->pass_time(one.received_at);
    if (one.campaign != 0) {
        Campaign& to = state_->campaign(one.campaign);
        to.count(one.sketch, one.origin, state_->newest);
        ++to.kept;
    }
    state_->bombs.load(one);
    state_->remember(one, state_->kin_of(one.sketch));
}

void Campaigns::forget(MessageId id)
{
    if (Memory::Place* place = state_->memory.find_id(id)) {
        if (const auto found = state_->all.find(place->message.campaign); found != state_->all.end()) {
            found->second.kept -= found->second.kept > 0 ? 1 : 0;
        }
        state_->memory.forget(*place);
    }
    state_->bombs.forget(id);
}

void Campaigns::forget_campaign(CampaignId campaign)
{
    state_->forget_campaign(campaign);
}

std::optional<CampaignFacts> Campaigns::facts(CampaignId campaign) const
{
    const auto found = state_->all.find(campaign);
    return found == state_->all.end() ? std::nullopt : std::optional{found->second.facts};
}

std::size_t Campaigns::campaigns() const noexcept
{
    return state_->all.size();
}

std::size_t Campaigns::remembered() const noexcept
{
    return state_->memory.alive();
}

}  // namespace shield::campaign
