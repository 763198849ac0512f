// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database.hpp"
#include "lanes.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

/// What several stages record: a batch of results, each of which may fail alone.
namespace shield::store {

/// How a batch ended.
struct Recorded {
    std::mutex mutex;
    std::condition_variable ready;
    std::size_t left{0};
    Fate worst{Fate::committed};         // of those that did not fail alone
    std::vector<ReturnedWork> returned;  // leases that ended without a result
};

/// The result about one message.
class Recording : public Job {
public:
    Recording(Store::Database& database, std::int64_t message_id, const char* event)
        : database_{database}, message_id_{message_id}, event_{event}
    {
    }

    void belongs_to(std::shared_ptr<Recorded> recorded) { recorded_ = std::move(recorded); }
    [[nodiscard]] virtual std::uint64_t octets() const noexcept = 0;

    Completion ended(Fate fate, std::exception_ptr why) final;

protected:
    /// After the commit, on the writer thread.
    virtual void committed() = 0;
    [[nodiscard]] Store::Database& database() const noexcept { return database_; }

private:
    Store::Database& database_;
    std::int64_t message_id_;
    const char* event_;  // logged when it cannot be recorded
    std::shared_ptr<Recorded> recorded_;
};

/// Writes them in as few transactions as the lanes allow and waits for all. `give_back` gets what was not recorded,
/// if anything. Throws Unavailable as require_committed() does.
void record_together(Writer& writer, std::vector<std::pair<std::unique_ptr<Recording>, Lane>> jobs,
                     const std::function<void(const std::vector<ReturnedWork>&)>& give_back);

}  // namespace shield::store
