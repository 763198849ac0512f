// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace shield::store {

/// Leases of assessment work that ended without a result, until the next lease writes it down: at the time the disk
/// may be full. Thread-safe.
class ReturnedWork {
public:
    struct One {
        std::int64_t message_id{0};
        bool attempted{false};  ///< the attempt counts: it may be the message that is to blame
    };

    void add(const std::vector<One>& returned)
    {
        const std::lock_guard lock{mutex_};
        all_.insert(all_.end(), returned.begin(), returned.end());
    }
    [[nodiscard]] bool empty()
    {
        const std::lock_guard lock{mutex_};
        return all_.empty();
    }
    [[nodiscard]] std::vector<One> take()
    {
        const std::lock_guard lock{mutex_};
        return std::exchange(all_, {});
    }

private:
    std::mutex mutex_;
    std::vector<One> all_;
};

}  // namespace shield::store
