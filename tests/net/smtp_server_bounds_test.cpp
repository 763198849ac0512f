// SPDX-License-Identifier: Apache-2.0
#include "strict_server.hpp"

#include <vector>

namespace shield::net {
namespace {

using namespace std::chrono_literals;
using support::eventually;
using support::TcpClient;
using testing::StartsWith;

TEST(ClientsAtTheDoor, OneAddressTooOftenIsToldAndOthersAreNotHurt)
{
    auto limits = greeting_at_once();
    limits.client_connections_max = 2;
    auto running = strict(limits);
    for (int round = 1; round <= 3; ++round) {
        {
            auto one = greeted(running, "127.1.1.1");
            auto two = greeted(running, "127.1.1.1");
            auto three = from(running, "127.1.1.1");
            EXPECT_THAT(three.rest(),
                        StartsWith("421 4.7.0 mx.example.com Too many connections from your network"));
            EXPECT_EQ(running.counted("shield_limit_client_connections_total"), round);
            EXPECT_EQ(running.log.count("turned_away client=127.1.1.1 bound=client_connections_max"), 1U);
            auto other = greeted(running, "127.1.1.2");
        }
        ASSERT_TRUE(everything_came_back(running));
    }
}

TEST(ClientsAtTheDoor, ANetworkTooOftenIsTold)
{
    auto limits = greeting_at_once();
    limits.network_connections_max = 2;
    auto running = strict(limits);
    auto one = greeted(running, "127.1.1.1");
    auto two = greeted(running, "127.1.1.2");
    auto three = from(running, "127.1.1.3");
    EXPECT_THAT(three.rest(), StartsWith("421 4.7.0"));
    EXPECT_EQ(running.counted("shield_limit_network_connections_total"), 1);
    auto other = greeted(running, "127.1.2.1");
}

TEST(ClientsAtTheDoor, NewConnectionsAreBoundedAMinute)
{
    auto limits = greeting_at_once();
    limits.client_connections_minute_max = 3;
    limits.network_connections_minute_max = 5;
    auto running = strict(limits);
    const auto turned_away = [&](const std::string& address) {
        int count = 0;
        for (int i = 0; i < 6; ++i) {
            count += from(running, address).reply().starts_with("421 4.7.0") ? 1 : 0;
        }
        return count;
    };
    EXPECT_EQ(turned_away("127.1.1.1"), 3);
    EXPECT_EQ(running.counted("shield_limit_client_connections_minute_total"), 3);
    EXPECT_EQ(turned_away("127.1.1.2"), 4);
    EXPECT_EQ(running.counted("shield_limit_network_connections_minute_total"), 4);
    EXPECT_EQ(turned_away("127.1.2.1"), 3);
}

TEST(ClientsAtTheDoor, WhoTalksBeforeTheGreetingIsRefused)
{
    core::Limits limits;
    limits.greeting_pause = 1;
    auto running = strict(limits);
    auto hasty = from(running, "127.1.1.1");
    hasty.send("EHLO c.example\r\nMAIL FROM:<a@b.example>\r\n");
    EXPECT_EQ(hasty.rest(), "554 5.5.1 You did not wait for the greeting\r\n");
    EXPECT_EQ(running.counted("shield_limit_greeting_pause_total"), 1);
    const auto begin = std::chrono::steady_clock::now();
    auto patient = greeted(running, "127.1.1.1");
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 900ms);
    patient.send("EHLO c.example\r\n");
    patient.reply();
    EXPECT_THAT(deliver(patient, small_message), StartsWith("250"));
    auto known = from(running, "127.1.1.9");
    known.send("EHLO c.example\r\n");
    EXPECT_THAT(known.reply(), StartsWith("220")) << "its network has delivered";
}

TEST(ClientsAtTheDoor, WhoGoesAwayDuringThePauseLeavesNothing)
{
    core::Limits limits;
    limits.greeting_pause = 30;
    auto running = strict(limits);
    for (int i = 0; i < 10; ++i) {
        auto client = from(running, "127.1.1.1");
        i % 2 == 0 ? client.reset() : client.close();
    }
    EXPECT_TRUE(everything_came_back(running));
    auto waiting = from(running, "127.1.1.1");
    ASSERT_TRUE(eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 1; }));
    running.server->drain([] {});
    EXPECT_THAT(waiting.rest(), StartsWith("421 4.3.2"));
}

TEST(MessagesOfAClient, AreHeldAtMailWhenThereWereTooMany)
{
    auto limits = greeting_at_once();
    limits.client_messages_minute_max = 2;
    auto running = strict(limits);
    auto client = introduced(running, "127.1.1.1");
    EXPECT_THAT(deliver(client, small_message), StartsWith("250"));
    const std::string message = std::string{envelope_commands} + std::string{small_message} + ".\r\n";
    client.send(message + "MAIL FROM:<reporter@example.net>\r\n");  // pipelined behind the last one
    for (const char* code : {"250 2.1.0", "250 2.1.5", "354", "250 2.0.0", "450 4.7.1"}) {
        EXPECT_THAT(client.reply(), StartsWith(code));
    }
    EXPECT_EQ(running.counted("shield_limit_client_messages_minute_total"), 1);
    auto again = greeted(running, "127.1.1.1");
    again.send("EHLO c.example\r\nMAIL FROM:<reporter@example.net>\r\n");
    again.reply();
    EXPECT_THAT(again.reply(), StartsWith("450 4.7.1"));
    auto other = introduced(running, "127.1.1.2");
    EXPECT_THAT(deliver(other, small_message), StartsWith("250"));
}

