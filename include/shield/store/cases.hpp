// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/assessment.hpp>
#include <shield/core/envelope.hpp>
#include <shield/core/reference.hpp>
#include <shield/core/refused_message.hpp>
#include <shield/core/result.hpp>
#include <shield/core/verdict.hpp>
#include <shield/store/store.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace shield::store {

struct Acknowledgement {
    core::AcknowledgementState state{core::AcknowledgementState::pending};
    std::string reason;
    std::optional<core::Time> sent_at;
};

/// One line of a case's history; append-only.
struct Event {
    core::Time at{};
    std::string who;     ///< a login name, or "shieldd"
    std::string kind;    ///< "received", "assessed", "acknowledgement", "delivery", "claim", "note", …
    std::string detail;  ///< text for people; hostile until printable
};

/// A row of the queue: what is known of a case without reading its messages.
struct Case {
    std::int64_t id{0};
    core::Reference reference{core::Reference::from_bits(0)};  ///< of its first message
    core::Category category{core::Category::support};
    core::State state{core::State::fresh};
    std::optional<core::ClosingCode> code;
    std::optional<core::Reference> duplicate_of;
    std::string mailbox;  ///< ours, that the first message was most pressingly written to
    std::string from;     ///< the From as shown, or the reverse-path while not assessed
    std::string subject;
    core::Time received_at{};
    core::Time updated_at{};
    std::optional<core::Time> due_at;       ///< nothing while the clock stands still
    std::optional<core::Time> answered_at;  ///< the last reply of a person
    std::string assignee;
    std::uint64_t messages{1};
    std::vector<std::string>
        flags;  ///< "unreadable", "encrypted", "spam", …; the classification's and the system's
    Acknowledgement acknowledgement;  ///< of the first message
    std::uint64_t campaign_cases{0};  ///< how many it stands for, itself one of them; 0: it stands for itself alone
};

enum class MessageKind { first, follow_up, repeat };

struct Message {
    core::Reference reference{core::Reference::from_bits(0)};
    MessageKind kind{MessageKind::first};
    core::Envelope envelope;
    std::uint64_t size{0};
    core::Sha256 sha256{};
    std::optional<core::Assessment> assessment;  ///< nothing yet, or never when unreadable
    bool automatic{false};                       ///< a machine wrote it
    core::Verdict verdict;
    Acknowledgement acknowledgement;
};

struct DeliveryAttempt {
    core::Time started_at{};
    std::optional<core::Time> committing_at;
    std::optional<core::Time> ended_at;
    std::string outcome;  ///< "sent", "deferred", "failed", "unknown"; empty while under way
    std::string reply;
};

/// Something we sent or will send.
struct Outgoing {
    std::int64_t id{0};
    bool automatic{true};
    std::string recipient;
    std::string message_id;
    std::string state;  ///< "queued", "sent", "failed", "unknown"
    std::string text;   ///< the body as sent, for a person's reply
    std::string who;    ///< who wrote it
    core::Time created_at{};
    std::vector<DeliveryAttempt> attempts;
};

/// Cases that are like each other, and the one that stands for them in the queue.
struct CampaignDetail {
    struct Network {
        std::string name;  ///< see core::network_of()
        std::uint64_t messages{0};
    };
    core::Reference reference{core::Reference::from_bits(0)};  ///< of the one that stands for them
    std::uint64_t cases{0}, open{0}, last_hour{0};
    core::Time first_at{}, last_at{};
    std::optional<core::Time> muted_until;
    std::uint64_t senders{0}, networks{0};  ///< of the newest few thousand, as what follows
    std::vector<Network> busiest;
    std::vector<core::Reference> samples;
};

struct CaseDetail {
    Case summary;
    std::vector<Message> messages;  ///< oldest first
    std::vector<Outgoing> outgoing;
    std::vector<Event> events;               ///< oldest first, those of joined cases included
    std::vector<core::Reference> similar;    ///< weaker than a token: offered as "join?"
    std::optional<CampaignDetail> campaign;  ///< that it stands for, or is folded behind
};

/// What was granted in the 24 hours before a message, for acknowledge::after().
struct AcknowledgementHistory {
    std::uint64_t sender_day{0}, domain_day{0}, signer_day{0}, network_day{0}, total_day{0};
};

struct QueueFilter {
    std::optional<core::Category> category;
    std::optional<core::State> state;         ///< nothing: all but closed
    bool held{false};                         ///< only those whose acknowledgement is held
    bool spam{false};                         ///< only those folded away as spam
    bool campaigns{false};                    ///< only those that stand for a campaign
    std::optional<core::Reference> campaign;  ///< only those of this campaign, the newest first, closed ones too
    std::uint64_t limit{50};
};

/// How many there are, whatever the list shows. Answered from counters, in constant time.
struct QueueCounts {
    std::uint64_t attack{0}, urgent{0}, support{0};  ///< open and not folded
    std::uint64_t unanswered{0};                     ///< of these: their clock runs
    std::uint64_t held{0}, unreadable{0};
    std::uint64_t folded{0};                  ///< open, flagged as spam
    std::uint64_t gathered{0}, campaigns{0};  ///< open, folded behind so many others
    std::uint64_t closed{0};
};

