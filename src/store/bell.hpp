// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace shield::store {

/// Says that there may be something to do. Remembers one ring while nobody listens. Thread-safe.
class Bell {
public:
    void ring()
    {
        {
            const std::lock_guard lock{mutex_};
            rung_ = true;
        }
        ready_.notify_all();
    }
    /// Whoever looks for work says so first; what comes later rings again.
    void silence()
    {
        const std::lock_guard lock{mutex_};
        rung_ = false;
    }
    void wait(std::chrono::milliseconds at_most)
    {
        std::unique_lock lock{mutex_};
        ready_.wait_for(lock, at_most, [this] { return rung_ || ended_; });
    }
    void end()
    {
        {
            const std::lock_guard lock{mutex_};
            ended_ = true;
        }
        ready_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable ready_;
    bool rung_{true};
    bool ended_{false};
};

}  // namespace shield::store
