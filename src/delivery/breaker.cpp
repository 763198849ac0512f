// SPDX-License-Identifier: Apache-2.0
#include <shield/delivery/breaker.hpp>

#include <algorithm>
#include <utility>

namespace shield::delivery {

namespace {

using core::DeliveryResult;

/// What happened before says little of how things are now. Beside its use: breaker_attempts says how quick it is.
constexpr std::chrono::hours looked_back{1};

std::string of_the_last(std::uint64_t percent, std::uint64_t attempts, const char* what)
{
    return std::to_string(percent) + " % of the last " + std::to_string(attempts) + " automatic replies were " +
           what;
}

}  // namespace

Breaker::Breaker(const core::Limits& limits, core::Time now)
    : attempts_{std::max<std::uint64_t>(limits.breaker_attempts, 1)},
      refused_percent_{limits.breaker_refused_max},
      deferred_percent_{limits.breaker_deferred_max},
      wait_max_{limits.breaker_wait_max},
      pause_{limits.breaker_pause}
{
    enter(State::closed, now);
}

void Breaker::enter(State state, core::Time now)
{
    standing_.state = state;
    if (state != State::half_open) {
        standing_.since = now;
    }
    standing_.try_at = state == State::open ? std::optional<core::Time>{now + pause_} : std::nullopt;
    if (state == State::closed) {
        standing_.why.clear();
    }
    one_is_tried_ = false;
    results_.clear();
    ++generation_;
}

void Breaker::open(std::string why, core::Time now)
{
    standing_.why = std::move(why);
    enter(State::open, now);
}

std::uint64_t Breaker::room_for(std::uint64_t room, core::Time now)
{
    // A clock that was set back must not make the pause longer than it is.
    if (standing_.state == State::open && (now >= *standing_.try_at || now + pause_ < *standing_.try_at)) {
        enter(State::half_open, now);
    }
    switch (standing_.state) {
        case State::closed:
            return room;
        case State::half_open:
            return one_is_tried_ ? 0 : std::min<std::uint64_t>(room, 1);
        case State::open:
            return 0;
    }
    return 0;
}

std::uint64_t Breaker::begin()
{
    one_is_tried_ = one_is_tried_ || standing_.state == State::half_open;
    return generation_;
}

void Breaker::ended(std::uint64_t begun, DeliveryResult result, core::Time now)
{
    if (begun != generation_) {
        return;
    }
    switch (standing_.state) {
        case State::open:
            return;  // none begins
        case State::half_open:
            // `unknown` was cut off behind the final dot: no sign that things are well again.
            return result == DeliveryResult::sent
                       ? enter(State::closed, now)
                       : open("one was tried and was " + std::string{to_string(result)}, now);
        case State::closed:
            break;
    }
    results_.push_back({result, now});
    if (results_.size() > attempts_) {
        results_.pop_front();
    }
    look_at_results(now);
}

std::uint64_t Breaker::percent_of(DeliveryResult result) const
{
    const auto count =
        std::count_if(results_.begin(), results_.end(), [&](const Ended& ended) { return ended.result == result; });
    return static_cast<std::uint64_t>(count) * 100 / attempts_;
}

void Breaker::look_at_results(core::Time now)
{
    const bool enough = results_.size() == attempts_ && now - results_.front().at <= looked_back;
    if (!enough) {
        return;
    }
    if (const auto refused = percent_of(DeliveryResult::failed); refused >= refused_percent_) {
        open(of_the_last(refused, attempts_, "refused (breaker_refused_max)"), now);
    } else if (const auto deferred = percent_of(DeliveryResult::deferred); deferred >= deferred_percent_) {
        open(of_the_last(deferred, attempts_, "deferred (breaker_deferred_max)"), now);
    }
}

void Breaker::oldest_waits_since(std::optional<core::Time> since, core::Time now)
{
    if (standing_.state != State::closed || !since) {
        return;
    }
    const auto waited = now - std::max(*since, standing_.since);
    if (waited > wait_max_) {
        open("one waited longer than " + core::format_duration(wait_max_) +
                 " for its first attempt (breaker_wait_max)",
             now);
    }
}

std::string_view to_string(Breaker::State state) noexcept
{
    switch (state) {
        case Breaker::State::closed:
            return "closed";
        case Breaker::State::half_open:
            return "half open";
        case Breaker::State::open:
            return "open";
    }
    return "open";
}

std::string sentence_of(const Breaker::Standing& standing)
{
    switch (standing.state) {
        case Breaker::State::closed:
            return {};
        case Breaker::State::half_open:
            return "automatic replies are stopped but for one that is tried: " + standing.why;
        case Breaker::State::open:
            return "automatic replies are stopped until " + core::to_rfc3339(*standing.try_at) + ": " +
                   standing.why;
    }
    return {};
}

}  // namespace shield::delivery
