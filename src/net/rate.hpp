// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace shield::net {

/// So many a minute: a bucket that holds a minute's worth and empties evenly, so that whoever filled it may go on
/// after a moment, and after a quiet minute as if nothing had been. A value; no clock of its own.
class Rate {
public:
    using Moment = std::chrono::steady_clock::time_point;

    [[nodiscard]] bool full(std::uint64_t minute_max, Moment now) const
    {
        return level_at(minute_max, now) + 1 > static_cast<double>(minute_max);
    }
    void add(std::uint64_t minute_max, Moment now)
    {
        level_ = level_at(minute_max, now) + 1;
        at_ = now;
    }

private:
    [[nodiscard]] double level_at(std::uint64_t minute_max, Moment now) const
    {
        const std::chrono::duration<double, std::ratio<60>> minutes = now - at_;
        return std::max(0.0, level_ - minutes.count() * static_cast<double>(minute_max));
    }

    double level_{0};
    Moment at_{};
};

}  // namespace shield::net
