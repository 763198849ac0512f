// SPDX-License-Identifier: Apache-2.0
#include "gate.hpp"

#include "database.hpp"
#include "directory_lock.hpp"
#include "disk_space.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace shield::store {

namespace {

constexpr std::chrono::seconds look_again{1};

}  // namespace

Gate::Gate(const Options& options)
    : options_{options},
      reserve_{options.limits.disk_reserve_attack},
      shown_{options.metrics->gauge("shield_store_health", "0 open, 1 full, 2 failed")},
      closed_{DiskSpace{options}.want_of_space()},
      reserved_shown_{options.metrics->gauge("shield_store_reserved",
                                             "1 while the disk has room only for attacks and known networks")},
      turned_away_{options.metrics->counter("shield_limit_disk_reserve_attack_total",
                                            "Messages refused because the last part of the disk is for others")}
{
    shown_ = 0;
    reserved_shown_ = 0;
}

bool Gate::admits(std::uint64_t octets, std::uint64_t owed, const Claim& claim)
{
    const std::uint64_t floor = options_.limits.disk_reserve + owed;
    if (health_ != Health::open && looked_lately()) {
        return false;
    }
    keep_for_attacks(2 * octets, floor);
    // A message that is larger than what is left closes nothing to smaller ones.
    const std::uint64_t left = left_ - std::min(left_, floor);
    const bool large = 2 * octets > options_.limits.disk_reserve_attack / 16;
    if (reserved_ && (large || left >= 2 * octets) && !reserve_.take(claim, 2 * octets, left)) {
        ++turned_away_;
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

void Gate::look(std::uint64_t needed)
{
    if (!looked_lately() || left_ < needed) {
        looked_at_ = options_.clock();
        left_ = DiskSpace{options_}.left();
    }
}

void Gate::keep_for_attacks(std::uint64_t needed, std::uint64_t floor)
{
    const std::uint64_t reserve = options_.limits.disk_reserve_attack;
    const std::uint64_t enough = floor + reserve + (reserved_ ? reserve / 4 : 0) + needed;
    if (reserve != 0) {
        look(enough);
    }
    const bool reserved = reserve != 0 && left_ < enough;
    if (reserved_.exchange(reserved) == reserved) {
        return;
    }
    reserved_shown_ = reserved ? 1 : 0;
    reserve_.leave();
    options_.log->line(reserved ? core::Severity::error : core::Severity::info,
                       reserved ? "store_reserved" : "store_open_to_all",
                       {{"directory", options_.directory.string()}});
}

void Gate::look_around(std::uint64_t owed)
{
    if (reserved_) {
        keep_for_attacks(0, options_.limits.disk_reserve + owed);
    }
}

bool Gate::take(std::uint64_t octets, std::uint64_t floor)
{
    const std::uint64_t needed = 2 * octets + floor;  // in the log, then in the database
    look(needed);
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
