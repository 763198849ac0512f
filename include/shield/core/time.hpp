// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace shield::core {

/// A moment in UTC. Stored as Unix milliseconds.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

[[nodiscard]] inline std::int64_t to_unix_ms(Time time) noexcept
{
    return time.time_since_epoch().count();
}
[[nodiscard]] inline Time from_unix_ms(std::int64_t ms) noexcept
{
    return Time{std::chrono::milliseconds{ms}};
}

/// Where the time comes from. Only L2 and above hold one; pure code is given the time. Callable from any thread.
using Clock = std::function<Time()>;

/// `2026-11-23T22:37:34Z` (RFC 3339), whole seconds.
[[nodiscard]] std::string to_rfc3339(Time time);
[[nodiscard]] std::optional<Time> parse_rfc3339(std::string_view text);

/// `Mon, 23 Nov 2026 22:37:34 +0000` (RFC 5322 section 3.3).
[[nodiscard]] std::string to_rfc5322(Time time);

/// "90s", "15m", "2h", "3d": a number and a unit.
[[nodiscard]] result<std::chrono::seconds> parse_duration(std::string_view text);

/// The shortest exact form parse_duration takes back: "2h", "90s".
[[nodiscard]] std::string format_duration(std::chrono::seconds duration);

}  // namespace shield::core
