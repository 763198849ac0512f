// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/store/cases.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace shield::store {

/// A message whose assessment is due, leased to this process.
struct AssessmentWork {
    std::int64_t message_id{0};
    core::Reference reference{core::Reference::from_bits(0)};
    MessageKind kind{MessageKind::first};
    core::Envelope envelope;
    std::string octets;
    unsigned attempt{1};
};

/// Counts it, which costs something: asked for only by who needs it. `signing_domain` as in core::Verdict.
using GrantedBefore = std::function<AcknowledgementHistory(const std::string& signing_domain)>;

struct Grant {
    Acknowledgement acknowledgement;
    std::optional<NewOutgoing> reply;  ///< when the state is queued
};
/// Decides about an acknowledgement, inside the transaction, so that caps are exact and a message gets at most one
/// (invariant 4). Pure; runs on the writer thread. `joined`: it became a follow-up.
using Acknowledge = std::function<Grant(const GrantedBefore& granted_before, bool joined)>;

/// Where a message came from that a relay of ours handed on: what that relay met.
struct Origin {
    std::string relay;  ///< as core::ByRelay
    std::string client_address, helo, reverse_path;
};

/// What the assessment of one message came to.
struct Assessed {
    std::int64_t message_id{0};
    core::Time received_at{};
    std::optional<core::Assessment> assessment;  ///< nothing: unreadable, and `failure` says why
    std::string failure;
    bool automatic{false};
    std::optional<Origin> origin;
    /// What is to be authenticated, as its reader found it; nothing: nothing is.
    std::optional<std::string> signatures;

    /// The case that a verified token of the message names: the message leaves its provisional case and joins it.
    std::optional<core::Reference> follows;
    /// What joining does to that case. Pure; runs on the writer thread. Used only when `follows` names a case.
    Decide on_follow_up;

    Acknowledge acknowledge;  ///< `pending` only with `signatures`: it waits for the authentication

    std::optional<core::Time> due_at;  ///< of the case at the assessed category, when that changed
};

/// assess's view of the store: work is taken by lease and comes back as an assessment or a failure.
class Assessments {
public:
    /// Up to `limit` messages, leased to this process until they are recorded or given back: by category and
    /// weight, in it by the networks they came from in turns (deficit round robin, by octets), of one network the
    /// oldest first. Each lease counts as an attempt. One that was tried before is leased alone. One with more than
    /// `assessment_attempts_max` ends whoever reads it, or cannot be recorded: it is not to be read, only to be
    /// recorded as unreadable.
    [[nodiscard]] std::vector<AssessmentWork> lease(std::uint64_t limit);

    /// One that was not assessed is leased again. `attempted`: it may be to blame.
    void give_back(std::int64_t message_id, bool attempted);
    /// Writes down what was given back, which lease() does otherwise: for the next process.
    void write_returned();

    /// Waits until there may be work, at most so long.
    void wait(std::chrono::milliseconds at_most);
    /// Ends every wait now and from now on.
    void wake();

    /// Records a batch, in as few transactions as intake leaves room for, and ends the leases; returns after the
    /// commit. One that cannot be recorded fails alone and is leased again. When the store cannot write, nothing is
    /// lost and no attempt counted: it throws Unavailable, and all of them are leased again.
    void record(std::vector<Assessed> batch);

    /// Indexes for search some messages that are assessed and not indexed yet; how many.
    [[nodiscard]] std::uint64_t index_some();

    /// How many messages wait.
    [[nodiscard]] std::uint64_t backlog() const;

private:
    friend class Store;
    explicit Assessments(Store::Database& database);
    void give_up(std::int64_t message_id, const std::string& failure);
    Store::Database& database_;
};

}  // namespace shield::store