struct Queue {
    /// Most pressing first: unanswered attack, then by category, in it by due time. Behind them all stand, so that
    /// a flood of mail does not bury a report: what stands for a campaign of many, and, while there is a flood,
    /// what nobody has looked at yet.
    std::vector<Case> cases;
    QueueCounts counts;
};

/// A mail for the outbox.
struct NewOutgoing {
    bool automatic{true};
    core::Reference answers{core::Reference::from_bits(0)};  ///< the message it answers
    std::string sender;
    std::string recipient;
    std::string message_id;
    std::string octets;
    std::string text;            ///< what a person wrote
    std::string signing_domain;  ///< of an automatic one: as in core::Verdict
    bool verified{false};        ///< likewise: its recipient is a verified reply address
    core::Time give_up_at{};
};

struct NewEvent {
    std::string kind;
    std::string detail;
};

/// What an operation does to a case, all of it or nothing. Members left empty change nothing.
struct Change {
    std::optional<core::State> state;
    std::optional<std::optional<core::ClosingCode>> code;
    std::optional<std::optional<core::Reference>> duplicate_of;
    std::optional<std::string> assignee;
    std::optional<core::Category> category;
    std::optional<std::optional<core::Time>> due_at;
    std::optional<core::Time> answered_at;
    std::optional<Acknowledgement> acknowledgement;  ///< of the first message, e.g. held -> queued
    std::vector<NewOutgoing> outgoing;
    std::vector<NewEvent> events;
    /// Asked with what was granted before, inside the transaction: why it would be too much, which undoes all of
    /// it; or empty. Pure.
    std::function<std::string(const AcknowledgementHistory&)> too_much;
};

/// Which held acknowledgements. Members left empty ask for nothing.
struct HeldFilter {
    std::optional<core::Category> category;
    std::string whom;  ///< an address or a domain, as Allowances::parse() gives it
    std::optional<core::Time> after, before;
    std::uint64_t limit{100};
};

struct HeldCase {
    core::Reference reference{core::Reference::from_bits(0)};
    core::Category category{core::Category::support};
    std::string reverse_path;
    core::Time received_at{};
    std::string reason;
};

/// Of the mail of people of the last seven days, at most of the newest `looked_at_max` messages: whose
/// acknowledgement was held, released since or not.
struct HeldShare {
    static constexpr std::uint64_t looked_at_max = 10'000;
    static constexpr std::size_t relays_max = 20;
    struct Count {
        std::uint64_t messages{0}, held{0};
        [[nodiscard]] std::uint64_t percent() const noexcept { return messages == 0 ? 0 : held * 100 / messages; }
    };
    Count all;
    std::vector<std::pair<std::string, Count>> relays;  ///< by relay_of(), those first that have most held
};

/// Through which relay a message came to us, for these figures: that of ours, by what the configuration calls it,
/// or else its client's network.
[[nodiscard]] std::string relay_of(std::string_view relay, std::string_view client_address);

/// One line of the list of what was refused for its size.
struct RefusedRow {
    core::RefusedMessage message;  ///< the last attempt, and the largest size
    std::uint64_t attempts{1};
    core::Time first_at{};
};

/// Decides what happens to a case, from what it is now. Runs on the writer thread, inside the transaction: pure.
using Decide = std::function<core::result<Change>(const CaseDetail&)>;

/// triage's view of the store. Queries read a snapshot on the calling thread; changes wait for their commit.
class Cases {
public:
    [[nodiscard]] Queue queue(const QueueFilter& filter) const;

    /// By the reference of any of its messages.
    [[nodiscard]] std::optional<CaseDetail> find(core::Reference reference) const;

    /// Full-text search over subject, sender and text; words only, no query language. Best match first.
    [[nodiscard]] std::vector<Case> search(std::string_view words, std::uint64_t limit) const;

    /// Exactly as received, or nothing when there is no such message.
    [[nodiscard]] std::optional<std::string> octets(core::Reference message) const;

    /// The case after the change; the decision's error; or an error when there is no such case.
    [[nodiscard]] core::result<CaseDetail> change(core::Reference reference, std::string_view who,
                                                  const Decide& decide);

    /// All messages of one case become part of another. The emptied case stays as a name for it.
    [[nodiscard]] core::result<CaseDetail> join(core::Reference reference, core::Reference into,
                                                std::string_view who);

    /// What was refused for its size, the newest first.
    [[nodiscard]] std::vector<RefusedRow> refused(std::uint64_t limit) const;

    /// Open cases whose acknowledgement is held: by category, in it the newest first.
    [[nodiscard]] std::vector<HeldCase> held(const HeldFilter& filter) const;
    [[nodiscard]] HeldShare held_share() const;

    /// Figures derived from events: name and number, e.g. "received", "acknowledged", "median_first_reply_seconds".
    [[nodiscard]] std::vector<std::pair<std::string, std::int64_t>> stats() const;

private:
    friend class Store;
    explicit Cases(Store::Database& database);
    Store::Database& database_;
};

}  // namespace shield::store
