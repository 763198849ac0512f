// SPDX-License-Identifier: Apache-2.0
#include "running_server.hpp"
#include "support/eventually.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <future>
#include <system_error>
#include <thread>

namespace shield::net {
namespace {

using support::eventually;
using support::TcpClient;
using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// Every test runs with one I/O thread and with several.
class SmtpServerEndsOnThreads : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Threads, SmtpServerEndsOnThreads, testing::Values(1U, 4U));

/// How far a client comes before it vanishes.
struct Vanishing {
    const char* state;
    std::string said;
};
class ClientThatVanishes : public testing::TestWithParam<std::tuple<bool, Vanishing>> {};
INSTANTIATE_TEST_SUITE_P(
    States, ClientThatVanishes,
    testing::Combine(testing::Bool(),
                     testing::Values(Vanishing{"connected", ""}, Vanishing{"in a command", "EH"},
                                     Vanishing{"introduced", "EHLO c\r\n"},
                                     Vanishing{"after MAIL", "EHLO c\r\nMAIL FROM:<a@b.example>\r\n"},
                                     Vanishing{"after DATA", "EHLO c\r\n" + std::string{envelope_commands}},
                                     Vanishing{"in the message",
                                               "EHLO c\r\n" + std::string{envelope_commands} + "Subj"},
                                     Vanishing{"before the end", "EHLO c\r\n" + std::string{envelope_commands} +
                                                                     std::string{small_message} + ".\r"})));

TEST_P(ClientThatVanishes, LeavesNothingBehindAndHarmsNobody)
{
    const auto& [resets, vanishing] = GetParam();
    SCOPED_TRACE(vanishing.state);
    RunningServer running{2};
    TcpClient client{running.address};
    client.send(vanishing.said);
    resets ? client.reset() : client.close();
    EXPECT_TRUE(eventually([&] { return running.log.count("session client=") == 1; }));
    EXPECT_TRUE(eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 0; }));
    EXPECT_EQ(running.mail.alive, 0);
    EXPECT_TRUE(running.mail.mails().empty());
    auto next = running.introduced();
    EXPECT_THAT(deliver(next, small_message), StartsWith("250"));
}

TEST(SmtpServerEnds, TurnsAwayTheConnectionOverTheLimitAndForgetsNoPlace)
{
    core::Limits limits;
    limits.connections_max = 3;
    RunningServer running{2, limits};
    for (int round = 0; round < 3; ++round) {
        std::vector<TcpClient> clients;
        for (int i = 0; i < 3; ++i) {
            clients.push_back(running.introduced());
        }
        TcpClient fourth{running.address};
        EXPECT_THAT(fourth.rest(), StartsWith("421 4.7.0 mx.example.com"));
        EXPECT_EQ(running.counted("shield_limit_connections_total"), round + 1);
        clients.clear();
        EXPECT_TRUE(eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 0; }));
    }
}

TEST(SmtpServerEnds, WithoutDescriptorsItWaitsAMomentAndThenGoesOn)
{
    RunningServer running{1};
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit few{200, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    std::vector<int> taken;
    for (int copy = ::dup(0); copy >= 0; copy = ::dup(0)) {
        taken.push_back(copy);
    }
    ASSERT_FALSE(taken.empty());
    ::close(taken.back());
    taken.pop_back();
    TcpClient client{running.address};  // takes the last one
    EXPECT_TRUE(eventually([&] { return running.log.count("accept address=" + running.address) > 0; }));
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    EXPECT_LE(running.log.count("accept address="), 30U) << "it does not spin";
    for (const int copy : taken) {
        ::close(copy);
    }
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_THAT(client.reply(), StartsWith("220"));
}

TEST(SmtpServerEnds, EndsASessionThatFailsWith421AndGoesOn)
{
    RunningServer running{1};
    running.mail.answer = KeptMail::Answer::throw_on_discard;
    auto client = running.introduced();
    client.send("MAIL FROM:<a@b.example>\r\nRCPT TO:<shield@example.com>\r\nBDAT 3\r\nabc");
    client.reply();
    client.reply();
    EXPECT_THAT(client.reply(), StartsWith("250"));
    client.send("RSET\r\n");
    EXPECT_THAT(client.rest(), HasSubstr("421 4.3.0 mx.example.com"));
    EXPECT_TRUE(eventually([&] { return running.log.count("session_failed client=") == 1; }));
    running.mail.answer = KeptMail::Answer::at_once;
    auto next = running.introduced();
    EXPECT_THAT(deliver(next, small_message), StartsWith("250"));
}

TEST(SmtpServerEnds, EndsASilentSessionWith421)
{
    core::Limits limits;
    limits.command_wait_max = 1;
    RunningServer running{1, limits};
    auto client = running.introduced();
    EXPECT_THAT(client.rest(), StartsWith("421 4.4.2"));
    EXPECT_EQ(running.counted("shield_limit_command_wait_total"), 1);
    EXPECT_TRUE(eventually([&] { return running.log.count("ended=timed out") == 1; }));
}

TEST(SmtpServerEnds, EachCommandGivesTheSessionTimeAgainUntilItsWholeTimeIsOver)
{
    core::Limits limits;
    limits.command_wait_max = 1;
    limits.session_time_max = 2;
    RunningServer running{1, limits};
    auto client = running.introduced();
    const auto begin = std::chrono::steady_clock::now();
    std::string reply;
    for (int i = 0; i < 20; ++i) {
        client.send("NOOP\r\n");
        reply = client.reply();
        if (!reply.starts_with("250")) {
            break;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{300});
    }
    EXPECT_THAT(reply, StartsWith("421 4.4.2"));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{1500});
    EXPECT_EQ(running.counted("shield_limit_session_time_total"), 1);
}

