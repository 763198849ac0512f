// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bombs.hpp"
#include "groups.hpp"
#include "likeness.hpp"
#include "memory.hpp"

#include <shield/campaign/campaigns.hpp>

#include <map>
#include <string>
#include <vector>

namespace shield::campaign {

/// So much of a campaign among its kin, and a message is of it: one copy or two variants (State::weights_of).
inline constexpr double enough_weight = 2;

struct Kin {
    std::uint32_t place{0};
    Likeness like;
};

struct Incoming {
    MessageId id;
    const Sketch& sketch;
    const Origin& origin;
    core::Time at;

    [[nodiscard]] bool machine() const noexcept { return sketch.machine || origin.machine; }
};

/// What speaks for a message being one of a group.
struct Trial {
    CampaignId campaign{0};          // that the group belongs to, or none
    std::vector<std::uint32_t> fit;  // earlier messages that are in no campaign, and would be
    Vocabulary around;               // of all others
    Evidence evidence;
    bool in_order{false};  // it is like some of them word after word
    bool direct{false};    // like the campaign itself, not only like its likes
};

struct Campaigns::State {
    explicit State(const core::Limits& given) : limits{given}, memory{limits.campaign_sketches_max}, bombs{limits}
    {
    }

    core::Limits limits;
    Memory memory;
    Bombs bombs;
    std::map<CampaignId, Campaign> all;
    core::Time newest{};
    core::Time swept{};

    void pass_time(core::Time at);
    void keep_again(const std::vector<Remembered>& gone);
    void remember(Remembered one, const std::vector<Kin>& kin);

    Campaign& campaign(CampaignId id);
    void forget_campaign(CampaignId id);
    void admit(std::uint32_t place, CampaignId id);

    [[nodiscard]] std::vector<Kin> kin_of(const Sketch& sketch) const;
    [[nodiscard]] std::vector<Kin> loose_of(const std::vector<Kin>& kin) const;
    [[nodiscard]] Trial tried(const Incoming& message, const std::vector<Kin>& kin) const;
    [[nodiscard]] std::map<CampaignId, double> weights_of(const std::vector<Kin>& kin) const;
    void bridge(const std::vector<Kin>& kin, Placement& placement);
    [[nodiscard]] std::string protection(const Incoming& message, const Trial& trial) const;
    [[nodiscard]] bool fits(const Remembered& one, const Vocabulary& group, std::uint32_t written,
                            bool in_order) const;

    Placement place(const Incoming& message, const std::vector<Kin>& kin);
    bool place_in_bomb(const Incoming& message, MessageId form, Placement& placement);
    void join_bomb(MessageId id, Placement& placement);
    bool place_form(const Incoming& message, const std::vector<Kin>& kin, Placement& placement);
    void join(const Incoming& message, const Trial& trial, const std::vector<Kin>& kin, Placement& placement);
};

}  // namespace shield::campaign
