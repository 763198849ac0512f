// SPDX-License-Identifier: Apache-2.0
#include "running_server.hpp"
#include "sending.hpp"
#include "support/eventually.hpp"

#include <shield/net/smtp_client.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace shield::net {
namespace {

using core::DeliveryResult;
using support::eventually;
using support::ScriptedPeer;
using support::TcpClient;
using testing::HasSubstr;
using testing::StartsWith;

TEST(SmtpClient, DeliversToOurOwnServerOverOneConnection)
{
    RunningServer running{2};
    // Our server takes mail for our mailboxes only, so the recipient here is one of them.
    core::NoLog log;
    IoContext io{2};
    SmtpClient client{io, running.address, "client.example", {}, log, running.metrics};
    std::atomic<int> sent{0};
    for (int i = 0; i < 5; ++i) {
        client.send(
            {"", "shield@example.com", "Subject: " + std::to_string(i) + "\r\n\r\n.dot\r\n"},
            [](const std::function<void(bool)>& go_on) { go_on(true); },
            [&](const smtp::DeliveryOutcome& outcome) { sent += outcome.result == DeliveryResult::sent; });
        ASSERT_TRUE(eventually([&] { return sent == i + 1; }));
    }
    ASSERT_EQ(running.mail.mails().size(), 5U);
    EXPECT_EQ(running.mail.mails()[4].octets, "Subject: 4\r\n\r\n.dot\r\n");
    EXPECT_EQ(running.counted("shield_smtp_sessions_total"), 1);
}

TEST(SmtpClient, OpensNoMoreConnectionsThanItMayAndDeliversEverything)
{
    core::Limits limits;
    limits.delivery_concurrency_max = 3;
    limits.delivery_waiting_max = 200;
    RunningServer running{2};
    core::NoLog log;
    IoContext io{4};
    SmtpClient client{io, running.address, "client.example", limits, log, running.metrics};
    std::atomic<int> sent{0};
    constexpr int many = 100;
    for (int i = 0; i < many; ++i) {
        client.send(
            {"", "shield@example.com", "Subject: x\r\n\r\n"},
            [](const std::function<void(bool)>& go_on) { go_on(true); },
            [&](const smtp::DeliveryOutcome& outcome) { sent += outcome.result == DeliveryResult::sent; });
    }
    EXPECT_TRUE(eventually([&] { return sent == many; }));
    EXPECT_LE(running.counted("shield_smtp_sessions_total"), 3);
    EXPECT_EQ(running.mail.mails().size(), static_cast<std::size_t>(many));
}

TEST(SmtpClient, DefersWhatIsTooMuchToWait)
{
    core::Limits limits;
    limits.delivery_concurrency_max = 1;
    limits.delivery_waiting_max = 1;
    ScriptedPeer peer{{[](TcpClient& talk) { talk.closes_within(3000); }}};
    Sending sending{peer.address(), limits};
    sending.send("one");
    sending.send("two");
    sending.send("three");
    sending.wait_for(1);
    EXPECT_EQ(sending.outcomes()[0].result, DeliveryResult::deferred);
    EXPECT_THAT(sending.outcomes()[0].reply, HasSubstr("too many"));
    EXPECT_EQ(sending.counted("shield_limit_delivery_waiting_total"), 1);
    sending.end();
    sending.wait_for(3);  // the end tells everybody
}

TEST(SmtpClient, NothingFollows354WhenTheMarkCannotBeMade)
{
    std::string seen = "nothing";
    {
        ScriptedPeer peer{{[&](TcpClient& talk) {
            introduce(talk);
            answer(talk, "250 ok");
            answer(talk, "250 ok");
            answer(talk, "354 go on");
            seen = talk.rest();
        }}};
        Sending sending{peer.address()};
        EXPECT_EQ(sending.outcome_of("secret", false).result, DeliveryResult::deferred);
        EXPECT_EQ(sending.asked(), 1);
    }
    EXPECT_EQ(seen, "");
}

TEST(SmtpClient, AKeptConnectionThatDiedIsReplacedByANewOne)
{
    std::atomic<bool> gone{false};
    ScriptedPeer peer{{[&](TcpClient& talk) {
                           introduce(talk);
                           take_one(talk);
                           talk.reset();
                           gone = true;
                       },
                       [](TcpClient& talk) {
                           introduce(talk);
                           take_one(talk);
                           talk.line();
                       }}};
    Sending sending{peer.address()};
    EXPECT_EQ(sending.outcome_of("one").result, DeliveryResult::sent);
    ASSERT_TRUE(eventually([&] { return gone.load(); }));
    EXPECT_EQ(sending.outcome_of("two").result, DeliveryResult::sent);
    EXPECT_EQ(peer.calls(), 2);
}

TEST(SmtpClient, AFarewellThatCrossesTheNextMailCostsNothing)
{
    ScriptedPeer peer{{[](TcpClient& talk) {
                           introduce(talk);
                           take_one(talk);
                           talk.line();  // MAIL
                           talk.send("421 idle too long\r\n");
                       },
                       [](TcpClient& talk) {
                           introduce(talk);
                           take_one(talk);
                           talk.line();
                       }}};
    Sending sending{peer.address()};
    EXPECT_EQ(sending.outcome_of("one").result, DeliveryResult::sent);
    EXPECT_EQ(sending.outcome_of("two").result, DeliveryResult::sent);
    EXPECT_EQ(sending.asked(), 2);
}

TEST(SmtpClient, OnlyOneNewConnectionReplacesADeadOne)
{
    ScriptedPeer peer{{[](TcpClient& talk) {
                           introduce(talk);
                           take_one(talk);
                           talk.line();
                       },
                       [](TcpClient& talk) { introduce(talk); }, [](TcpClient& talk) { introduce(talk); }}};
    Sending sending{peer.address()};
    EXPECT_EQ(sending.outcome_of("one").result, DeliveryResult::sent);
    EXPECT_EQ(sending.outcome_of("two").result, DeliveryResult::deferred);
    EXPECT_EQ(peer.calls(), 2);
}

TEST(SmtpClient, SaysQuitWhenThereIsNothingMore)
{
    core::Limits limits;
    limits.peer_idle_max = 1;
    std::string last;
    {
        ScriptedPeer peer{{[&](TcpClient& talk) {
            introduce(talk);
            take_one(talk);
            last = talk.line();
        }}};
        Sending sending{peer.address(), limits};
        EXPECT_EQ(sending.outcome_of("one").result, DeliveryResult::sent);
        EXPECT_TRUE(eventually([&] { return peer.calls() == 1; }));
        std::this_thread::sleep_for(std::chrono::milliseconds{1500});
    }
    EXPECT_EQ(last, "QUIT");
}

TEST(SmtpClient, EveryWaitForThePeerEnds)
{
    core::Limits limits;
    limits.peer_greeting_wait_max = 1;
    limits.peer_command_wait_max = 1;
    limits.peer_data_wait_max = 1;
    limits.peer_final_wait_max = 1;
    const auto silent = [](TcpClient& peer) { peer.closes_within(5000); };
    const auto drips = [](TcpClient& peer) {
        introduce(peer);
        for (int i = 0; i < 40 && peer.send("2"); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
        }
    };
    const auto silent_after_data = [](TcpClient& peer) {
        introduce(peer);
        answer(peer, "250 ok");
        answer(peer, "250 ok");
        peer.closes_within(5000);
    };
    const auto silent_at_the_end = [](TcpClient& peer) {
        introduce(peer);
        answer(peer, "250 ok");
        answer(peer, "250 ok");
        answer(peer, "354 go on");
        content(peer);
        peer.closes_within(5000);
    };
    ScriptedPeer peer{{silent, drips, silent_after_data, silent_at_the_end}};
    Sending sending{peer.address(), limits};
    EXPECT_EQ(sending.outcome_of("one").result, DeliveryResult::deferred);
    EXPECT_EQ(sending.outcome_of("two").result, DeliveryResult::deferred);
    EXPECT_EQ(sending.outcome_of("three").result, DeliveryResult::deferred);
    EXPECT_EQ(sending.outcome_of("four").result, DeliveryResult::unknown);
    for (const auto& outcome : sending.outcomes()) {
        EXPECT_THAT(outcome.reply, HasSubstr("in time"));
    }
    for (const char* wait : {"greeting", "command", "data", "final"}) {
        EXPECT_EQ(sending.counted("shield_limit_peer_" + std::string{wait} + "_wait_total"), 1) << wait;
    }
    EXPECT_EQ(sending.counted("shield_limit_delivery_lease_total"), 0);
}

TEST(SmtpClient, ANextHopThatDoesNotReadTheContentIsDeferredOrUnknown)
{
    core::Limits limits;
    limits.peer_data_wait_max = 1;
    ScriptedPeer peer{{[](TcpClient& talk) {
        introduce(talk);
        answer(talk, "250 ok");
        answer(talk, "250 ok");
        answer(talk, "354 go on");
        std::this_thread::sleep_for(std::chrono::milliseconds{1500});  // closes_within() would read
    }}};
    Sending sending{peer.address(), limits};
    const auto outcome = sending.outcome_of(std::string(40'000'000, 'x'));
    EXPECT_NE(outcome.result, DeliveryResult::sent);
    EXPECT_THAT(outcome.reply, HasSubstr("in time"));
    EXPECT_EQ(sending.counted("shield_limit_peer_data_wait_total"), 1);
}

TEST(SmtpClient, ANextHopThatTakesNoConnectionIsGivenUpInTime)
{
    core::Limits limits;
    limits.peer_connect_wait_max = 1;
    support::TcpListener full{0};  // has room for one that nobody accepts; what comes then is left unanswered
    const TcpClient first{full.address()};
    Sending sending{full.address(), limits};
    const auto outcome = sending.outcome_of("one");
    EXPECT_EQ(outcome.result, DeliveryResult::deferred);
    EXPECT_THAT(outcome.reply, HasSubstr("no answer in time"));
    EXPECT_EQ(sending.counted("shield_limit_peer_connect_wait_total"), 1);
}

TEST(SmtpClient, NoAttemptOutlivesItsLease)
{
    core::Limits limits;
    limits.delivery_lease = 2;  // of which half is for the attempt
    ScriptedPeer peer{{[](TcpClient& talk) { talk.closes_within(5000); }}};
    Sending sending{peer.address(), limits};
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(sending.outcome_of("one").result, DeliveryResult::deferred);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{4});
    EXPECT_EQ(sending.counted("shield_limit_delivery_lease_total"), 1);
    EXPECT_EQ(sending.counted("shield_limit_peer_greeting_wait_total"), 0);
}

