// SPDX-License-Identifier: Apache-2.0
#include <shield/core/network.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

TEST(Network, CountsIpv4By24AndIpv6By64)
{
    EXPECT_EQ(network_of("192.0.2.77"), "192.0.2.0/24");
    EXPECT_EQ(network_of("::ffff:192.0.2.77"), "192.0.2.0/24");
    EXPECT_EQ(network_of("2001:db8:1:2:aaaa:bbbb:cccc:dddd"), "2001:db8:1:2::/64");
    EXPECT_EQ(network_of("2001:DB8:1:2::1"), network_of("2001:db8:1:2:ffff::"));
}

TEST(Network, WhatIsNoAddressStaysAsItWas)
{
    EXPECT_EQ(network_of("unix"), "unix");
    EXPECT_EQ(network_of(""), "");
    EXPECT_EQ(network_of("192.0.2.7 "), "192.0.2.7 ");
}

}  // namespace
}  // namespace shield::core
