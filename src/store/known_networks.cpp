// SPDX-License-Identifier: Apache-2.0
#include "known_networks.hpp"

namespace shield::store {

namespace {

constexpr std::chrono::hours written_again{24};

}  // namespace

void KnownNetworks::load(Connection& connection, core::Time now)
{
    connection.run("DELETE FROM known_networks WHERE verified_at < ?", now - remembered);
    connection.run(
        "DELETE FROM known_networks WHERE network IN (SELECT network FROM known_networks ORDER BY verified_at DESC "
        "LIMIT -1 OFFSET ?)",
        networks_max_);
    Query row = connection.query("SELECT network, verified_at FROM known_networks ORDER BY verified_at");
    while (row.next()) {
        remember(row.natural(0), row.time(1));
    }
}

bool KnownNetworks::contains(std::uint64_t network, core::Time now) const
{
    const std::lock_guard lock{mutex_};
    const auto found = networks_.find(network);
    return found != networks_.end() && found->second >= now - remembered;
}

bool KnownNetworks::write(Connection& connection, std::uint64_t network, core::Time now) const
{
    {
        const std::lock_guard lock{mutex_};
        const auto found = networks_.find(network);
        const bool lately = found != networks_.end() && found->second > now - written_again && found->second <= now;
        if (network == 0 || lately) {  // 0 is no network
            return false;
        }
    }
    connection.run("INSERT OR REPLACE INTO known_networks (network, verified_at) VALUES (?, ?)", network, now);
    return true;
}

void KnownNetworks::remember(std::uint64_t network, core::Time verified_at)
{
    const std::lock_guard lock{mutex_};
    if (const auto found = networks_.find(network); found != networks_.end()) {
        by_time_.erase({found->second, network});
    }
    networks_[network] = verified_at;
    by_time_.emplace(verified_at, network);
    if (networks_.size() > networks_max_) {
        networks_.erase(by_time_.begin()->second);
        by_time_.erase(by_time_.begin());
    }
}

}  // namespace shield::store
