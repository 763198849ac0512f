// SPDX-License-Identifier: Apache-2.0
#include "client_table.hpp"

#include <utility>

namespace shield::net {
namespace {

std::uint64_t first_octets(const core::IpAddress& address, std::size_t count)
{
    std::uint64_t prefix = 0;
    for (std::size_t i = 0; i < count; ++i) {
        prefix = prefix << 8 | address.octets[i];
    }
    return prefix;
}

}  // namespace

ClientKey ClientKey::client(const core::IpAddress& address)
{
    const core::IpAddress plain = address.unmapped();
    return {plain.v6, false, first_octets(plain, plain.v6 ? 8 : 4)};
}

ClientKey ClientKey::network_of(const core::IpAddress& address)
{
    const core::IpAddress plain = address.unmapped();
    return {plain.v6, true, first_octets(plain, plain.v6 ? 6 : 3)};
}

ClientRecord& ClientTable::of(const ClientKey& key, std::uint64_t remembered_max)
{
    const auto [found, is_new] = records_.try_emplace(key);
    ClientRecord& record = found->second;
    if (is_new) {
        record.quiet = quiet_.insert(quiet_.end(), key);
        forget_down_to(remembered_max);
    } else if (record.connections == 0) {
        quiet_.splice(quiet_.end(), quiet_, record.quiet);
    }
    return record;
}

ClientRecord* ClientTable::find(const ClientKey& key)
{
    const auto found = records_.find(key);
    return found == records_.end() ? nullptr : &found->second;
}

void ClientTable::connected(const ClientKey& key)
{
    ClientRecord& record = records_.at(key);
    if (record.connections == 0) {
        quiet_.erase(record.quiet);
    }
    if (key.network) {
        networks_by_connections_.erase({record.connections, key});
        networks_by_connections_.emplace(record.connections + 1, key);
    }
    ++record.connections;
}

void ClientTable::disconnected(const ClientKey& key)
{
    ClientRecord& record = records_.at(key);
    if (key.network) {
        networks_by_connections_.erase({record.connections, key});
        if (record.connections > 1) {
            networks_by_connections_.emplace(record.connections - 1, key);
        }
    }
    if (--record.connections == 0) {
        record.quiet = quiet_.insert(quiet_.end(), key);
    }
}

std::optional<std::pair<std::uint64_t, ClientKey>> ClientTable::busiest() const
{
    return networks_by_connections_.empty() ? std::nullopt : std::optional{*networks_by_connections_.rbegin()};
}

/// The two newest stay: somebody works with them.
void ClientTable::forget_down_to(std::uint64_t most)
{
    constexpr std::size_t in_use = 2;
    while (records_.size() > most && quiet_.size() > in_use) {
        records_.erase(quiet_.front());
        quiet_.pop_front();
    }
}

}  // namespace shield::net