TEST(MessagesOfAClient, AreHeldForItsNetworkToo)
{
    auto limits = greeting_at_once();
    limits.network_messages_minute_max = 1;
    auto running = strict(limits);
    auto client = introduced(running, "127.1.1.1");
    EXPECT_THAT(deliver(client, small_message), StartsWith("250"));
    auto neighbour = greeted(running, "127.1.1.2");
    neighbour.send("EHLO c.example\r\nMAIL FROM:<reporter@example.net>\r\n");
    neighbour.reply();
    EXPECT_THAT(neighbour.reply(), StartsWith("450 4.7.1"));
    EXPECT_EQ(running.counted("shield_limit_network_messages_minute_total"), 1);
}

TEST(AFullServer, MakesRoomForTheNetworkThatHasTheFewest)
{
    auto limits = greeting_at_once();
    limits.connections_max = 5;
    auto running = strict(limits);
    std::vector<TcpClient> many;
    for (int i = 0; i < 5; ++i) {
        many.push_back(greeted(running, "127.1.1." + std::to_string(i + 1)));
        many.back().send("NOOP\r\n");
        many.back().reply();
    }
    auto own = from(running, "127.1.1.77");
    EXPECT_THAT(own.rest(), StartsWith("421 4.7.0")) << "the same network gets no more";
    auto other = greeted(running, "127.1.2.1");
    EXPECT_THAT(many[4].rest(), StartsWith("421 4.7.0 mx.example.com Many clients wait")) << "the newest";
    many[3].send("NOOP\r\n");
    EXPECT_THAT(many[3].reply(), StartsWith("250"));
    many[3].send("MAIL FROM:<a@b.example>\r\n");
    many[3].reply();
    EXPECT_EQ(running.counted("shield_limit_connections_total"), 2);
    many.clear();
    other.close();
    EXPECT_TRUE(everything_came_back(running));
}

TEST(AFullServer, ThatWasCrowdedBeforeMakesRoomAllTheSame)
{
    auto limits = greeting_at_once();
    limits.connections_max = 4;
    limits.connections_crowded = 2;
    auto running = strict(limits);
    auto first = greeted(running, "127.1.1.1");
    auto second = greeted(running, "127.1.1.2");
    EXPECT_THAT(from(running, "127.1.1.3").rest(), StartsWith("421 4.7.0")) << "half of it is one network's";
    auto other = greeted(running, "127.1.2.1");
    auto another = greeted(running, "127.1.3.1");
    ASSERT_TRUE(eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 4; }));
    auto last = greeted(running, "127.1.4.1");
    EXPECT_THAT(second.rest(), StartsWith("421 4.7.0"));
}

TEST(AFullServer, LetsNobodyLeaveForAClientThatHasNoPlaceItself)
{
    auto limits = greeting_at_once();
    limits.connections_max = 5;
    limits.client_connections_max = 1;
    limits.network_connections_max = 4;
    auto running = strict(limits);
    std::vector<TcpClient> many;
    for (const char* address : {"127.1.1.1", "127.1.1.2", "127.1.1.3", "127.1.1.4", "127.1.2.1"}) {
        many.push_back(greeted(running, address));
    }
    auto again = from(running, "127.1.2.1");
    EXPECT_THAT(again.rest(), StartsWith("421 4.7.0 mx.example.com Too many connections from your network"));
    for (auto& client : many) {
        client.send("NOOP\r\n");
        EXPECT_THAT(client.reply(), StartsWith("250"));
    }
}

TEST(AFullServer, NeverInterruptsATransaction)
{
    auto limits = greeting_at_once();
    limits.connections_max = 3;
    auto running = strict(limits);
    std::vector<TcpClient> busy;
    for (int i = 0; i < 3; ++i) {
        busy.push_back(greeted(running, "127.1.1." + std::to_string(i + 1)));
        busy.back().send("EHLO c.example\r\nMAIL FROM:<a@b.example>\r\n");
        busy.back().reply();
        busy.back().reply();
    }
    auto other = from(running, "127.1.2.1");
    EXPECT_THAT(other.rest(), StartsWith("421 4.7.0"));
    for (auto& client : busy) {
        client.send("RCPT TO:<shield@example.com>\r\n");
        EXPECT_THAT(client.reply(), StartsWith("250"));
    }
}

TEST(ACrowdedServer, HasLessPatienceAndSharesWhatIsLeft)  // connections_crowded, crowded_wait_max
{
    auto limits = greeting_at_once();
    limits.connections_max = 10;
    limits.connections_crowded = 4;
    limits.crowded_wait_max = 1;
    auto running = strict(limits);
    std::vector<TcpClient> first;
    for (int i = 0; i < 3; ++i) {
        first.push_back(greeted(running, "127.1.1." + std::to_string(i + 1)));
    }
    auto crowded = greeted(running, "127.1.2.1");
    EXPECT_THAT(crowded.rest(), StartsWith("421 4.4.2"));
    EXPECT_EQ(running.counted("shield_limit_crowded_wait_total"), 1);
    first[0].send("NOOP\r\n");
    EXPECT_THAT(first[0].reply(), StartsWith("250")) << "who came before it was crowded waits as always";
    EXPECT_TRUE(eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 3; }));
    int taken = 0;
    std::vector<TcpClient> more;
    for (int i = 0; i < 10; ++i) {
        more.push_back(from(running, "127.1.1." + std::to_string(i + 11)));
        const std::string reply = more.back().reply();
        taken += reply.starts_with("220") ? 1 : 0;
    }
    EXPECT_EQ(taken, 2) << "five of ten are one network's";
    EXPECT_GE(running.counted("shield_limit_connections_crowded_total"), 1);
}

}  // namespace
}  // namespace shield::net
