// SPDX-License-Identifier: Apache-2.0
#include "running_server.hpp"
#include "support/eventually.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
class SmtpServerOnThreads : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Threads, SmtpServerOnThreads, testing::Values(1U, 4U));

TEST_P(SmtpServerOnThreads, HoldsADialogue)
{
    RunningServer running{GetParam()};
    TcpClient client{running.address};
    EXPECT_THAT(client.reply(), StartsWith("220 mx.example.com"));
    client.send("EHLO client.example\r\n");
    EXPECT_THAT(client.reply(), HasSubstr("PIPELINING"));
    EXPECT_THAT(deliver(client, small_message), StartsWith("250 2.0.0"));
    client.send("QUIT\r\n");
    EXPECT_THAT(client.rest(), StartsWith("221"));

    ASSERT_EQ(running.mail.mails().size(), 1U);
    const auto mail = running.mail.mails().front();
    EXPECT_EQ(mail.octets, small_message);
    EXPECT_EQ(mail.envelope.client_address, "127.0.0.1");
    EXPECT_NE(mail.envelope.client_port, 0);
    EXPECT_EQ(mail.envelope.helo, "client.example");
    EXPECT_EQ(mail.envelope.reverse_path, "reporter@example.net");
    EXPECT_EQ(mail.envelope.received_at, core::from_unix_ms(1'764'000'000'000));
    EXPECT_TRUE(eventually(
        [&] { return running.log.count("session client=127.0.0.1 helo=client.example accepted=1") == 1; }));
    EXPECT_EQ(running.counted("shield_smtp_messages_total", R"(result="accepted")"), 1);
}

TEST_P(SmtpServerOnThreads, TakesAMessageInOneWriteAndOctetByOctet)
{
    RunningServer running{GetParam()};
    const std::string dialogue = "EHLO client.example\r\n" + std::string{envelope_commands} +
                                 std::string{small_message} + ".\r\n" + "QUIT\r\n";
    TcpClient whole{running.address};
    whole.send(dialogue);
    EXPECT_THAT(whole.rest(), EndsWith("221 2.0.0 Bye\r\n"));

    TcpClient slow{running.address};
    for (const char octet : dialogue) {
        slow.send({&octet, 1});
    }
    EXPECT_THAT(slow.rest(), EndsWith("221 2.0.0 Bye\r\n"));
    ASSERT_EQ(running.mail.mails().size(), 2U);
    EXPECT_EQ(running.mail.mails()[0].octets, small_message);
    EXPECT_EQ(running.mail.mails()[1].octets, small_message);
}

TEST_P(SmtpServerOnThreads, TakesManyPipelinedMessagesInOrder)
{
    RunningServer running{GetParam()};
    auto client = running.introduced();
    std::string all;
    constexpr int messages = 50;
    for (int i = 0; i < messages; ++i) {
        all += std::string{envelope_commands} + "Subject: " + std::to_string(i) + "\r\n\r\n.\r\n";
    }
    std::thread sender{[&] { client.send(all + "QUIT\r\n"); }};
    const auto heard = client.rest();
    sender.join();
    EXPECT_THAT(heard, EndsWith("221 2.0.0 Bye\r\n"));
    const auto mails = running.mail.mails();
    ASSERT_EQ(mails.size(), static_cast<std::size_t>(messages));
    for (int i = 0; i < messages; ++i) {
        EXPECT_EQ(mails[static_cast<std::size_t>(i)].octets, "Subject: " + std::to_string(i) + "\r\n\r\n");
    }
}

TEST_P(SmtpServerOnThreads, KeepsEveryOctetOfALargeMessage)
{
    RunningServer running{GetParam()};
    auto client = running.introduced();
    std::string octets = "Subject: large\r\n\r\n";
    while (octets.size() < 8'000'000) {
        octets += "line " + std::to_string(octets.size()) + "\r\n";
    }
    EXPECT_THAT(deliver(client, octets), StartsWith("250"));
    ASSERT_EQ(running.mail.mails().size(), 1U);
    EXPECT_EQ(running.mail.mails()[0].octets, octets);
}

TEST_P(SmtpServerOnThreads, ServesFiveHundredConnectionsAtOnce)
{
    RunningServer running{GetParam()};
    constexpr int many = 500;
    std::vector<TcpClient> clients;
    for (int i = 0; i < many; ++i) {
        clients.emplace_back(running.address);
    }
    for (auto& client : clients) {
        client.send("EHLO client.example\r\n" + std::string{envelope_commands} + std::string{small_message} +
                    ".\r\n");
    }
    for (auto& client : clients) {
        ASSERT_THAT(client.reply(), StartsWith("220"));
        ASSERT_THAT(client.reply(), StartsWith("250"));
        client.reply();
        client.reply();
        ASSERT_THAT(client.reply(), StartsWith("354"));
        ASSERT_THAT(client.reply(), StartsWith("250 2.0.0"));
    }
    EXPECT_EQ(running.metrics.gauge("shield_smtp_connections", {}), many);
    clients.clear();
    EXPECT_TRUE(eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 0; }));
    EXPECT_EQ(running.mail.mails().size(), static_cast<std::size_t>(many));
    EXPECT_EQ(running.mail.alive, 0);
}

