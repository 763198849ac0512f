// SPDX-License-Identifier: Apache-2.0
#include "waiting_work.hpp"

#include <algorithm>

namespace shield::store {

namespace {

constexpr std::size_t rows_loaded_max = 5000;  // some hundredths of a second

}  // namespace

WaitingWork::WaitingWork(Options options)
    : options_{std::move(options)},
      again_{options_.weights.size() - 2},
      alone_{options_.weights.size() - 1},
      queue_{options_.weights, options_.quantum}
{
}

bool WaitingWork::has_ended_its_process(const Entry& entry) const
{
    return entry.attempts > entry.postponed;
}

FairQueue::Item WaitingWork::item_of(const Entry& entry) const
{
    if (has_ended_its_process(entry)) {
        return {entry.id, entry.network, alone_, entry.cost + options_.alone_cost};
    }
    return {entry.id, entry.network, entry.attempts > 0 ? again_ : entry.share, entry.cost};
}

void WaitingWork::queue(const Entry& entry, bool in_front)
{
    in_front ? queue_.put_back(item_of(entry)) : queue_.add(item_of(entry));
}

void WaitingWork::insert(const Entry& entry)
{
    known_.emplace(entry.id, Known{entry, false});
    if (entry.due > core::Time{}) {
        later_.emplace(entry.due, entry.id);
    } else {
        queue(entry, false);
    }
}

void WaitingWork::add(const Entry& entry)
{
    const std::lock_guard lock{mutex_};
    if (known_.contains(entry.id)) {
        return;  // a pass over the rows was faster
    }
    if (known_.size() >= options_.entries_max) {
        missed_ = true;
        return;
    }
    insert(entry);
}

void WaitingWork::done(std::int64_t id)
{
    const std::lock_guard lock{mutex_};
    const auto found = known_.find(id);
    if (found != known_.end() && found->second.leased) {
        known_.erase(found);
    }
}

void WaitingWork::queue_what_is_due(core::Time now)
{
    const auto move = [this](auto first, auto last) {
        std::for_each(first, last, [this](const auto& one) { queue(known_.at(one.second).entry, false); });
        later_.erase(first, last);
    };
    move(later_.begin(), later_.upper_bound(now));
    move(later_.upper_bound(now + options_.pause_max), later_.end());
}

std::vector<WaitingWork::Entry> WaitingWork::take(core::Time now, const Room& room)
{
    const std::lock_guard lock{mutex_};
    queue_what_is_due(now);
    std::vector<Entry> taken;
    std::uint64_t cost = 0, again = 0;
    while (taken.size() < room.entries) {
        const FairQueue::Item* next = queue_.next(again < room.again ? std::nullopt : std::optional{again_});
        if (next == nullptr) {
            break;
        }
        const bool alone = next->share == alone_;
        if (alone ? !taken.empty() || !room.alone : !taken.empty() && cost + next->cost > room.cost) {
            break;
        }
        cost += next->cost;
        again += next->share == again_ ? 1 : 0;
        Known& known = known_.at(next->id);
        queue_.pop();
        known.leased = true;
        ++known.entry.attempts;
        taken.push_back(known.entry);
        if (alone) {
            break;
        }
    }
    return taken;
}

std::vector<WaitingWork::Entry> WaitingWork::lease(core::Time now, const Room& room, const Write& write)
{
    std::vector<Entry> leased = take(now, room);
    std::vector<std::int64_t> gone;
    try {
        gone = write(leased);
    } catch (...) {
        put_back(leased);
        throw;
    }
    for (const std::int64_t id : gone) {
        done(id);
    }
    std::erase_if(leased,
                  [&](const Entry& one) { return std::find(gone.begin(), gone.end(), one.id) != gone.end(); });
    return leased;
}

void WaitingWork::put_back(const std::vector<Entry>& taken)
{
    std::for_each(taken.rbegin(), taken.rend(), [this](const Entry& entry) { give_back(entry.id, false); });
}

void WaitingWork::postpone(std::int64_t id, core::Time until)
{
    const std::lock_guard lock{mutex_};
    const auto found = known_.find(id);
    if (found != known_.end() && found->second.leased) {
        found->second.leased = false;
        ++found->second.entry.postponed;
        later_.emplace(until, id);
    }
}

void WaitingWork::give_back(std::int64_t id, bool attempted, core::Time due)
{
    const std::lock_guard lock{mutex_};
    const auto found = known_.find(id);
    if (found == known_.end() || !found->second.leased) {
        return;
    }
    Entry& entry = found->second.entry;
    found->second.leased = false;
    entry.attempts -= attempted ? 0 : 1;
    if (due > core::Time{}) {
        later_.emplace(due, id);
    } else {
        queue(entry, !attempted);
    }
}

std::optional<core::Time> WaitingWork::next_due(core::Time now)
{
    const std::lock_guard lock{mutex_};
    queue_what_is_due(now);
    if (queue_.size() > 0 || rows_are_to_be_loaded()) {
        return now;
    }
    return later_.empty() ? std::nullopt : std::optional{later_.begin()->first};
}

bool WaitingWork::new_work_waits()
{
    const std::lock_guard lock{mutex_};
    return queue_.size() > queue_.size(again_) + queue_.size(alone_);
}

/// Not for every place that comes free: a chunk of them costs little more than one.
bool WaitingWork::rows_are_to_be_loaded() const
{
    return !loading_ && (passing_ || missed_) && known_.size() < options_.entries_max - options_.entries_max / 4;
}

std::optional<std::int64_t> WaitingWork::begin_loading()
{
    const std::lock_guard lock{mutex_};
    if (!rows_are_to_be_loaded()) {
        return std::nullopt;
    }
    if (!passing_) {
        passing_ = true;
        missed_ = false;
        passed_ = 0;
    }
    loading_ = true;
    return passed_;
}

void WaitingWork::end_loading(const std::vector<Entry>& rows, bool last)
{
    const std::lock_guard lock{mutex_};
    loading_ = false;
    for (const Entry& row : rows) {
        if (!known_.contains(row.id)) {
            if (known_.size() >= options_.entries_max) {
                return;  // the pass goes on here
            }
            insert(row);
        }
        passed_ = row.id;
    }
    passing_ = !last;
}

void WaitingWork::load(const Read& read)
{
    const auto behind = begin_loading();
    if (!behind) {
        return;
    }
    std::vector<Entry> rows;
    try {
        rows = read(*behind, rows_loaded_max);
    } catch (...) {
        end_loading({}, false);
        throw;
    }
    end_loading(rows, rows.size() < rows_loaded_max);
}

}  // namespace shield::store
