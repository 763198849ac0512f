// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/metrics.hpp>

#include <string_view>
#include <vector>

namespace shield::core {

/// Counts how often bounds were reached, each in the metric that its line of the table names; those without one are
/// not counted. Made by whoever meets bounds; all share the counters. Thread-safe.
class ReachedBounds {
public:
    explicit ReachedBounds(Metrics& metrics);

    void count(std::uint64_t Limits::*bound) const;

    /// For bounds that were met after 250 (invariant 6): pure code has no metrics, it ends its sentence about a
    /// bound with the name, "… (mime_depth_max).". Counts every bound that `sentence` names in brackets.
    void count_named_in(std::string_view sentence) const;

private:
    struct Counter {
        const LimitEntry* limit;
        Metrics::Value* reached;
    };
    std::vector<Counter> counters_;
};

}  // namespace shield::core