TEST(SmtpServerEnds, GivesUpOnAClientThatDoesNotReadItsReplies)
{
    core::Limits limits;
    limits.write_wait_max = 1;
    limits.close_wait_max = 1;
    limits.session_idle_commands_max = 1'000'000;
    limits.session_errors_max = 1'000'000;
    limits.reply_backlog_max = 1'000'000'000;
    RunningServer running{1, limits};
    TcpClient client{running.address, 4096};
    client.send("EHLO c\r\n");
    std::string commands;
    for (int i = 0; i < 1000; ++i) {
        commands += "HELP\r\n";
    }
    std::thread sender{[&] {
        for (int i = 0; i < 400 && client.send(commands); ++i) {
        }
    }};
    EXPECT_TRUE(eventually([&] { return running.counted("shield_limit_write_wait_total") == 1; }));
    EXPECT_TRUE(eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 0; }));
    sender.join();
}

TEST(SmtpServerEnds, AClientThatDoesNotCloseAfterTheLastReplyIsClosedOn)
{
    core::Limits limits;
    limits.close_wait_max = 1;
    RunningServer running{1, limits};
    auto client = running.introduced();
    client.send("QUIT\r\n");
    EXPECT_THAT(client.reply(), StartsWith("221"));
    EXPECT_EQ(running.metrics.gauge("shield_smtp_connections", {}), 1) << "it waits for the client's end";
    EXPECT_TRUE(eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 0; },
                           std::chrono::seconds{5}));
}

TEST(SmtpServerEnds, TheLastReplyArrivesThoughTheClientStillSends)
{
    core::Limits limits;
    limits.session_errors_max = 3;
    RunningServer running{1, limits};
    for (int round = 0; round < 20; ++round) {
        TcpClient client{running.address};
        std::string commands;
        for (int i = 0; i < 2000; ++i) {
            commands += "NONSENSE\r\n";
        }
        client.send(commands);
        const auto heard = client.rest();
        ASSERT_THAT(heard, HasSubstr("421 4.7.0"));
    }
}

TEST_P(SmtpServerEndsOnThreads, ADrainTellsTheIdleAndLetsTransactionsFinish)
{
    RunningServer running{GetParam()};
    auto idle = running.introduced();
    auto busy = running.introduced();
    busy.send(envelope_commands);
    busy.reply();
    busy.reply();
    busy.reply();
    auto waiting = running.introduced();
    running.mail.answer = KeptMail::Answer::when_told;
    waiting.send(std::string{envelope_commands} + std::string{small_message} + ".\r\n");
    ASSERT_TRUE(eventually([&] { return running.mail.waiting() == 1; }));

    std::promise<void> drained;
    running.server->drain([&] { drained.set_value(); });
    auto end = drained.get_future();
    EXPECT_THAT(idle.rest(), StartsWith("421 4.3.2"));
    EXPECT_TRUE(eventually([&] {
        try {
            TcpClient late{running.address};
            return false;
        } catch (const std::system_error&) {
            return true;
        }
    })) << "nobody listens any more";
    EXPECT_EQ(end.wait_for(std::chrono::milliseconds{50}), std::future_status::timeout);

    running.mail.answer_all();
    waiting.reply();
    waiting.reply();
    waiting.reply();
    EXPECT_THAT(waiting.rest(), ContainsRegex("^250 2.0.0 Accepted.*\r\n421 4.3.2"));
    running.mail.answer = KeptMail::Answer::at_once;
    busy.send(std::string{small_message} + ".\r\n");
    EXPECT_THAT(busy.rest(), ContainsRegex("^250 2.0.0 Accepted.*\r\n421 4.3.2"));
    idle.close();
    busy.close();
    waiting.close();
    EXPECT_EQ(end.wait_for(std::chrono::seconds{10}), std::future_status::ready);
    EXPECT_EQ(running.mail.mails().size(), 2U);
}

TEST(SmtpServerEnds, ADrainWaitsNoLongerThanItMay)
{
    core::Limits limits;
    limits.drain_time_max = 1;
    limits.close_wait_max = 1;
    RunningServer running{1, limits};
    auto stuck = running.introduced();
    stuck.send(envelope_commands);
    stuck.reply();
    stuck.reply();
    stuck.reply();
    std::promise<void> drained;
    running.server->drain([&] { drained.set_value(); });
    EXPECT_EQ(drained.get_future().wait_for(std::chrono::seconds{10}), std::future_status::ready);
    EXPECT_THAT(stuck.rest(), HasSubstr("421 4.3.2"));
    EXPECT_EQ(running.counted("shield_limit_drain_time_total"), 1);
}

TEST(SmtpServerEnds, ADrainWithoutConnectionsIsDoneAtOnce)
{
    RunningServer running{1};
    std::promise<void> drained;
    running.server->drain([&] { drained.set_value(); });
    EXPECT_EQ(drained.get_future().wait_for(std::chrono::seconds{10}), std::future_status::ready);
}

TEST(SmtpServerEnds, ItsDestructorEndsEverySession)
{
    RunningServer running{2};
    auto idle = running.introduced();
    auto busy = running.introduced();
    busy.send(envelope_commands);
    running.server.reset();
    EXPECT_EQ(running.mail.alive, 0);
    EXPECT_THAT(idle.rest(), StartsWith("421 4.3.2"));
}

TEST(SmtpServerEnds, ItsDestructorWaitsForNoSessionOfAnEventLoopThatHasStopped)
{
    RunningServer running{1};
    auto client = running.introduced();
    running.io.stop();
    const auto begin = std::chrono::steady_clock::now();
    running.server.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{5});
}

}  // namespace
}  // namespace shield::net
