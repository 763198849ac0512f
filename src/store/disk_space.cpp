// SPDX-License-Identifier: Apache-2.0
#include "disk_space.hpp"

#include <sys/statvfs.h>

namespace shield::store {

core::Metrics::Value& DiskSpace::want_of_space() const
{
    return options_.metrics->counter("shield_limit_disk_reserve_total",
                                     "Times intake closed, or a large message was refused, for want of space");
}

bool DiskSpace::has(std::uint64_t octets) const
{
    if (options_.free_space) {
        return options_.free_space() >= octets;
    }
    struct statvfs disk {};
    if (::statvfs(options_.directory.c_str(), &disk) != 0) {
        return true;  // the write will tell
    }
    return static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize >= octets;
}

}  // namespace shield::store
