// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rate.hpp"

#include <shield/core/network.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>

namespace shield::net {

/// Whom connections count under: a client or its network. Enough of an address to tell them apart.
struct ClientKey {
    bool v6{false};
    bool network{false};
    std::uint64_t prefix{0};

    /// IPv4: the address and its /24. IPv6: its /64 and its /48.
    [[nodiscard]] static ClientKey client(const core::IpAddress& address);
    [[nodiscard]] static ClientKey network_of(const core::IpAddress& address);

    friend auto operator<=>(const ClientKey&, const ClientKey&) = default;
};

/// What is known of one of them.
struct ClientRecord {
    std::uint64_t connections{0};
    std::uint64_t octets{0};  ///< of messages that still arrive
    Rate new_connections;
    Rate messages;
    std::uint64_t handshakes{0};  ///< under way
    std::uint64_t handshakes_failed{0};
    Rate new_handshakes;
    std::optional<Rate::Moment> behaved_at;  ///< when a message was accepted last
    std::optional<Rate::Moment> told_at;     ///< when a refusal was worth a line in the log last
    std::set<std::uint64_t> places;          ///< a network's connections; a higher number came later

    std::list<ClientKey>::iterator quiet{};  ///< where it stands among the quiet, while it has no connection
};

/// The records, at most so many. Those without a connection are quiet; the one that has been so for the longest is
/// forgotten first. An ordered tree, for nobody can aim at its buckets: it has none.
class ClientTable {
public:
    ClientRecord& of(const ClientKey& key, std::uint64_t remembered_max);
    [[nodiscard]] ClientRecord* find(const ClientKey& key);

    void connected(const ClientKey& key);
    void disconnected(const ClientKey& key);

    /// The network with the most connections and how many, or nothing.
    [[nodiscard]] std::optional<std::pair<std::uint64_t, ClientKey>> busiest() const;

    /// The quietest first.
    [[nodiscard]] const std::set<std::pair<std::uint64_t, ClientKey>>& networks_by_connections() const noexcept
    {
        return networks_by_connections_;
    }

    [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }

private:
    void forget_down_to(std::uint64_t most);

    std::map<ClientKey, ClientRecord> records_;
    std::list<ClientKey> quiet_;  // the longest quiet first
    std::set<std::pair<std::uint64_t, ClientKey>> networks_by_connections_;
};

}  // namespace shield::net
