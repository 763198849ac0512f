// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/metrics.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace shield::net {

/// Some of what all connections of the process have together, counted in the gauge that operators see. It can
/// neither be copied nor forgotten. Any thread.
class Share {
public:
    using Gauge = core::Metrics::Value;

    /// Nothing when more than `most` would be taken then.
    [[nodiscard]] static std::optional<Share> take(Gauge& taken, std::uint64_t amount, std::uint64_t most)
    {
        Share share{taken, amount};
        const bool fits = static_cast<std::uint64_t>(taken.load()) <= most;
        return fits ? std::optional<Share>{std::move(share)} : std::nullopt;
    }
    /// Whatever is taken already.
    [[nodiscard]] static Share take_in_any_case(Gauge& taken, std::uint64_t amount) { return {taken, amount}; }

    ~Share()
    {
        if (gauge_ != nullptr) {
            *gauge_ -= amount_;
        }
    }
    Share(Share&& other) noexcept : gauge_{std::exchange(other.gauge_, nullptr)}, amount_{other.amount_} {}
    Share& operator=(Share&&) = delete;

private:
    Share(Gauge& taken, std::uint64_t amount) : gauge_{&taken}, amount_{static_cast<std::int64_t>(amount)}
    {
        *gauge_ += amount_;
    }

    Gauge* gauge_;
    std::int64_t amount_;
};

}  // namespace shield::net