TEST_P(SmtpServerOnThreads, AnswersManyMessagesThatBecomeDurableTogether)
{
    RunningServer running{GetParam()};
    running.mail.answer = KeptMail::Answer::when_told;
    std::vector<TcpClient> clients;
    constexpr std::size_t many = 40;
    for (std::size_t i = 0; i < many; ++i) {
        clients.push_back(running.introduced());
        clients.back().send(std::string{envelope_commands} + std::string{small_message} + ".\r\nNOOP\r\n");
    }
    ASSERT_TRUE(eventually([&] { return running.mail.waiting() == many; }));
    running.mail.answer_all();
    for (auto& client : clients) {
        client.reply();
        client.reply();
        client.reply();
        EXPECT_THAT(client.reply(), StartsWith("250 2.0.0 Accepted"));
        EXPECT_THAT(client.reply(), StartsWith("250"));
    }
}

TEST_P(SmtpServerOnThreads, AMessageIsKeptThoughItsClientVanishesWhileTheStoreWrites)
{
    RunningServer running{GetParam()};
    running.mail.answer = KeptMail::Answer::when_told;
    auto client = running.introduced();
    client.send(std::string{envelope_commands} + std::string{small_message} + ".\r\n");
    ASSERT_TRUE(eventually([&] { return running.mail.waiting() == 1; }));
    client.reset();
    running.mail.answer_all();
    EXPECT_TRUE(eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 0; }));
    EXPECT_EQ(running.mail.mails().size(), 1U);
    EXPECT_EQ(running.log.count("accepted=1"), 1U);
}

TEST(SmtpServer, SaysWhyTheStoreRefused)
{
    RunningServer running{1};
    running.mail.answer = KeptMail::Answer::refuse;
    auto client = running.introduced();
    EXPECT_THAT(deliver(client, small_message), StartsWith("452 4.3.1"));
    EXPECT_EQ(running.counted("shield_smtp_messages_total", R"(result="disk_full")"), 1);
    running.mail.answer = KeptMail::Answer::at_once;
    EXPECT_THAT(deliver(client, small_message), StartsWith("250"));
}

TEST(SmtpServer, RefusesAtItsEndAMessageThatCannotBeKept)
{
    RunningServer running{1};
    running.mail.answer = KeptMail::Answer::throw_on_keep;
    auto client = running.introduced();
    EXPECT_THAT(deliver(client, std::string(300'000, 'a').insert(1000, "\r\n") + "\r\n"), StartsWith("5"));
    EXPECT_THAT(deliver(client, small_message), StartsWith("451 4.3.0"));
    EXPECT_EQ(running.log.count("keep_failed"), 2U) << "once a message";
    running.mail.answer = KeptMail::Answer::at_once;
    EXPECT_THAT(deliver(client, small_message), StartsWith("250"));
    EXPECT_EQ(running.mail.mails().size(), 1U);
}

TEST(SmtpServer, RefusesAtItsEndAsToldAMessageThatHasNoRoom)
{
    RunningServer running{1};
    running.mail.answer = KeptMail::Answer::no_room;
    auto client = running.introduced();
    EXPECT_THAT(deliver(client, small_message), StartsWith("452 4.3.1"));
    EXPECT_EQ(running.counted("shield_smtp_messages_total", R"(result="disk_full")"), 1);
    EXPECT_GE(running.mail.discarded, 1) << "what was kept before goes at once";
}

TEST(SmtpServer, AStoreThatThrowsOnSubmitCostsOneMessage)
{
    RunningServer running{1};
    running.mail.answer = KeptMail::Answer::throw_on_submit;
    auto client = running.introduced();
    EXPECT_THAT(deliver(client, small_message), StartsWith("451 4.3.0"));
    running.mail.answer = KeptMail::Answer::at_once;
    EXPECT_THAT(deliver(client, small_message), StartsWith("250"));
}

TEST(SmtpServer, NamesTheAddressItCannotListenOn)
{
    RunningServer running{1};
    for (const std::string& address :
         {running.address, std::string{"192.0.2.1:25"}, std::string{"nonsense"}, std::string{"localhost:25"},
          std::string{"[::1:25"}, std::string{"1.2.3.4:99999"}}) {
        try {
            static_cast<void>(running.server->listen(address));
            ADD_FAILURE() << address;
        } catch (const std::system_error& error) {
            EXPECT_THAT(error.what(), HasSubstr(address));
        }
    }
}

TEST(SmtpServer, TakesOverAListeningSocket)
{
    RunningServer running{1};
    support::TcpListener inherited;
    const auto address = inherited.address();
    EXPECT_EQ(running.server->adopt(inherited.release()), address);
    TcpClient client{address};
    EXPECT_THAT(client.reply(), StartsWith("220"));
}

TEST(SmtpServer, RefusesToTakeOverWhatDoesNotListen)
{
    RunningServer running{1};
    EXPECT_THROW(static_cast<void>(running.server->adopt(::dup(0))), std::system_error);
}

TEST(SmtpServer, SpeaksLmtp)
{
    RunningServer running{1, {}, {{smtp::Protocol::lmtp}}};
    TcpClient client{running.address};
    client.reply();
    client.send("LHLO relay.example\r\n");
    client.reply();
    EXPECT_THAT(deliver(client, small_message), StartsWith("250 2.0.0"));
    EXPECT_EQ(running.mail.mails().front().envelope.protocol, "LMTP");
}

}  // namespace
}  // namespace shield::net
