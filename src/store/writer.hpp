// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"
#include "gate.hpp"
#include "lanes.hpp"

#include <shield/core/receipt.hpp>
#include <shield/store/store.hpp>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace shield::store {

/// The one thread that writes and checkpoints. It commits everything that waits in one transaction, without waiting
/// for more to come: the batch grows by itself while a commit is under way. SQLITE_FULL closes intake until there
/// is space; any other failure of the disk closes the writer for good, for what a failed fsync() has lost cannot be
/// known.
class Writer {
public:
    Writer(std::unique_ptr<Connection> connection, const Options& options);
    ~Writer();

    /// `octets` is about what it writes. Those of mail count against intake_backlog_max while they wait; what
    /// weighs nothing (a person's act, a delivery) is written from the reserve too.
    /// `claim` is asked for when the lane is one of mail.
    void submit(std::unique_ptr<Job> job, Lane lane, std::uint64_t octets, const Claim& claim = {});

    /// Runs `use` on the writer thread and waits for the commit. Throws what it threw, or Unavailable. Not to be
    /// called from the writer thread.
    template <typename Use>
    auto call(Use use, Lane lane = Lane::work) -> std::invoke_result_t<Use&, Connection&>;

    [[nodiscard]] Health health() const noexcept { return gate_.health(); }

    /// Finishes what waits and refuses what comes later.
    void stop();

private:
    using Entry = Lanes::Entry;
    using Batch = Lanes::Batch;
    struct Figures;

    // With the mutex held.
    [[nodiscard]] bool wait_for_work(std::unique_lock<std::mutex>& lock);
    [[nodiscard]] std::optional<Fate> closed_for(Lane lane, std::uint64_t octets, const Claim& claim);
    [[nodiscard]] std::uint64_t owed() const;

    // On the writer thread.
    void loop();
    void process(Batch& batch);
    void commit(Batch& batch);
    void run_all(Batch& batch);
    void begin();
    [[nodiscard]] std::size_t begin_again();
    void run_one(Entry& entry);
    void refuse(Entry& entry);
    void give_up(Batch& batch, const SQLite::Exception& error);
    void release(Batch& batch);
    void make_room();
    void checkpoint(int mode);
    void fail(const std::string& why);
    [[nodiscard]] static bool hardly_fails(const Entry& entry);
    static void set_all(Batch& batch, Fate fate);

    const Options& options_;
    std::unique_ptr<Connection> connection_;
    Gate gate_;
    std::unique_ptr<Figures> figures_;
    std::atomic<int> pages_logged_{0};         // in the write-ahead log; changed by the writer thread
    std::atomic<int> pages_at_checkpoint_{0};  // when it was last written back, or that was tried
    std::chrono::steady_clock::time_point room_sought_at_{};

    std::mutex mutex_;
    std::condition_variable wake_;
    Lanes lanes_;
    bool stopping_{false};
    bool stopped_{false};
    std::mutex stop_mutex_;
    std::thread thread_;
};

/// A job whose maker waits for it.
template <typename Use>
class Call final : public Job {
public:
    using Result = std::invoke_result_t<Use&, Connection&>;

    /// On the maker's stack; outlives the job's end.
    struct Waiter {
        std::mutex mutex;
        std::condition_variable ready;
        std::optional<Fate> fate;
        std::exception_ptr why;
        std::optional<std::conditional_t<std::is_void_v<Result>, bool, Result>> result;
    };

    Call(Use& use, Waiter& waiter) : use_{use}, waiter_{waiter} {}

    void run(Connection& connection) override
    {
        if constexpr (std::is_void_v<Result>) {
            use_(connection);
            waiter_.result.emplace(true);
        } else {
            waiter_.result.emplace(use_(connection));
        }
    }
    Completion ended(Fate fate, std::exception_ptr why) override
    {
        const std::lock_guard lock{waiter_.mutex};
        waiter_.fate = fate;
        waiter_.why = std::move(why);
        waiter_.ready.notify_one();  // under the lock: the waiter may be gone as soon as it sees the fate
        return {};
    }

private:
    Use& use_;
    Waiter& waiter_;
};

/// Throws what the fate means to somebody who waits; returns when it is committed.
void require_committed(Fate fate, const std::exception_ptr& why);

template <typename Use>
auto Writer::call(Use use, Lane lane) -> std::invoke_result_t<Use&, Connection&>
{
    typename Call<Use>::Waiter waiter;
    submit(std::make_unique<Call<Use>>(use, waiter), lane, 0);
    std::unique_lock lock{waiter.mutex};
    waiter.ready.wait(lock, [&] { return waiter.fate.has_value(); });
    require_committed(*waiter.fate, waiter.why);
    if constexpr (!std::is_void_v<typename Call<Use>::Result>) {
        return std::move(*waiter.result);
    }
}

}  // namespace shield::store
