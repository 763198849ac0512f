// SPDX-License-Identifier: Apache-2.0
#include "client_table.hpp"

#include <gtest/gtest.h>

namespace shield::net {
namespace {

core::IpAddress address(const char* text)
{
    return core::IpAddress::parse(text).value();
}

TEST(ClientKey, IsTheAddressOrTheSlash64)
{
    EXPECT_EQ(ClientKey::client(address("192.0.2.1")), ClientKey::client(address("::ffff:192.0.2.1")));
    EXPECT_NE(ClientKey::client(address("192.0.2.1")), ClientKey::client(address("192.0.2.2")));
    EXPECT_EQ(ClientKey::client(address("2001:db8:1:2::3")), ClientKey::client(address("2001:db8:1:2:ffff::")));
    EXPECT_NE(ClientKey::client(address("2001:db8:1:2::3")), ClientKey::client(address("2001:db8:1:3::3")));
}

TEST(ClientKey, OfANetworkIsTheSlash24OrTheSlash48)
{
    EXPECT_EQ(ClientKey::network_of(address("192.0.2.1")), ClientKey::network_of(address("192.0.2.255")));
    EXPECT_NE(ClientKey::network_of(address("192.0.2.1")), ClientKey::network_of(address("192.0.3.1")));
    EXPECT_EQ(ClientKey::network_of(address("2001:db8:1:2::")),
              ClientKey::network_of(address("2001:db8:1:ffff::")));
    EXPECT_NE(ClientKey::network_of(address("2001:db8:1::")), ClientKey::network_of(address("2001:db8:2::")));
    EXPECT_NE(ClientKey::network_of(address("0.0.1.0")), ClientKey::network_of(address("::1:0:0:0")));
    EXPECT_NE(ClientKey::network_of(address("0.0.1.2")), ClientKey::client(address("0.0.0.1")));
}

TEST(ClientTable, ForgetsTheLongestQuietAndNobodyWhoIsConnected)
{
    ClientTable table;
    const auto key = [](std::uint64_t prefix) { return ClientKey{false, false, prefix}; };
    table.of(key(0), 10);
    table.connected(key(0));
    for (std::uint64_t i = 1; i < 10; ++i) {
        table.of(key(i), 10);
    }
    table.of(key(1), 10);  // heard of again
    for (std::uint64_t i = 10; i < 15; ++i) {
        table.of(key(i), 10);
    }
    EXPECT_EQ(table.size(), 10U);
    EXPECT_NE(table.find(key(0)), nullptr);
    EXPECT_NE(table.find(key(1)), nullptr);
    EXPECT_EQ(table.find(key(2)), nullptr);
    table.disconnected(key(0));
    for (std::uint64_t i = 15; i < 100; ++i) {
        table.of(key(i), 10);
    }
    EXPECT_EQ(table.find(key(0)), nullptr);
    EXPECT_EQ(table.size(), 10U);
}

TEST(ClientTable, KnowsTheBusiestNetwork)
{
    ClientTable table;
    const ClientKey a{false, true, 1};
    const ClientKey b{false, true, 2};
    const ClientKey client{false, false, 3};
    EXPECT_FALSE(table.busiest());
    for (const ClientKey& key : {a, b, b, client, client, client}) {
        table.of(key, 10);
        table.connected(key);
    }
    EXPECT_EQ(table.busiest()->second, b);
    EXPECT_EQ(table.busiest()->first, 2U);
    table.disconnected(b);
    table.disconnected(b);
    EXPECT_EQ(table.busiest()->second, a);
    table.disconnected(a);
    EXPECT_FALSE(table.busiest());
}

}  // namespace
}  // namespace shield::net
