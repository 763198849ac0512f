// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/campaign/origin.hpp>
#include <shield/campaign/sketch.hpp>
#include <shield/core/limits.hpp>
#include <shield/core/time.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace shield::campaign {

/// The caller's number of a message: any, but never used twice.
using MessageId = std::uint64_t;

/// A campaign is called by the first message in it. 0 is none.
using CampaignId = std::uint64_t;

enum class Standing : std::uint8_t {
    alone,   ///< like nothing that is remembered
    linked,  ///< like others, and stays where it is: to be shown beside them
    member   ///< one of a campaign: may be folded
};

/// What became of one message.
struct Placement {
    Standing standing{Standing::alone};
    CampaignId campaign{0};  ///< of a member; of a linked message the campaign it is like, if any
    MessageId like{0};       ///< the remembered message it is most like, 0 when alone
    double similarity{0};    ///< 0 to 1, with that one
    std::string why;         ///< a sentence; empty when alone
    /// Earlier messages that turn out to be of the same campaign: with this one there is evidence enough. The first
    /// of a new campaign are all here but this one.
    std::vector<MessageId> joined;
    /// Other campaigns that turn out to be this one; they are called by this one's name from now on.
    std::vector<CampaignId> absorbed;
    bool remembered{false};  ///< what load() wants after a restart: its sketch is worth keeping
};

/// What is kept of a message, so that campaigns are found again after a restart.
struct Remembered {
    MessageId id{0};
    Sketch sketch;
    Origin origin;
    core::Time received_at{};
    CampaignId campaign{0};  ///< 0 while it is in none
};

struct CampaignFacts {
    std::uint64_t messages{0};  ///< placed since the start, and loaded
    std::uint64_t senders{0};   ///< different ones, counted up to 1000
    core::Time first{};
    core::Time last{};
};

/// Finds messages that are copies of one another, or variants, while they come in.
///
/// The rule, for operators. Folding a message away takes evidence; likeness alone only links.
///
/// - Messages are of one campaign when `campaign_senders_min` different senders wrote nearly the same, or machines
///   made so many, or one sender wrote ten times as much. The first of them join when the last makes it enough. Two
///   that share no sentence are of one campaign by those between them.
/// - A message that a person may have written is never folded: not one from a sender who is verified, and not one
///   that has words of its own, which next to nobody else in the campaign wrote: a line above or below, the fields
///   of a form, or a good part of the whole. It is linked, and stands in the queue by itself. For a verified sender
///   this ends with the tenth message of the campaign that he writes. Single words strewn into a text that others
///   wrote as well are no person's, nor are runs of words that stand in no sentence.
/// - A message that is hardly more than another one, passed on or answered, is compared with such messages only,
/// and
///   folds with them when fifty senders passed on the same: whoever reports a campaign to us is not a part of it.
/// - A few words are the same by chance. They fold by a link, an attachment or an account number that they share
///   with many, or when fifty senders wrote just these with the same subject.
/// - Confirmations of subscriptions and registrations that come to one of our mailboxes, at least
///   `subscription_bomb_min` within a day, from three different domains and in three forms, are one campaign,
///   whatever they say. One counts when machines made it and its words are those of confirming; or, in any words,
///   when two sites sent the same few words, each around a link that was made for this message. Nobody else sends
///   such: a person's link to his own site is alone.
///
/// Deterministic: the same messages in the same order make the same campaigns everywhere. Bounded: `campaigns_max`,
/// `campaign_sketches_max` and `campaign_memory_time`; what is forgotten folds nothing any more. One owner, one
/// thread. It never fails, whatever the sketches say.
class Campaigns {
public:
    explicit Campaigns(const core::Limits& limits);
    ~Campaigns();
    Campaigns(Campaigns&&) noexcept;
    Campaigns& operator=(Campaigns&&) noexcept;

    /// Time must not run backwards by more than the caller can bear: what is older than the newest is as the
    /// newest.
    [[nodiscard]] Placement place(MessageId id, const Sketch& sketch, const Origin& origin, core::Time received_at);

    /// After a restart: what place() said was worth keeping, oldest first.
    void load(const Remembered& one);

    /// It is no longer compared with; counts stay. A person took it out of its campaign, or it was removed.
    void forget(MessageId id);

    /// The campaign takes no more, and its messages are no longer compared with: a person said that it is none.
    void forget_campaign(CampaignId campaign);

    [[nodiscard]] std::optional<CampaignFacts> facts(CampaignId campaign) const;
    [[nodiscard]] std::size_t campaigns() const noexcept;
    [[nodiscard]] std::size_t remembered() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace shield::campaign
