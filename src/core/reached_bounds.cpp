// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/reached_bounds.hpp>

namespace shield::core {

ReachedBounds::ReachedBounds(Metrics& metrics)
{
    for (const LimitEntry& limit : limit_table()) {
        if (limit.metric.starts_with("shield_limit_")) {
            counters_.push_back({&limit, &metrics.counter(limit.metric, "How often this bound was reached")});
        }
    }
}

void ReachedBounds::count(std::uint64_t Limits::*bound) const
{
    for (const Counter& counter : counters_) {
        if (counter.limit->member == bound) {
            counter.reached->fetch_add(1, std::memory_order_relaxed);
        }
    }
}

void ReachedBounds::count_named_in(std::string_view sentence) const
{
    for (auto open = sentence.find('('); open != std::string_view::npos; open = sentence.find('(', open + 1)) {
        const auto close = sentence.find(')', open);
        if (close == std::string_view::npos) {
            return;
        }
        for (const std::string_view name : split(sentence.substr(open + 1, close - open - 1), ',')) {
            for (const Counter& counter : counters_) {
                if (counter.limit->name == trimmed(name)) {
                    counter.reached->fetch_add(1, std::memory_order_relaxed);
                }
            }
        }
    }
}

}  // namespace shield::core
