// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/envelope.hpp>
#include <shield/core/receipt.hpp>
#include <shield/core/refused_message.hpp>
#include <shield/store/store.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <variant>

namespace shield::store {

/// The octets of one message on their way in: in memory up to `spool_memory_max`, then in an unlinked file of the
/// store's directory. Hashes as it goes. One owner, one thread at a time; made by Intake::spool().
class Spool {
public:
    ~Spool();
    Spool(Spool&&) noexcept;
    Spool& operator=(Spool&&) noexcept;

    /// Throws core::NotKept when the disk has no room for the file (disk_reserve), std::system_error when it cannot
    /// be written.
    void append(std::string_view octets);
    [[nodiscard]] std::uint64_t size() const noexcept;

private:
    friend class Intake;
    struct State;
    explicit Spool(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// A message that arrived whole.
struct Submission {
    core::Envelope envelope;
    Spool content;
    core::Time due_at{};  ///< of the provisional case, from its category's promise
};

/// receive's way into the store: makes a message durable and gives its case a first place in the queue.
class Intake {
public:
    using Outcome = std::variant<core::Receipt, core::Refusal>;
    using Done = std::function<void(Outcome)>;

    [[nodiscard]] Spool spool() const;

    /// One transaction makes the message, a provisional case at the most pressing category and its assessment work;
    /// the same octets from the same reverse-path within `repeat_window` join that case as a repeat. `done` runs
    /// through Options::release after the commit; it is always called, exactly once.
    void submit(Submission submission, Done done);

    /// The last part of the disk has no room for what this client sends to other mailboxes than those for attacks
    /// (core::Refusal::disk_full), as far as is known before the message is here. Any thread, at once.
    [[nodiscard]] bool takes_only_attacks(std::string_view client_address) const;

    /// Puts a message that was refused for its size on the list that people see, soon and without waiting: it is
    /// lost when the store closes or too many wait. Attempts of one sender from one network are one line.
    void refused(core::RefusedMessage message);

private:
    friend class Store;
    class Arrival;  // the job; within Intake, for only Intake may make a core::Receipt
    explicit Intake(Store::Database& database);
    Store::Database& database_;
};

}  // namespace shield::store
