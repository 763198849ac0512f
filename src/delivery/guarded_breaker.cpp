// SPDX-License-Identifier: Apache-2.0
#include "guarded_breaker.hpp"

#include <string>
#include <utility>

namespace shield::delivery {

using State = Breaker::State;

GuardedBreaker::GuardedBreaker(const core::Limits& limits, core::Clock clock, core::Log& log,
                               core::Metrics& metrics)
    : clock_{std::move(clock)},
      log_{log},
      state_shown_{
          metrics.gauge("shield_breaker_state", "Automatic replies: 0 go out, 1 one is tried, 2 are stopped")},
      opened_{metrics.counter("shield_breaker_opened_total", "How often automatic replies were stopped")},
      breaker_{limits, clock_()}
{
}

template <typename Act>
auto GuardedBreaker::watched(const Act& act)
{
    const std::lock_guard lock{mutex_};
    const Breaker::Standing before = breaker_.standing();
    const auto outcome = act();
    tell(before, breaker_.standing());
    return outcome;
}

std::uint64_t GuardedBreaker::room_for(std::uint64_t room)
{
    return watched([&] { return breaker_.room_for(room, clock_()); });
}

std::uint64_t GuardedBreaker::begin()
{
    return watched([&] { return breaker_.begin(); });
}

void GuardedBreaker::ended(std::uint64_t begun, core::DeliveryResult result)
{
    (void)watched([&] {
        breaker_.ended(begun, result, clock_());
        return true;
    });
}

void GuardedBreaker::oldest_waits_since(std::optional<core::Time> since)
{
    (void)watched([&] {
        breaker_.oldest_waits_since(since, clock_());
        return true;
    });
}

Breaker::Standing GuardedBreaker::standing() const
{
    const std::lock_guard lock{mutex_};
    return breaker_.standing();
}

void GuardedBreaker::tell(const Breaker::Standing& before, const Breaker::Standing& after)
{
    if (before.state == after.state) {
        return;
    }
    state_shown_.store(static_cast<std::int64_t>(after.state), std::memory_order_relaxed);
    switch (after.state) {
        case State::open:
            ++opened_;
            log_.line(core::Severity::warning, "automatic_replies_stopped",
                      {{"reason", after.why},
                       {"try_at", core::to_rfc3339(*after.try_at)},
                       {"remedy", "look at what the next hop says; a person's replies go on"}});
            return;
        case State::half_open:
            log_.line(core::Severity::info, "automatic_reply_tried", {{"stopped_because", after.why}});
            return;
        case State::closed:
            log_.line(core::Severity::info, "automatic_replies_go_on",
                      {{"stopped_since", core::to_rfc3339(before.since)}});
            return;
    }
}

}  // namespace shield::delivery
