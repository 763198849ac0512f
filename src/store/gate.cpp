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
    const std::uint64_t floor = options_.limits.disk_reserve + owed;
    if (health_ != Health::open && looked_lately()) {
        return false;
    }
    if (!take(octets, floor)) {
        fill();
        return false;
    }
    return health_ != Health::failed;
}

bool Gate::admits_finding(std::uint64_t octets, std::uint64_t owed)
{
    return health_ != Health::failed && take(octets, DiskSpace{options_}.kept_from_findings() + owed);
}

bool Gate::looked_lately() const
{
    const core::Time now = options_.clock();
    return looked_at_ && now < *looked_at_ + look_again && now >= *looked_at_;
}

bool Gate::take(std::uint64_t octets, std::uint64_t floor)
{
    const std::uint64_t needed = 2 * octets + floor;  // in the log, then in the database
    if (!looked_lately() || left_ < needed) {
        looked_at_ = options_.clock();
        left_ = DiskSpace{options_}.left();
    }
    if (left_ < needed) {
        return false;
    }
    left_ -= 2 * octets;
    return true;
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
