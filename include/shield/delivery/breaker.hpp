// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/time.hpp>
#include <shield/core/vocabulary.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace shield::delivery {

/// Whether automatic replies go out: a circuit breaker.
///
/// Closed, they do. It opens when too many of the last attempts were refused (we answer who does not exist, or are
/// taken for a nuisance), when too many were deferred, or when one waits too long for its first attempt: then none
/// begins. After a pause it is half open: one begins, and its end closes the breaker or opens it again. It knows
/// automatic replies alone; a person's words are never stopped.
///
/// Not a queue and not a schedule: it says how many may begin. A pure state machine: time is an input. Not
/// thread-safe; the dispatcher's lock guards it. A new process begins closed.
class Breaker {
public:
    enum class State { closed, half_open, open };

    /// What is told to people.
    struct Standing {
        State state{State::closed};
        std::string why;                   ///< a sentence without its dot; empty while closed
        core::Time since{};                ///< when it opened last; while closed, when it closed
        std::optional<core::Time> try_at;  ///< while open: when one is tried
    };

    Breaker(const core::Limits& limits, core::Time now);

    /// How many automatic replies may begin now, of the `room` that there is. Makes an open one half open when its
    /// pause is over.
    [[nodiscard]] std::uint64_t room_for(std::uint64_t room, core::Time now);

    /// One begins: to be given to ended() with its result. Who began before the state changed is not heard.
    [[nodiscard]] std::uint64_t begin();

    void ended(std::uint64_t begun, core::DeliveryResult result, core::Time now);

    /// Since when the oldest automatic reply that was never tried waits, if there is one. What it waited while the
    /// breaker was open, or before this process began, is not held against anybody.
    void oldest_waits_since(std::optional<core::Time> since, core::Time now);

    [[nodiscard]] const Standing& standing() const noexcept { return standing_; }

private:
    struct Ended {
        core::DeliveryResult result;
        core::Time at;
    };
    void enter(State state, core::Time now);
    void open(std::string why, core::Time now);
    void look_at_results(core::Time now);
    [[nodiscard]] std::uint64_t percent_of(core::DeliveryResult result) const;

    std::uint64_t attempts_, refused_percent_, deferred_percent_;
    std::chrono::seconds wait_max_, pause_;
    Standing standing_;
    std::uint64_t generation_{0};  // of the state: what was begun in another is not heard
    bool one_is_tried_{false};     // while half open
    std::deque<Ended> results_;    // at most attempts_
};

[[nodiscard]] std::string_view to_string(Breaker::State state) noexcept;

/// For /readyz and people: "automatic replies are stopped: …"; empty while they go out.
[[nodiscard]] std::string sentence_of(const Breaker::Standing& standing);

}  // namespace shield::delivery