TEST(SmtpClient, CountsTheBoundsThatTheNextHopsWordsReach)
{
    core::Limits limits;
    limits.peer_reply_line_max = 100;
    ScriptedPeer peer{{[](TcpClient& talk) {
        talk.send("220 " + std::string(200, 'x') + "\r\n");
        talk.closes_within(3000);
    }}};
    Sending sending{peer.address(), limits};
    EXPECT_EQ(sending.outcome_of("one").result, DeliveryResult::deferred);
    EXPECT_EQ(sending.counted("shield_limit_peer_reply_line_total"), 1);
}

TEST(SmtpClient, ANextHopThatIsNotThereIsDeferredWithItsAddress)
{
    support::TcpListener closed;
    const auto address = closed.address();
    closed.close();
    Sending sending{address};
    const auto outcome = sending.outcome_of("one");
    EXPECT_EQ(outcome.result, DeliveryResult::deferred);
    EXPECT_THAT(outcome.reply, StartsWith("connect to " + address + ": "));
}

TEST(SmtpClient, FindsTheNextHopByName)
{
    ScriptedPeer peer{{[](TcpClient& talk) {
        introduce(talk);
        take_one(talk);
        talk.line();
    }}};
    Sending sending{"localhost" + peer.address().substr(peer.address().find(':'))};
    EXPECT_EQ(sending.outcome_of("one").result, DeliveryResult::sent);
}

TEST(SmtpClient, ItsEndTellsWhoIsUnderWay)
{
    ScriptedPeer peer{{[](TcpClient& talk) {
        introduce(talk);
        answer(talk, "250 ok");
        talk.closes_within(5000);
    }}};
    Sending sending{peer.address()};
    sending.send("one");
    ASSERT_TRUE(eventually([&] { return peer.calls() == 1; }));
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    sending.end();
    sending.wait_for(1);
    ASSERT_EQ(sending.outcomes().size(), 1U);
    EXPECT_EQ(sending.outcomes()[0].result, DeliveryResult::deferred);
}

}  // namespace
}  // namespace shield::net
