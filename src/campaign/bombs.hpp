// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/campaign/campaigns.hpp>

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace shield::campaign {

/// Subscription bombs: confirmations that come to one mailbox faster than anybody subscribes, whatever they say.
/// While a bomb lasts, and for `quiet` after it, every confirmation to that mailbox belongs to it.
class Bombs {
public:
    explicit Bombs(const core::Limits& limits) noexcept;

    struct Found {
        CampaignId campaign{0};
        std::vector<MessageId> joined;  ///< with the message that made it one
    };

    /// One that counts for a bomb. `form` is the same for all that are of one form; 0: of its own.
    struct Confirmation {
        MessageId id{0};
        MessageId form{0};
        std::uint32_t domain{0};
        core::Time at{};
    };

    /// Counts a confirmation. Nothing while it may be a single one. `known` says whether a campaign is still there.
    template <typename Known>
    std::optional<Found> place(const Confirmation& one, std::uint64_t mailbox, Known known)
    {
        const core::Time at = one.at;
        Bomb& bomb = of(mailbox, at);
        if (bomb.campaign != 0 && (at - bomb.last > quiet || !known(bomb.campaign))) {
            bomb.campaign = 0;
        }
        bomb.last = std::max(bomb.last, at);
        if (bomb.campaign != 0) {
            return Found{bomb.campaign, {}};
        }
        return grown(bomb, one);
    }

    void load(const Remembered& one);
    void forget(MessageId id);
    [[nodiscard]] bool has(CampaignId campaign) const;
    void rename_campaign(CampaignId from, CampaignId to);  ///< to 0: it is forgotten

private:
    static constexpr std::chrono::hours window{24};
    static constexpr std::chrono::hours quiet{24};
    static constexpr std::size_t domains_min = 3;
    static constexpr std::size_t forms_min = 3;  // fewer are a mass mailing's
    static constexpr std::size_t mailboxes_max = 1000;

    struct Bomb {
        std::deque<Confirmation> recent;
        CampaignId campaign{0};
        core::Time last{};
    };

    Bomb& of(std::uint64_t mailbox, core::Time at);
    std::optional<Found> grown(Bomb& bomb, const Confirmation& one) const;

    std::size_t least_;
    std::map<std::uint64_t, Bomb> bombs_;
};

}  // namespace shield::campaign
