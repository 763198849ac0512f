// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace shield::daemon {

/// What the service manager is told (sd_notify(3)). Without one, nothing happens.
void notify_ready();
void notify_reloading();
void notify_stopping();
void notify_watchdog();

/// How often notify_watchdog() is wanted: half of WatchdogSec=, or zero when there is none.
[[nodiscard]] std::chrono::microseconds watchdog_interval();

}  // namespace shield::daemon
