// SPDX-License-Identifier: Apache-2.0
#include "gate.hpp"

#include "database.hpp"
#include "directory_lock.hpp"
#include "disk_space.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace shield::store {

namespace {

constexpr std::chrono::seconds look_again{1};

}  // namespace

Gate::Gate(const Options& options)
    : options_{options},
      shown_{options.metrics->gauge("shield_store_health", "0 open, 1 full, 2 failed")},
      closed_{DiskSpace{options}.want_of_space()}
{
    shown_ = 0;
}

bool Gate::admits(std::uint64_t octets, std::uint64_t owed)
{
    const std::uint64_t cost = 2 * octets;  // in the log, then in the database
    const core::Time now = options_.clock();
    const bool lately = looked_at_ && now < *looked_at_ + look_again && now >= *looked_at_;
    if (lately && health_ == Health::open && cost <= room_) {
        room_ -= cost;
        return true;
    }
    if (lately && health_ != Health::open) {
        return false;
    }
    looked_at_ = now;
    const std::uint64_t left = DiskSpace{options_}.left();
    const std::uint64_t spoken_for = options_.limits.disk_reserve + owed + cost;
    if (left < spoken_for) {
        fill();
        return false;
    }
    room_ = left - spoken_for;
    return health_ != Health::failed;
}

void Gate::fill()
{
    Health open = Health::open;
    if (health_.compare_exchange_strong(open, Health::full)) {
        shown_ = 1;
        ++closed_;
        options_.log->line(core::Severity::error, "store_full", {{"directory", options_.directory.string()}});
    }
}

void Gate::open_again()
{
    Health full = Health::full;
    if (health_.compare_exchange_strong(full, Health::open)) {
        shown_ = 0;
        options_.log->line(core::Severity::info, "store_open_again", {});
    }
}

bool Gate::fail(const std::string& why)
{
    if (health_.exchange(Health::failed) == Health::failed) {
        return false;
    }
    shown_ = 2;
    options_.log->line(core::Severity::error, "store_failed", {{"why", why}});
    const Descriptor mark{::open(check_mark(options_.directory).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640)};
    if (mark) {
        (void)::fsync(mark.value());
    }
    return true;
}

}  // namespace shield::store
