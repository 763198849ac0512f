// SPDX-License-Identifier: Apache-2.0
#include "service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace shield::daemon {

void notify_ready()
{
    sd_notify(0, "READY=1\nSTATUS=Taking mail");
}
void notify_reloading()
{
    sd_notify(0, "RELOADING=1\nSTATUS=Reading its configuration again");
}
void notify_stopping()
{
    sd_notify(0, "STOPPING=1\nSTATUS=Finishing what is under way");
}
void notify_watchdog()
{
    sd_notify(0, "WATCHDOG=1");
}

std::chrono::microseconds watchdog_interval()
{
    std::uint64_t limit = 0;
    return std::chrono::microseconds{sd_watchdog_enabled(0, &limit) > 0 ? static_cast<std::int64_t>(limit / 2) : 0};
}

}  // namespace shield::daemon
