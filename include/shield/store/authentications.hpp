// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/store/assessments.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace shield::store {

/// A message whose sender is to be authenticated, leased to this process.
struct AuthenticationWork {
    std::int64_t message_id{0};
    core::Reference reference{core::Reference::from_bits(0)};
    MessageKind kind{MessageKind::first};
    core::Envelope envelope;
    core::Assessment assessment;  ///< without its text
    std::string signatures;       ///< as given with the assessment
    bool decides{false};          ///< the acknowledgement is pending and waits for this
    unsigned attempt{1};
    unsigned cut_off{0};  ///< of the attempts before, those that ended with their process: it may be to blame
};

/// What the authentication of one message came to.
struct Authenticated {
    std::int64_t message_id{0};
    core::Verdict verdict;
    /// As Assessed::acknowledge; asked for only while the acknowledgement is still pending and nobody has answered.
    /// May not come to `pending`.
    Acknowledge acknowledge;
};

/// authenticate's view of the store: work is made with an assessment (Assessed::signatures), taken by lease and
/// comes back as a verdict, or later again.
class Authentications {
public:
    /// Longer than anything is postponed: what is due later was written by a clock that has been set back since,
    /// and is due.
    static constexpr std::chrono::minutes pause_max{10};

    /// What a lease has room for.
    struct Room {
        std::uint64_t all{0};
        std::uint64_t again{~0ULL};  ///< of all, messages that were tried before
        bool alone{true};            ///< nothing is under way: one that has ended its process may be leased, alone
    };

    /// Messages whose time has come, leased to this process until they are recorded or postponed: by the networks
    /// they came from in turns, those first whose acknowledgement waits, and neither new ones nor those tried
    /// before to the end of the others. Each lease counts as an attempt. Work of a process that is gone is free.
    [[nodiscard]] std::vector<AuthenticationWork> lease(const Room& room);

    /// When lease() is to be called next: something is due, or an end is to be written down. Nothing: there is no
    /// work.
    [[nodiscard]] std::optional<core::Time> next_due() const;

    /// Something waits for its first attempt.
    [[nodiscard]] bool new_work_waits() const;
    /// How many messages wait or are under way.
    [[nodiscard]] std::uint64_t backlog() const;

    /// Records a batch and ends the leases; returns after the commit. One that cannot be recorded is leased again
    /// after a minute and holds up no other. Throws Unavailable when nothing could be written; all of it is leased
    /// again later.
    void record(std::vector<Authenticated> batch);

    /// Ends a lease; it is due again at that time, at most pause_max from now. Returns at once: the next lease
    /// writes it down.
    void postpone(std::int64_t message_id, core::Time until);

    /// Ends a lease that came to nothing. `attempted`: the message may be to blame, and has to wait a minute.
    void give_back(std::int64_t message_id, bool attempted);
    /// Writes down what lease() would: for the next process.
    void write_ends();

    /// Waits until there may be work, at most so long; wake() ends every wait now and from now on.
    void wait(std::chrono::milliseconds at_most);
    void wake();

private:
    friend class Store;
    explicit Authentications(Store::Database& database) : database_{database} {}
    Store::Database& database_;
};

}  // namespace shield::store
