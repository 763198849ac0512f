// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/vocabulary.hpp>
#include <shield/store/store.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace shield::store {

/// An outgoing mail that is due, leased, its attempt marked as started.
struct DueMail {
    std::int64_t outbox_id{0};
    std::int64_t attempt_id{0};
    unsigned attempts{1};  ///< this one included
    bool automatic{true};
    std::string sender;
    std::string recipient;
    std::string octets;
    core::Time created_at{};
    core::Time give_up_at{};
};

/// How an attempt ended.
struct AttemptOutcome {
    core::DeliveryResult result{core::DeliveryResult::deferred};
    std::string reply;                       ///< the next hop's words, at most peer_reply_kept_max octets are kept
    std::optional<core::Time> try_again_at;  ///< for deferred; nothing: given up, which is recorded as failed
};

/// delivery's view of the store. Two durable marks an attempt: started (safe to retry) and committing, written
/// after 354 and before the final dot. An attempt found past the second by a later process is `unknown` and never
/// retried by itself (invariant 4).
class Outbox {
public:
    /// Longer than any mail waits for its next attempt.
    static constexpr std::chrono::hours pause_max{8};

    /// Up to `limit` mails whose time has come: first what persons wrote, then acknowledgements to verified
    /// addresses, then the others, of each the oldest first; of them at most `automatic_max` automatic ones. Also
    /// settles attempts of processes that are gone.
    [[nodiscard]] std::vector<DueMail> lease(std::uint64_t limit,
                                             std::uint64_t automatic_max = std::uint64_t{1} << 32);

    /// Ends automatic mails that wait past their time while none may begin: failed, with `why` on their cases. A
    /// few at a time; how many.
    std::uint64_t give_up_automatic(const std::string& why);

    /// Since when the oldest automatic mail waits that was never tried, if there is one.
    [[nodiscard]] std::optional<core::Time> oldest_untried() const;

    /// Makes the second mark; `done(true)` after the commit, through Options::release. `done(false)`: do not go on.
    void committing(std::int64_t attempt_id, std::function<void(bool)> done);

    /// Records the end of an attempt, on the case too. Returns at once; a later lease() comes after it, and records
    /// what could not be recorded at the time. When this process ends before that, the attempt is settled as if it
    /// had died in it.
    void finished(std::int64_t attempt_id, AttemptOutcome outcome);

    /// Since when the oldest mail waits that is to be delivered.
    [[nodiscard]] std::optional<core::Time> oldest_queued() const;

    /// When the next mail is due, if there is one; of people alone unless `automatic_too`.
    [[nodiscard]] std::optional<core::Time> next_due(bool automatic_too = true) const;

    /// Waits until something may be due, at most so long; wake() ends every wait now and from now on.
    void wait(std::chrono::milliseconds at_most);
    void wake();

private:
    friend class Store;
    explicit Outbox(Store::Database& database);
    Store::Database& database_;
};

}  // namespace shield::store
