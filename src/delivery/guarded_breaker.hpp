// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/log.hpp>
#include <shield/core/metrics.hpp>
#include <shield/delivery/breaker.hpp>

#include <mutex>

namespace shield::delivery {

/// A Breaker for several threads, which says in the log and the metrics when it opens and closes.
class GuardedBreaker {
public:
    GuardedBreaker(const core::Limits& limits, core::Clock clock, core::Log& log, core::Metrics& metrics);

    [[nodiscard]] std::uint64_t room_for(std::uint64_t room);
    [[nodiscard]] std::uint64_t begin();
    void ended(std::uint64_t begun, core::DeliveryResult result);
    void oldest_waits_since(std::optional<core::Time> since);
    [[nodiscard]] Breaker::Standing standing() const;

private:
    /// Lets the breaker do something, and tells of it.
    template <typename Act>
    auto watched(const Act& act);
    void tell(const Breaker::Standing& before, const Breaker::Standing& after);

    core::Clock clock_;
    core::Log& log_;
    core::Metrics::Value& state_shown_;
    core::Metrics::Value& opened_;

    mutable std::mutex mutex_;  // of what follows
    Breaker breaker_;
};

}  // namespace shield::delivery
