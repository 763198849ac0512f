// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <thread>

namespace shield::support {

/// Whether it becomes true soon; what another thread does has no other sign.
template <typename Condition>
bool eventually(Condition condition, std::chrono::milliseconds at_most = std::chrono::seconds{10})
{
    const auto until = std::chrono::steady_clock::now() + at_most;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return true;
}

}  // namespace shield::support
