// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <shield/core/time.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace shield::store {

/// The networks that sent verified mail in the last 90 days, for the last part of the disk. In memory, bounded, the
/// longest quiet forgotten first; their rows are for the next process, and are written once a day for a network.
/// Thread-safe.
class KnownNetworks {
public:
    static constexpr std::chrono::hours remembered{24 * 90};

    explicit KnownNetworks(std::size_t networks_max = 50'000) : networks_max_{networks_max} {}

    /// Removes the rows that are too old or too many, and remembers the others.
    void load(Connection& connection, core::Time now);

    [[nodiscard]] bool contains(std::uint64_t network, core::Time now) const;

    /// Verified mail came: writes its row, unless that was done within a day. True: then remember() it after the
    /// commit.
    [[nodiscard]] bool write(Connection& connection, std::uint64_t network, core::Time now) const;
    void remember(std::uint64_t network, core::Time verified_at);

private:
    std::size_t networks_max_;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, core::Time> networks_;  // no buckets to aim at
    std::set<std::pair<core::Time, std::uint64_t>> by_time_;
};

}  // namespace shield::store
