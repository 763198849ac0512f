// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace shield::net {

/// Whether a message arrives fast enough: every window must bring `content_rate_min` times its length. Who is
/// faster begins the next window earlier, and saves nothing up. A value; no clock of its own.
class ContentPace {
public:
    using Moment = std::chrono::steady_clock::time_point;

    /// Content is expected from `now` on, unless it was already.
    void begin(Moment now);
    void end() noexcept { since_.reset(); }
    void arrived(std::uint64_t octets, const core::Limits& limits, Moment now);

    /// By when more must have come; nothing while no content is expected.
    [[nodiscard]] std::optional<Moment> deadline(const core::Limits& limits) const;

private:
    std::optional<Moment> since_;
    std::uint64_t octets_{0};
};

}  // namespace shield::net
