// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fair_queue.hpp"

#include <shield/core/time.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace shield::store {

/// What one stage has before it, in the order of a FairQueue: what is in its table of work, in memory, so that
/// leasing reads no rows and intake writes none for it. The rows stay the truth about attempts and dates, and are
/// read again by the next process. Bounded: what there is no room for waits in its row, and is found in the order
/// of the rows as room comes. Thread-safe; waits for nobody.
///
/// Behind the shares that new work is given come two more: what was tried before, and what ended its process, which
/// is leased alone, for it may take others with it.
class WaitingWork {
public:
    struct Entry {
        std::int64_t id{0};
        std::uint64_t network{0};
        std::size_t share{0};  ///< while it was not tried
        std::uint64_t cost{0};
        unsigned attempts{0};   ///< leases, the one that lasts included
        unsigned postponed{0};  ///< of these, those that ended by postpone()
        core::Time due{};       ///< in the past: now
    };
    /// What a lease has room for.
    struct Room {
        std::uint64_t entries{0};
        std::uint64_t cost{~0ULL};   ///< reached by one entry alone if need be
        std::uint64_t again{~0ULL};  ///< of the entries, those tried before
        bool alone{true};            ///< one that ended its process may be taken
    };
    struct Options {
        std::vector<std::uint64_t> weights;  ///< of new work, of what was tried before, of what ended its process
        std::uint64_t quantum{1};
        std::uint64_t alone_cost{0};  ///< what leasing alone costs on top: the batch that it is not leased with
        std::chrono::milliseconds pause_max{0};  ///< what is due later was dated by another clock, and is due
        std::size_t entries_max{200'000};        ///< 150 octets each
    };
    explicit WaitingWork(Options options);

    /// After its row is committed.
    void add(const Entry& entry);
    /// Its row is gone.
    void done(std::int64_t id);

    /// What is next, leased until done(), postpone() or give_back(); the attempt counts. `write` makes it durable,
    /// and answers whose rows are gone; when it throws, nothing was leased. With nothing to lease it is called too.
    using Write = std::function<std::vector<std::int64_t>(const std::vector<Entry>&)>;
    [[nodiscard]] std::vector<Entry> lease(core::Time now, const Room& room, const Write& write);
    /// These two do nothing for what is not leased.
    void postpone(std::int64_t id, core::Time until);
    void give_back(std::int64_t id, bool attempted, core::Time due = {});

    /// When take() may find something; nothing: when something is added.
    [[nodiscard]] std::optional<core::Time> next_due(core::Time now);
    /// Something that is not leased: not tried before, or anything.
    [[nodiscard]] bool new_work_waits();

    /// Has `read` answer the first `limit` rows behind an id, in their order; not when there are none to be loaded,
    /// or no room for them, or somebody is at it. Throws what it throws.
    using Read = std::function<std::vector<Entry>(std::int64_t behind, std::size_t limit)>;
    void load(const Read& read);

private:
    struct Known {
        Entry entry;
        bool leased{false};
    };
    [[nodiscard]] std::vector<Entry> take(core::Time now, const Room& room);
    void put_back(const std::vector<Entry>& taken);
    [[nodiscard]] std::optional<std::int64_t> begin_loading();
    void end_loading(const std::vector<Entry>& rows, bool last);
    [[nodiscard]] bool has_ended_its_process(const Entry& entry) const;
    [[nodiscard]] FairQueue::Item item_of(const Entry& entry) const;
    void insert(const Entry& entry);
    void queue(const Entry& entry, bool in_front);
    void queue_what_is_due(core::Time now);
    [[nodiscard]] bool rows_are_to_be_loaded() const;

    const Options options_;
    const std::size_t again_, alone_;  // shares
    std::mutex mutex_;
    FairQueue queue_;
    std::multimap<core::Time, std::int64_t> later_;
    std::unordered_map<std::int64_t, Known> known_;  // ids are ours: nobody aims at a bucket
    // Passes over the rows: the first finds what an earlier process left, others what there was no room for.
    bool passing_{true}, loading_{false}, missed_{false};
    std::int64_t passed_{0};
};

}  // namespace shield::store
