// SPDX-License-Identifier: Apache-2.0
#include "strict_server.hpp"

#include <thread>

namespace shield::net {
namespace {

using namespace std::chrono_literals;
using support::eventually;
using support::TcpClient;
using testing::StartsWith;

TEST(MailThatArrives, SharesItsRoomFairly)
{
    auto limits = greeting_at_once();
    limits.incoming_octets_max = 100'000;
    auto running = strict(limits);
    const auto begin_message = [&](const std::string& address) {
        auto client = in_data(running, address);
        return client;
    };
    std::vector<TcpClient> greedy;
    for (int i = 0; i < 20; ++i) {
        greedy.push_back(begin_message("127.1.1." + std::to_string(i)));
        for (int line = 0; line < 10; ++line) {
            greedy.back().send(std::string(998, 'x') + "\r\n");
        }
    }
    ASSERT_TRUE(eventually([&] { return running.counted("shield_limit_incoming_octets_total") >= 15; }));
    auto other = begin_message("127.1.2.1");
    other.send(std::string(998, 'x') + "\r\n.\r\n");
    EXPECT_THAT(other.reply(), StartsWith("250")) << "others have room";
    int kept = 0;
    for (auto& client : greedy) {
        client.send(".\r\n");
        const std::string reply = client.reply();
        EXPECT_THAT(reply, testing::AnyOf(StartsWith("250"), StartsWith("452 4.3.2")));
        kept += reply.starts_with("250") ? 1 : 0;
    }
    EXPECT_GE(kept, 3);
    EXPECT_LE(kept, 6);
    EXPECT_EQ(running.counted("shield_limit_incoming_octets_total"), 20 - kept);
    auto again = begin_message("127.1.1.1");
    for (int line = 0; line < 40; ++line) {
        again.send(std::string(998, 'x') + "\r\n");
    }
    again.send(".\r\n");
    EXPECT_THAT(again.reply(), StartsWith("250")) << "all of it was given back";
}

TEST(MailThatArrives, IsRememberedWhenItIsTooBig)
{
    auto limits = greeting_at_once();
    limits.message_size_max = 1000;
    auto running = strict(limits);
    auto client = introduced(running, "127.1.1.1");
    EXPECT_THAT(deliver(client, std::string(900, 'x') + "\r\n" + std::string(900, 'y') + "\r\n"),
                StartsWith("552 5.3.4"));
    const auto refused = running.mail.refused();
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].client, "127.1.1.1");
    EXPECT_EQ(refused[0].mailbox, "shield@example.com");
    EXPECT_EQ(refused[0].size, 1804U);
    EXPECT_NE(refused[0].at, core::Time{});
}

TEST(MailThatArrives, MustNotComeTooSlowly)
{
    auto limits = greeting_at_once();
    limits.content_rate_min = 1000;
    limits.content_rate_window = 1;
    auto running = strict(limits);
    auto client = in_data(running, "127.1.1.1");
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 50 && client.send("x"); ++i) {
        std::this_thread::sleep_for(50ms);
    }
    EXPECT_THAT(client.rest(), StartsWith("421 4.4.2 mx.example.com The message arrives too slowly"));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
    EXPECT_EQ(running.counted("shield_limit_content_rate_min_total"), 1);
    EXPECT_TRUE(running.mail.mails().empty());
}

TEST(MailThatArrives, MustNotComeTooSlowlyInChunksEither)
{
    auto limits = greeting_at_once();
    limits.content_rate_min = 1000;
    limits.content_rate_window = 1;
    auto running = strict(limits);
    auto client = greeted(running, "127.1.1.1");
    client.send("EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<shield@example.com>\r\n");
    for (int i = 0; i < 3; ++i) {
        client.reply();
    }
    for (int i = 0; i < 50 && client.send("BDAT 2\r\nx"); ++i) {
        std::this_thread::sleep_for(50ms);
        client.send("x");
    }
    EXPECT_THAT(client.rest(), testing::HasSubstr("421 4.4.2 mx.example.com The message arrives too slowly"));
}

TEST(MailThatArrives, FastEnoughMayTakeManyWindows)
{
    auto limits = greeting_at_once();
    limits.content_rate_min = 1000;
    limits.content_rate_window = 1;
    auto running = strict(limits);
    auto client = in_data(running, "127.1.1.1");
    for (int i = 0; i < 12; ++i) {
        client.send(std::string(998, 'x') + "\r\n");
        std::this_thread::sleep_for(250ms);
    }
    client.send(".\r\n");
    EXPECT_THAT(client.reply(), StartsWith("250"));
}

TEST(Errors, PastAFewAreAnsweredSlowlyAndNobodyElseWaits)  // session_errors_slow, error_pause
{
    auto limits = greeting_at_once();
    limits.session_errors_slow = 2;
    auto running = strict(limits);
    auto client = greeted(running, "127.1.1.1");
    auto other = greeted(running, "127.1.2.1");
    const auto begin = std::chrono::steady_clock::now();
    const auto since = [&] { return std::chrono::steady_clock::now() - begin; };
    client.send("ONE\r\n");
    client.reply();
    client.send("TWO\r\n");
    client.reply();
    EXPECT_LT(since(), 900ms);
    client.send("THREE\r\n");
    for (int i = 0; i < 20; ++i) {
        other.send("NOOP\r\n");
        EXPECT_THAT(other.reply(), StartsWith("250"));
    }
    EXPECT_LT(since(), 900ms);
    EXPECT_THAT(client.reply(), StartsWith("500"));
    EXPECT_GE(since(), 900ms);
    EXPECT_EQ(running.counted("shield_limit_session_errors_slow_total"), 1);
}

/// Sixty answers, 840 octets in all, that nobody has read yet.
void ask_much(TcpClient& client)
{
    std::string commands;
    for (int i = 0; i < 60; ++i) {
        commands += "NOOP\r\n";
    }
    client.send(commands);
}

TEST(Replies, OfOneSessionThatNobodyReadsAreBounded)
{
    auto limits = greeting_at_once();
    limits.reply_backlog_max = 600;
    auto running = strict(limits);
    auto client = greeted(running, "127.1.1.1");
    ask_much(client);
    EXPECT_EQ(client.rest(), "");
    EXPECT_EQ(running.counted("shield_limit_reply_backlog_total"), 1);
    EXPECT_TRUE(everything_came_back(running));
}

TEST(Replies, OfAllSessionsThatNobodyReadsAreBounded)
{
    auto limits = greeting_at_once();
    limits.reply_backlogs_max = 600;
    auto running = strict(limits);
    auto client = greeted(running, "127.1.1.1");
    ask_much(client);
    EXPECT_EQ(client.rest(), "");
    EXPECT_EQ(running.counted("shield_limit_reply_backlogs_total"), 1);
    auto other = greeted(running, "127.1.2.1");
    other.send("NOOP\r\n");
    EXPECT_THAT(other.reply(), StartsWith("250"));
}

}  // namespace
}  // namespace shield::net
