// SPDX-License-Identifier: Apache-2.0
#include "disk_space.hpp"

#include <sys/statvfs.h>

#include <limits>

namespace shield::store {

core::Metrics::Value& DiskSpace::want_of_space() const
{
    return options_.metrics->counter("shield_limit_disk_reserve_total",
                                     "Times intake closed, or a large message was refused, for want of space");
}

std::uint64_t DiskSpace::left() const
{
    if (options_.free_space) {
        return options_.free_space();
    }
    struct statvfs disk {};
    if (::statvfs(options_.directory.c_str(), &disk) != 0) {
        return std::numeric_limits<std::uint64_t>::max();
    }
    return static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
}

}  // namespace shield::store
