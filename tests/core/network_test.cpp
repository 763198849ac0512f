// SPDX-License-Identifier: Apache-2.0
#include <shield/core/network.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::core {
namespace {

TEST(Network, CountsIpv4By24AndIpv6By64)
{
    EXPECT_EQ(network_of("192.0.2.77"), "192.0.2.0/24");
    EXPECT_EQ(network_of("::ffff:192.0.2.77"), "192.0.2.0/24");
    EXPECT_EQ(network_of("2001:db8:1:2:aaaa:bbbb:cccc:dddd"), "2001:db8:1::/48");
    EXPECT_EQ(network_of("2001:DB8:1:2::1"), network_of("2001:db8:1:ffff::"));
}

TEST(Network, WhatIsNoAddressStaysAsItWas)
{
    EXPECT_EQ(network_of("unix"), "unix");
    EXPECT_EQ(network_of(""), "");
    EXPECT_EQ(network_of("192.0.2.7 "), "192.0.2.7 ");
}

TEST(IpAddress, IsNumericAndNothingElse)
{
    const auto v4 = IpAddress::parse("192.0.2.7");
    ASSERT_TRUE(v4);
    EXPECT_FALSE(v4->v6);
    EXPECT_EQ(v4->octets[0], 192);
    EXPECT_EQ(v4->octets[3], 7);
    const auto v6 = IpAddress::parse("2001:DB8::1");
    ASSERT_TRUE(v6);
    EXPECT_TRUE(v6->v6);
    EXPECT_EQ(v6, IpAddress::parse("2001:db8:0:0:0:0:0:1"));
    for (const std::string_view text :
         {"", "localhost", "192.0.2", "192.0.2.256", "192.0.2.7 ", "[::1]", "fe80::1%eth0", "::1/64"}) {
        EXPECT_FALSE(IpAddress::parse(text)) << text;
    }
    EXPECT_FALSE(IpAddress::parse(std::string_view{"192.0.2.7\0.9", 12})) << "a C string would end there";
    EXPECT_FALSE(IpAddress::parse(std::string(100000, '1')));
}

TEST(IpAddress, IsShownInItsCanonicalForm)
{
    for (const auto& [text, shown] :
         {std::pair{"192.0.2.7", "192.0.2.7"}, std::pair{"2001:DB8:0:0::0001", "2001:db8::1"},
          std::pair{"::FFFF:192.0.2.7", "::ffff:192.0.2.7"}, std::pair{"::", "::"}}) {
        EXPECT_EQ(IpAddress::parse(text)->to_string(), shown);
    }
}

TEST(HostAndPort, IsANameOrAnAddressAndAPort)
{
    for (const auto& [text, host, port] :
         {std::tuple{"127.0.0.1:25", "127.0.0.1", 25}, std::tuple{"0.0.0.0:0", "0.0.0.0", 0},
          std::tuple{"[::1]:65535", "::1", 65535}, std::tuple{"[::]:25", "::", 25},
          std::tuple{"relay.example.com:2525", "relay.example.com", 2525}}) {
        const auto place = HostAndPort::parse(text);
        ASSERT_TRUE(place) << place.error().sentence;
        EXPECT_EQ(*place, (HostAndPort{host, static_cast<std::uint16_t>(port)}));
        EXPECT_EQ(place->to_string(), text);
    }
}

TEST(HostAndPort, SaysWhatIsWrong)
{
    for (const std::string_view text : {"",
                                        ":",
                                        ":25",
                                        "127.0.0.1",
                                        "127.0.0.1:",
                                        "127.0.0.1:65536",
                                        "127.0.0.1:-1",
                                        "127.0.0.1: 25",
                                        "127.0.0.1:+25",
                                        "127.0.0.1:99999999999999999999",
                                        "[]:25",
                                        "[:25",
                                        "]:25",
                                        "[::1:25",
                                        "::1]:25",
                                        "[127.0.0.1]:25",
                                        "[localhost]:25",
                                        "[fe80::1%lo]:25",
                                        "-x.example:25",
                                        "a..b:25",
                                        "a b:25",
                                        "a@b:25"}) {
        const auto place = HostAndPort::parse(text);
        ASSERT_FALSE(place) << text;
        EXPECT_THAT(place.error().sentence, testing::HasSubstr("127.0.0.1:25"));
    }
    EXPECT_THAT(HostAndPort::parse("::1:25").error().sentence,
                testing::HasSubstr("brackets; write it as [::1]:25"));
    EXPECT_FALSE(HostAndPort::parse(std::string_view{"a\0b:25", 6}));
    EXPECT_LT(HostAndPort::parse(std::string(100000, '\x1b')).error().sentence.size(), 1000u);
}

IpAddress address(const char* text)
{
    return IpAddress::parse(text).value();
}

TEST(Network, ContainsWhatBeginsWithItsBits)
{
    struct Case {
        const char *network, *inside, *outside;
    };
    for (const auto& [network, inside, outside] :
         {Case{"192.0.2.0/24", "192.0.2.255", "192.0.3.0"}, Case{"192.0.2.1", "192.0.2.1", "192.0.2.0"},
          Case{"192.0.2.0/24", "::ffff:192.0.2.7", "::192.0.2.7"}, Case{"10.128.0.0/9", "10.255.0.1", "10.127.0.1"},
          Case{"0.0.0.0/0", "255.255.255.255", "::1"}, Case{"::/0", "2001:db8::1", "192.0.2.1"},
          Case{"2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"}, Case{"::1", "::1", "::2"},
          Case{"2001:db8:1::/48", "2001:db8:1:ffff::", "2001:db8:2::"},
          Case{"127.0.0.0/8", "127.9.9.9", "128.0.0.1"}}) {
        const auto parsed = Network::parse(network);
        ASSERT_TRUE(parsed) << network;
        EXPECT_TRUE(parsed->contains(address(inside))) << network << " " << inside;
        EXPECT_FALSE(parsed->contains(address(outside))) << network << " " << outside;
    }
}

TEST(Network, IsAroundAnyOfItsAddresses)
{
    const auto v4 = IpAddress::parse("192.0.2.77").value();
    EXPECT_EQ(Network::around(v4, 24), Network::parse("192.0.2.0/24").value());
    EXPECT_EQ(Network::around(v4, 0), Network::parse("0.0.0.0/0").value());
    EXPECT_EQ(Network::around(v4, 128), Network::parse("192.0.2.77").value());
    EXPECT_EQ(Network::around(IpAddress::parse("2001:db8::1").value(), 64),
              Network::parse("2001:db8::/64").value());
}

TEST(Network, OfSeveralOneIsEnough)
{
    const Networks networks{*Network::parse("10.0.0.0/8"), *Network::parse("2001:db8::/32")};
    EXPECT_TRUE(contains(networks, address("2001:db8::1")));
    EXPECT_TRUE(contains(networks, address("10.1.1.1")));
    EXPECT_FALSE(contains(networks, address("11.1.1.1")));
    EXPECT_FALSE(contains({}, address("10.1.1.1")));
}

TEST(Network, WhatIsNoneIsRefusedWithAWayOut)
{
    for (const char* text : {"", "/", "/8", "gateway", "gateway/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
                             "10.0.0.0/8/8", "10.0.0/8", "::/129", "::1%lo", "fe80::1%lo/64", "10.0.0.0 /8",
                             "10.0.0.1/8", "2001:db8::1/64", "10.0.0.0/x"}) {
        const auto parsed = Network::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_THAT(parsed.error().sentence,
                    testing::AnyOf(testing::HasSubstr("such as"), testing::HasSubstr("; write")));
    }
}

}  // namespace
}  // namespace shield::core
