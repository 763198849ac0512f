// SPDX-License-Identifier: Apache-2.0
#include "bombs.hpp"

#include <algorithm>
#include <set>

namespace shield::campaign {

Bombs::Bombs(const core::Limits& limits) noexcept
    : least_{std::clamp<std::size_t>(limits.subscription_bomb_min, 2, 1000)}
{
}

Bombs::Bomb& Bombs::of(std::uint64_t mailbox, core::Time at)
{
    if (bombs_.size() >= mailboxes_max && !bombs_.contains(mailbox)) {
        bombs_.erase(std::min_element(bombs_.begin(), bombs_.end(),
                                      [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
    }
    const auto [found, fresh] = bombs_.try_emplace(mailbox);
    if (fresh) {
        found->second.last = at;
    }
    return found->second;
}

std::optional<Bombs::Found> Bombs::grown(Bomb& bomb, const Confirmation& last) const
{
    std::erase_if(bomb.recent, [&](const Confirmation& one) { return one.id == last.id; });
    const auto later = std::find_if(bomb.recent.begin(), bomb.recent.end(),
                                    [&](const Confirmation& one) { return one.at > last.at; });
    bomb.recent.insert(later, last);  // a campaign is called by its first
    std::erase_if(bomb.recent, [&](const Confirmation& one) { return bomb.last - one.at > window; });
    // Many of one domain are one sender's: they must not push out the others, so twice as many are looked at.
    while (bomb.recent.size() > 4 * least_) {
        bomb.recent.pop_front();
    }
    std::set<std::uint32_t> domains;
    std::set<MessageId> forms;
    for (const Confirmation& one : bomb.recent) {
        domains.insert(one.domain);
        forms.insert(one.form == 0 ? one.id : one.form);
    }
    if (bomb.recent.size() < least_ || domains.size() < std::min(domains_min, least_) ||
        forms.size() < std::min(forms_min, least_)) {
        return std::nullopt;
    }
    Found found{bomb.recent.front().id, {}};
    for (const Confirmation& one : bomb.recent) {
        if (one.id != last.id) {
            found.joined.push_back(one.id);
        }
    }
    bomb.recent.clear();
    bomb.campaign = found.campaign;
    return found;
}

void Bombs::load(const Remembered& one)
{
    if (!one.sketch.confirmation ||  // of the others the campaign may be of another kind
        (one.campaign == 0 && !one.sketch.machine && !one.origin.machine)) {
        return;
    }
    Bomb& bomb = of(one.origin.recipient, one.received_at);
    bomb.last = std::max(bomb.last, one.received_at);
    if (one.campaign != 0) {
        bomb.campaign = one.campaign;
    } else {
        bomb.recent.push_back({one.id, 0, one.sketch.sender_domain, one.received_at});
        while (bomb.recent.size() > 4 * least_) {
            bomb.recent.pop_front();
        }
    }
}

void Bombs::forget(MessageId id)
{
    for (auto& [mailbox, bomb] : bombs_) {
        std::erase_if(bomb.recent, [&](const Confirmation& one) { return one.id == id; });
    }
}

bool Bombs::has(CampaignId campaign) const
{
    return std::any_of(bombs_.begin(), bombs_.end(),
                       [&](const auto& bomb) { return bomb.second.campaign == campaign; });
}

void Bombs::rename_campaign(CampaignId from, CampaignId to)
{
    for (auto& [mailbox, bomb] : bombs_) {
        bomb.campaign = bomb.campaign == from ? to : bomb.campaign;
    }
}

}  // namespace shield::campaign
