// SPDX-License-Identifier: Apache-2.0
#include <shield/net/clients.hpp>

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace shield::net {
namespace {

using namespace std::chrono_literals;
using L = core::Limits;

core::IpAddress address(const std::string& text)
{
    return core::IpAddress::parse(text).value();
}

class ClientBounds : public testing::Test {
protected:
    Clients::Entrance enter(const std::string& from)
    {
        return clients.enter(address(from), limits, now, false, 1000);
    }

    /// How many get in of those who try.
    std::size_t entered(const std::vector<std::string>& from)
    {
        std::size_t count = 0;
        for (const std::string& one : from) {
            auto entrance = enter(one);
            last = entrance.refused;
            if (entrance.place) {
                places.push_back(std::move(*entrance.place));
                ++count;
            }
        }
        return count;
    }

    static std::vector<std::string> many(std::size_t count, const std::string& before,
                                         const std::string& after = "")
    {
        std::vector<std::string> all;
        for (std::size_t i = 1; i <= count; ++i) {
            all.push_back(before + std::to_string(i) + after);
        }
        return all;
    }

    Clients clients;
    L limits;
    Clients::Moment now{Clients::Moment{} + 24h};
    std::vector<Clients::Place> places;
    Clients::Bound last{nullptr};
};

TEST_F(ClientBounds, OneAddressHasSoManyConnectionsAndOthersAreNotHurt)
{
    limits.client_connections_max = 3;
    EXPECT_EQ(entered(std::vector<std::string>(10, "192.0.2.1")), 3U);
    EXPECT_EQ(last, &L::client_connections_max);
    EXPECT_EQ(entered({"192.0.2.2", "::ffff:192.0.2.3", "2001:db8::1"}), 3U);
}

TEST_F(ClientBounds, ASlash64IsOneClient)
{
    limits.client_connections_max = 3;
    EXPECT_EQ(entered(many(10, "2001:db8::")), 3U);
    EXPECT_EQ(last, &L::client_connections_max);
    EXPECT_EQ(entered({"2001:db8:0:1::1"}), 1U);
}

TEST_F(ClientBounds, ASlash24AndASlash48HaveSoManyConnections)
{
    limits.network_connections_max = 5;
    EXPECT_EQ(entered(many(20, "192.0.2.")), 5U);
    EXPECT_EQ(last, &L::network_connections_max);
    EXPECT_EQ(entered(many(20, "2001:db8:0:", "::1")), 5U);
    EXPECT_EQ(last, &L::network_connections_max);
    EXPECT_EQ(entered({"192.0.3.1", "2001:db8:1::1"}), 2U);
}

TEST_F(ClientBounds, APlaceComesBackWhenItEnds)
{
    limits.client_connections_max = 1;
    limits.client_connections_minute_max = 1000;
    for (int i = 0; i < 100; ++i) {
        auto entrance = enter("192.0.2.1");
        ASSERT_TRUE(entrance.place);
        ASSERT_FALSE(enter("192.0.2.1").place);
        Clients::Place moved = std::move(*entrance.place);
        entrance.place.reset();  // holds nothing any more
        ASSERT_FALSE(enter("192.0.2.1").place);
    }
    EXPECT_TRUE(enter("192.0.2.1").place);
}

TEST_F(ClientBounds, OneAddressHasSoManyNewConnectionsAMinute)
{
    limits.client_connections_minute_max = 4;
    const auto attempts = [&] {
        std::size_t count = 0;
        for (int i = 0; i < 10; ++i) {
            auto entrance = enter("192.0.2.1");
            count += entrance.place ? 1 : 0;
            last = entrance.refused;
        }
        return count;
    };
    EXPECT_EQ(attempts(), 4U);
    EXPECT_EQ(last, &L::client_connections_minute_max);
    EXPECT_TRUE(enter("192.0.2.2").place);
    now += 15s;
    EXPECT_EQ(attempts(), 1U) << "what was refused does not count, so there is no ban";
    now += 60s;
    EXPECT_EQ(attempts(), 4U);
}

TEST_F(ClientBounds, ANetworkHasSoManyNewConnectionsAMinute)
{
    limits.network_connections_minute_max = 7;
    EXPECT_EQ(entered(many(20, "192.0.2.")), 7U);
    EXPECT_EQ(last, &L::network_connections_minute_max);
    EXPECT_EQ(entered({"192.0.3.1"}), 1U);
}

TEST_F(ClientBounds, SoManyMessagesAMinuteAreTaken)
{
    limits.client_messages_minute_max = 3;
    limits.network_messages_minute_max = 5;
    auto one = enter("192.0.2.1");
    auto two = enter("192.0.2.2");
    auto other = enter("192.0.3.1");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(one.place->message_bound(limits, now), nullptr);
        one.place->message_accepted(limits, now);
    }
    EXPECT_EQ(one.place->message_bound(limits, now), &L::client_messages_minute_max);
    EXPECT_EQ(enter("192.0.2.1").place->message_bound(limits, now), &L::client_messages_minute_max)
        << "another connection does not help";
    two.place->message_accepted(limits, now);
    two.place->message_accepted(limits, now);
    EXPECT_EQ(two.place->message_bound(limits, now), &L::network_messages_minute_max);
    EXPECT_EQ(other.place->message_bound(limits, now), nullptr);
    now += 60s;
    EXPECT_EQ(one.place->message_bound(limits, now), nullptr);
}

TEST_F(ClientBounds, NothingBoundsWhoIsExempt)
{
    limits.client_messages_minute_max = 1;
    Clients::Place place = clients.enter_exempt();
    place.message_accepted(limits, now);
    place.message_accepted(limits, now);
    EXPECT_EQ(place.message_bound(limits, now), nullptr);
    EXPECT_TRUE(place.behaved(limits, now));
    EXPECT_EQ(clients.remembered(), 0U);
}

TEST_F(ClientBounds, ANetworkThatDeliveredIsTrustedForATime)  // client_trust_time
{
    auto one = enter("192.0.2.1");
    EXPECT_FALSE(one.place->behaved(limits, now));
    one.place->message_accepted(limits, now);
    EXPECT_TRUE(enter("192.0.2.9").place->behaved(limits, now));
    EXPECT_FALSE(enter("192.0.3.9").place->behaved(limits, now));
    now += std::chrono::seconds{limits.client_trust_time} + 1s;
    EXPECT_FALSE(one.place->behaved(limits, now));
}

TEST_F(ClientBounds, WhatIsRememberedIsBounded)  // clients_remembered_max
{
    limits.clients_remembered_max = 100;
    auto kept = enter("192.0.2.1");
    kept.place->message_accepted(limits, now);
    for (int a = 0; a < 50; ++a) {
        for (int b = 0; b < 50; ++b) {
            EXPECT_TRUE(enter("10." + std::to_string(a) + "." + std::to_string(b) + ".1").place);
        }
    }
    EXPECT_LE(clients.remembered(), 100U);
    EXPECT_TRUE(kept.place->behaved(limits, now)) << "who is connected is not forgotten";
}

TEST_F(ClientBounds, NoNetworkTakesMoreRoomForMailThanItLeavesFree)
{
    limits.incoming_octets_max = 1000;
    auto one = enter("192.0.2.1");
    auto two = enter("192.0.2.2");
    auto other = enter("192.0.3.1");
    EXPECT_TRUE(one.place->take_octets(300, limits));
    EXPECT_TRUE(two.place->take_octets(200, limits));
    EXPECT_FALSE(two.place->take_octets(1, limits)) << "half is left free";
    EXPECT_TRUE(other.place->take_octets(250, limits));
    EXPECT_FALSE(other.place->take_octets(1, limits)) << "and half of that";
    Clients::Place exempt = clients.enter_exempt();
    EXPECT_TRUE(exempt.take_octets(250, limits));
    EXPECT_FALSE(exempt.take_octets(1, limits)) << "all is all";
    one.place->give_octets_back();
    EXPECT_TRUE(other.place->take_octets(25, limits));
    other.place.reset();
    two.place.reset();
    EXPECT_TRUE(one.place->take_octets(375, limits));
    EXPECT_FALSE(one.place->take_octets(1, limits));
}

TEST_F(ClientBounds, OneRefusalOfANetworkInAMinuteIsWorthTelling)
{
    limits.client_connections_max = 0;
    EXPECT_TRUE(enter("192.0.2.1").worth_telling);
    EXPECT_FALSE(enter("192.0.2.2").worth_telling);
    EXPECT_TRUE(enter("192.0.3.1").worth_telling);
    now += 60s;
    EXPECT_TRUE(enter("192.0.2.1").worth_telling);
}

TEST_F(ClientBounds, WhenItIsCrowdedNoNetworkHasMoreThanIsLeft)
{
    std::vector<Clients::Place> held;
    std::size_t count = 0;
    for (std::uint64_t left = 10; left > 0; --left) {
        auto entrance = clients.enter(address("192.0.2.1"), limits, now, true, left);
        if (!entrance.place) {
            EXPECT_EQ(entrance.refused, &L::connections_crowded);
            break;
        }
        held.push_back(std::move(*entrance.place));
        ++count;
    }
    EXPECT_EQ(count, 5U);
    EXPECT_TRUE(clients.enter(address("192.0.3.1"), limits, now, true, 5).place);
}

TEST_F(ClientBounds, WhenItIsCrowdedWhoHasLittleGetsTheLastPlaces)
{
    EXPECT_EQ(entered(std::vector<std::string>(6, "192.0.2.1")), 6U);
    EXPECT_EQ(entered({"192.0.3.1", "192.0.3.2"}), 2U);
    const auto refused = [&](const std::string& from, std::uint64_t left) {
        return clients.enter(address(from), limits, now, true, left).refused;
    };
    EXPECT_EQ(refused("192.0.2.9", 1), &L::connections_crowded);
    EXPECT_EQ(refused("192.0.3.9", 1), nullptr);
    EXPECT_EQ(refused("192.0.2.9", 0), &L::connections_crowded);
    EXPECT_EQ(refused("192.0.3.9", 0), nullptr) << "somebody may make room for it";
    EXPECT_EQ(refused("192.0.4.1", 0), nullptr);
}

TEST_F(ClientBounds, TheNewestIdleConnectionOfTheBusiestNetworkMakesRoom)
{
    std::vector<int> left;
    std::vector<Clients::Place> held;
    const auto guest = [&](const std::string& from, int number, bool idle) {
        auto entrance = enter(from);
        entrance.place->on_leave([&left, number] { left.push_back(number); });
        entrance.place->set_idle(idle);
        held.push_back(std::move(*entrance.place));
    };
    guest("192.0.3.1", 100, true);
    for (int i = 0; i < 4; ++i) {
        guest("192.0.2." + std::to_string(i), i, i != 3);
    }
    EXPECT_FALSE(clients.make_room_for(address("192.0.2.77"))) << "for its own network nobody leaves";
    EXPECT_TRUE(clients.make_room_for(address("198.51.100.1")));
    EXPECT_EQ(left, std::vector<int>{2}) << "3 is newer, but busy";
    EXPECT_TRUE(clients.make_room_for(std::nullopt));
    EXPECT_EQ(left, (std::vector<int>{2, 1})) << "nobody is asked twice";
    held.erase(held.begin() + 2, held.end());  // 1, 2, 3 are gone
    EXPECT_FALSE(clients.make_room_for(address("198.51.100.1"))) << "nobody has two";
}

TEST_F(ClientBounds, TheNextBusiestNetworkMakesRoomWhenTheBusiestHasNobodyIdle)
{
    int left = 0;
    std::vector<Clients::Place> held;
    for (const std::string from : {"192.0.2.1", "192.0.2.2", "192.0.2.3", "203.0.113.1", "203.0.113.2"}) {
        held.push_back(std::move(*enter(from).place));
        held.back().on_leave([&left] { ++left; });
        held.back().set_idle(from.starts_with("203"));
    }
    EXPECT_TRUE(clients.make_room_for(address("198.51.100.1")));
    EXPECT_EQ(left, 1);
}

TEST_F(ClientBounds, AfterAnyHistoryEverythingComesBack)
{
    std::mt19937 random{20261125};
    limits.clients_remembered_max = 20;
    limits.client_connections_minute_max = limits.network_connections_minute_max = 1'000'000;
    for (int step = 0; step < 20000; ++step) {
        if (random() % 2 == 0 || places.empty()) {
            auto entrance = enter("10.0." + std::to_string(random() % 8) + "." + std::to_string(random() % 8));
            if (entrance.place) {
                static_cast<void>(entrance.place->take_octets(random() % 100, limits));
                entrance.place->set_idle(true);
                places.push_back(std::move(*entrance.place));
            }
        } else {
            std::swap(places[random() % places.size()], places.back());
            places.pop_back();
        }
    }
    places.clear();
    EXPECT_TRUE(enter("192.0.2.1").place);
    EXPECT_LE(clients.remembered(), 20U);
    EXPECT_FALSE(clients.make_room_for(std::nullopt)) << "nobody is there";
    limits.incoming_octets_max = 100;
    EXPECT_TRUE(clients.enter_exempt().take_octets(100, limits)) << "no octet is still counted";
}

class HandshakeBounds : public ClientBounds {
protected:
    /// How many handshakes begin of `count` connections of this address. They stay under way.
    std::size_t begun(std::size_t count, const std::string& from)
    {
        std::size_t started = 0;
        for (std::size_t i = 0; i < count; ++i) {
            places.push_back(std::move(*enter(from).place));
            auto start = places.back().begin_handshake(limits, now);
            last = start.refused;
            if (start.handshake) {
                under_way.push_back(std::move(*start.handshake));
                ++started;
            }
        }
        return started;
    }

    std::vector<Clients::Handshake> under_way;
};

TEST_F(HandshakeBounds, OneNetworkHasSoManyAtOnce)
{
    limits.network_tls_handshakes_max = 2;
    EXPECT_EQ(begun(3, "192.0.2.1"), 2U);
    EXPECT_EQ(last, &L::network_tls_handshakes_max);
    EXPECT_EQ(begun(1, "192.0.2.77"), 0U) << "the same /24";
    EXPECT_EQ(begun(1, "198.51.100.1"), 1U);
    under_way.clear();
    EXPECT_EQ(begun(1, "192.0.2.1"), 1U) << "what ended is given back";
}

TEST_F(HandshakeBounds, AllTogetherAreSoManyAtOnce)
{
    limits.tls_handshakes_max = 8;
    EXPECT_EQ(begun(4, "192.0.2.1"), 3U) << "no more than it leaves free of what the unknown may have";
    EXPECT_EQ(last, &L::tls_handshakes_max);
    EXPECT_EQ(begun(3, "2001:db8::1"), 2U);
    EXPECT_EQ(begun(3, "198.51.100.1"), 1U);
    EXPECT_EQ(begun(1, "203.0.113.1"), 0U) << "the rest is for those that behaved";
}

TEST_F(HandshakeBounds, APartIsForThoseThatBehaved)
{
    limits.tls_handshakes_max = 4;
    EXPECT_EQ(begun(1, "192.0.2.1") + begun(1, "198.51.100.1") + begun(1, "203.0.113.1"), 3U);
    EXPECT_EQ(begun(1, "192.0.1.1"), 0U);
    places.push_back(std::move(*enter("2001:db8::1").place));
    places.back().message_accepted(limits, now);
    EXPECT_EQ(begun(1, "2001:db8::2"), 1U);
}

TEST_F(HandshakeBounds, SoManyBeginInAMinute)
{
    limits.network_tls_handshakes_minute_max = 2;
    limits.tls_handshakes_minute_max = 3;
    EXPECT_EQ(begun(3, "192.0.2.1"), 2U);
    EXPECT_EQ(last, &L::network_tls_handshakes_minute_max);
    EXPECT_EQ(begun(2, "198.51.100.1"), 1U);
    EXPECT_EQ(last, &L::tls_handshakes_minute_max);
    now += 60s;
    EXPECT_EQ(begun(1, "192.0.2.1"), 1U);
}

TEST_F(HandshakeBounds, HoldNobodyWhoIsExempt)
{
    limits.network_tls_handshakes_max = 0;
    auto place = clients.enter_exempt();
    auto start = place.begin_handshake(limits, now);
    ASSERT_TRUE(start.handshake);
    EXPECT_EQ(start.handshake->failed(), 0U);
}

TEST_F(HandshakeBounds, ThoseThatFailAreCountedByNetwork)
{
    EXPECT_EQ(begun(2, "192.0.2.1"), 2U);
    EXPECT_EQ(begun(1, "198.51.100.1"), 1U);
    EXPECT_EQ(under_way[0].failed(), 1U);
    EXPECT_EQ(under_way[1].failed(), 2U);
    EXPECT_EQ(under_way[2].failed(), 1U);
    under_way.clear();
}

}  // namespace
}  // namespace shield::net
