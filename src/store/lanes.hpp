// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <shield/store/store.hpp>

#include <array>
#include <chrono>
#include <deque>
#include <exception>
#include <memory>
#include <vector>

namespace shield::store {

/// How a job ended.
enum class Fate {
    committed,   ///< durable
    refused,     ///< undone alone: what it wrote was not taken
    full,        ///< nothing was kept, the disk is full
    failed,      ///< nothing was kept, and nothing more will be written
    busy,        ///< nothing was kept: another program holds the database
    overloaded,  ///< not tried: intake_backlog_max
    stopped      ///< not tried: the store is closing
};

/// Something to be written. Made by any thread, run and ended by the writer's.
class Job {
public:
    virtual ~Job() = default;
    /// Inside the transaction; what it throws undoes it alone. May be called again after its first run was undone.
    virtual void run(Connection& connection) = 0;
    /// Called exactly once, when the fate is known. `why` is what run() threw, if refused. What it returns goes
    /// through Options::release together with that of the whole batch.
    [[nodiscard]] virtual Completion ended(Fate fate, std::exception_ptr why) = 0;
};

/// Jobs are taken from lanes so that none starves: a batch is what intake has and a share of the others; a large
/// message is a batch of its own. `record` is what assessment found, `work` all that a person or the delivery waits
/// for, and what assessment found late: as many of them as there is mail in a batch, so a flood that does not end
/// does not end assessment either.
enum class Lane { intake, large, record, work };

/// What waits to be written, and in which order it is taken. A value; its owner locks.
class Lanes {
public:
    using Moment = std::chrono::steady_clock::time_point;

    struct Entry {
        std::unique_ptr<Job> job;
        Lane lane{Lane::work};
        std::uint64_t octets{0};  // about what it writes
        Fate fate{Fate::committed};
        std::exception_ptr why;
    };
    using Batch = std::vector<Entry>;

    void add(Entry entry);
    /// Never tried: ended by the writer thread like all others.
    void turn_away(Entry entry) { turned_away_.push_back(std::move(entry)); }

    [[nodiscard]] bool empty() const;
    /// Of mail.
    [[nodiscard]] std::uint64_t octets() const noexcept { return octets_; }
    [[nodiscard]] std::uint64_t all_octets() const noexcept { return all_octets_; }

    /// What assessment found rides along with intake while mail comes in: a commit of its own would make senders
    /// wait.
    [[nodiscard]] bool anything_is_due(Moment now) const;
    /// When records no longer wait for intake, if some do.
    [[nodiscard]] std::optional<Moment> records_due_at() const;

    /// The batches to be committed next, each by itself.
    [[nodiscard]] std::vector<Batch> take(std::uint64_t jobs_max, Moment now);
    /// A batch with mail in it has been committed.
    void mail_came(Moment now);
    /// Nothing rides any longer.
    void stop_riding() { records_ride_until_ = {}; }

private:
    [[nodiscard]] bool waits(Lane lane) const;
    [[nodiscard]] std::uint64_t records_taken(std::uint64_t mails, std::uint64_t jobs_max, Moment now);
    void move(Lane lane, std::uint64_t at_most, Batch& batch, std::uint64_t& octets);

    std::array<std::deque<Entry>, 4> lanes_;
    Batch turned_away_;
    std::uint64_t octets_{0};
    std::uint64_t all_octets_{0};
    std::uint64_t mail_batches_{0};
    Moment records_ride_until_{};
};

}  // namespace shield::store
