// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <utility>
#include <vector>

namespace shield::store {

/// Ends of leases that are in no row yet, until the next lease writes them down: at the time the disk may be full.
/// Thread-safe. Each is of something leased, and leasing writes them first, so there are never more than that.
template <typename Item>
class Unwritten {
public:
    void add(const std::vector<Item>& items)
    {
        const std::lock_guard lock{mutex_};
        all_.insert(all_.end(), items.begin(), items.end());
    }
    [[nodiscard]] bool empty()
    {
        const std::lock_guard lock{mutex_};
        return all_.empty();
    }
    [[nodiscard]] std::vector<Item> take()
    {
        const std::lock_guard lock{mutex_};
        return std::exchange(all_, {});
    }

private:
    std::mutex mutex_;
    std::vector<Item> all_;
};

}  // namespace shield::store
