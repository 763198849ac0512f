// SPDX-License-Identifier: Apache-2.0
#include "support/dialogue.hpp"
#include "support/receipt.hpp"

#include <shield/core/ascii.hpp>
#include <shield/smtp/session.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace shield::smtp {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const core::Receipt receipt = store::Intake::receipt(*core::Reference::parse("SR-7F3K-92QX"));

core::Envelope reporter()
{
    core::Envelope connection;
    connection.client_address = "192.0.2.7";
    connection.client_port = 2525;
    return connection;
}

class SmtpSession : public testing::Test {
protected:
    // The replies of a client that says all this; fails when the driver would have to do anything but read.
    std::string say(std::string_view octets)
    {
        last = session.receive(octets);
        EXPECT_EQ(last.then, Then::read) << octets;
        return last.reply;
    }

    void begin(std::string_view recipients = "RCPT TO:<security@example.com>\r\n")
    {
        say("EHLO host.reporter.example\r\n");
        say("MAIL FROM:<Ada@Reporter.Example>\r\n");
        say(recipients);
    }

    Session session{tests::dialogue_policy(), reporter()};
    Action last;
};

TEST_F(SmtpSession, AnswersTheReceiptAndNothingElseWith250)
{
    begin();
    say("DATA\r\n");
    Action action = session.receive("a: b\r\n.\r\n");
    EXPECT_EQ(action.then, Then::deliver);
    EXPECT_EQ(action.reply, "");
    EXPECT_EQ(action.content, "a: b\r\n");
    EXPECT_EQ(session.accepted(receipt).reply, "250 2.0.0 Accepted as SR-7F3K-92QX\r\n");
}

TEST_F(SmtpSession, TellsTheEnvelope)
{
    say("EHLO host.reporter.example\r\n");
    say("MAIL FROM:<Ada@Reporter.Example> BODY=8BITMIME\r\n");
    say("RCPT TO:<Security+Tag@Example.com>\r\nRCPT TO:<postmaster>\r\n");
    say("DATA\r\n");
    ASSERT_EQ(session.receive(".\r\n").then, Then::deliver);
    const core::Envelope& envelope = session.envelope();
    EXPECT_EQ(envelope.client_address, "192.0.2.7");
    EXPECT_EQ(envelope.client_port, 2525);
    EXPECT_EQ(envelope.helo, "host.reporter.example");
    EXPECT_EQ(envelope.protocol, "ESMTP");
    EXPECT_EQ(envelope.reverse_path, "Ada@reporter.example");
    EXPECT_TRUE(envelope.eight_bit);
    EXPECT_FALSE(envelope.smtputf8);
    ASSERT_EQ(envelope.recipients.size(), 2U);
    EXPECT_EQ(envelope.recipients[0].address.to_string(), "Security+Tag@example.com");
    EXPECT_EQ(envelope.recipients[0].mailbox, "security@example.com");
    EXPECT_EQ(envelope.recipients[0].category, core::Category::urgent);
    EXPECT_TRUE(envelope.recipients[0].acknowledged);
    EXPECT_FALSE(envelope.recipients[1].acknowledged);
}

TEST_F(SmtpSession, NamesTheProtocolAsReceivedFieldsDo)
{
    const auto protocol_after = [](Protocol protocol, std::string_view octets) {
        Session one{tests::dialogue_policy(), {}, Offer{protocol}};
        (void)one.receive(octets);
        return one.envelope().protocol;
    };
    EXPECT_EQ(protocol_after(Protocol::smtp, "HELO h\r\nMAIL FROM:<>\r\n"), "SMTP");
    EXPECT_EQ(protocol_after(Protocol::smtp, "EHLO h\r\nMAIL FROM:<>\r\n"), "ESMTP");
    EXPECT_EQ(protocol_after(Protocol::lmtp, "LHLO h\r\nMAIL FROM:<>\r\n"), "LMTP");
    EXPECT_EQ(protocol_after(Protocol::smtp, "EHLO h\r\nMAIL FROM:<> SMTPUTF8\r\n"), "UTF8SMTP");
    EXPECT_EQ(protocol_after(Protocol::lmtp, "LHLO h\r\nMAIL FROM:<> SMTPUTF8\r\n"), "UTF8LMTP");
}

/// A session that has said STARTTLS.
Session asking_for_tls(Protocol protocol = Protocol::smtp)
{
    Session one{tests::dialogue_policy(), {}, Offer{protocol, Tls::starttls}};
    const Action action =
        one.receive(protocol == Protocol::smtp ? "EHLO h\r\nSTARTTLS\r\n" : "LHLO h\r\nSTARTTLS\r\n");
    EXPECT_EQ(action.then, Then::start_tls);
    return one;
}

TEST_F(SmtpSession, NamesTheProtocolWithAnSUnderTls)
{
    const auto protocol_after = [](Protocol protocol, std::string_view octets) {
        Session one = asking_for_tls(protocol);
        (void)one.secured("TLSv1.3 TLS_AES_256_GCM_SHA384");
        (void)one.receive(octets);
        EXPECT_EQ(one.envelope().tls, "TLSv1.3 TLS_AES_256_GCM_SHA384");
        return one.envelope().protocol;
    };
    EXPECT_EQ(protocol_after(Protocol::smtp, "HELO h\r\nMAIL FROM:<>\r\n"), "SMTP");
    EXPECT_EQ(protocol_after(Protocol::smtp, "EHLO h\r\nMAIL FROM:<>\r\n"), "ESMTPS");
    EXPECT_EQ(protocol_after(Protocol::lmtp, "LHLO h\r\nMAIL FROM:<>\r\n"), "LMTPS");
    EXPECT_EQ(protocol_after(Protocol::smtp, "EHLO h\r\nMAIL FROM:<> SMTPUTF8\r\n"), "UTF8SMTPS");
    EXPECT_EQ(protocol_after(Protocol::lmtp, "LHLO h\r\nMAIL FROM:<> SMTPUTF8\r\n"), "UTF8LMTPS");
}

TEST_F(SmtpSession, EndsWhenOctetsFollowStarttls)
{
    Session one{tests::dialogue_policy(), {}, Offer{Protocol::smtp, Tls::starttls}};
    const Action action = one.receive("EHLO h\r\nSTARTTLS\r\nMAIL FROM:<forged@bank.example>\r\n");
    EXPECT_EQ(action.then, Then::close);
    EXPECT_THAT(action.reply, testing::EndsWith("421 4.7.0 mx.example.com Octets behind STARTTLS, closing\r\n"));
    EXPECT_FALSE(one.in_transaction());
}

TEST_F(SmtpSession, StaysInClearTextWhenTlsIsNotAvailable)
{
    Session one = asking_for_tls();
    EXPECT_EQ(one.tls_unavailable().reply, "454 4.7.0 TLS is not available now\r\n");
    EXPECT_THAT(one.receive("MAIL FROM:<>\r\n").reply, StartsWith("250"));
    EXPECT_EQ(one.envelope().tls, "");
}

TEST_F(SmtpSession, ForgetsAtTheHandshakeWhatWasSaidBefore)
{
    Session one = asking_for_tls();
    EXPECT_EQ(one.tls_begins().reply, "220 2.0.0 Ready to start TLS\r\n");
    EXPECT_EQ(one.secured("TLSv1.2 x"), Action{});
    EXPECT_EQ(one.envelope().helo, "");
    EXPECT_THAT(one.receive("MAIL FROM:<>\r\n").reply, StartsWith("503"));
}

TEST_F(SmtpSession, CountsErrorsOnAcrossAHandshake)
{
    core::Limits limits;
    limits.session_errors_max = 2;
    Session one{tests::dialogue_policy(limits), {}, Offer{Protocol::smtp, Tls::starttls}};
    (void)one.receive("EHLO h\r\nFROB\r\nFROB\r\nSTARTTLS\r\n");
    (void)one.secured("TLSv1.2 x");
    EXPECT_EQ(one.receive("FROB\r\n").then, Then::close);
}

TEST_F(SmtpSession, BareLfDotDoesNotEndTheMessage)
{
    begin();
    say("DATA\r\n");
    EXPECT_EQ(say("text\n.\nMAIL FROM:<forged@bank.example>\r\n"), "");
    EXPECT_THAT(say(".\r\n"), StartsWith("554 5.6.0"));
    EXPECT_THAT(last.content, IsEmpty());
    EXPECT_FALSE(session.in_transaction());
}

TEST_F(SmtpSession, HasTheDriverDropContentThatItKeptAlready)
{
    begin();
    say("DATA\r\n");
    say("a: b\r\n");
    EXPECT_EQ(last.content, "a: b\r\n");
    const Action action = session.receive("bare \n feed\r\n.\r\nNOOP\r\n");
    EXPECT_EQ(action.then, Then::discard);
    EXPECT_EQ(action.content, "");
    EXPECT_THAT(action.reply, StartsWith("554 5.6.0"));
    EXPECT_EQ(session.resume().reply, "250 2.0.0 Ok\r\n");
}

TEST_F(SmtpSession, HasTheDriverDropChunksAtRset)
{
    begin();
    say("BDAT 3\r\nabc");
    EXPECT_EQ(last.content, "abc");
    EXPECT_EQ(session.receive("RSET\r\n").then, Then::discard);
    EXPECT_EQ(session.resume(), Action{});
    EXPECT_FALSE(session.in_transaction());
}

TEST_F(SmtpSession, HasTheDriverDropChunksAtEhlo)
{
    begin();
    say("BDAT 3\r\nabc");
    EXPECT_EQ(session.receive("EHLO again\r\n").then, Then::discard);
}

TEST_F(SmtpSession, KeepsNothingOfAChunkThatIsTooBig)
{
    core::Limits limits;
    limits.message_size_max = 10;
    Session one{tests::dialogue_policy(limits), {}};
    (void)one.receive("EHLO h\r\nMAIL FROM:<>\r\nRCPT TO:<shield@example.com>\r\n");
    EXPECT_EQ(one.receive("BDAT 11\r\n0123").content, "");
    EXPECT_THAT(one.receive("4567890").reply, StartsWith("552 5.3.4"));
}

TEST_F(SmtpSession, NamesARepeatedRecipientOnce)
{
    begin("RCPT TO:<security@example.com>\r\nRCPT TO:<security@EXAMPLE.com>\r\nRCPT TO:<help@example.com>\r\n");
    EXPECT_EQ(session.envelope().recipients.size(), 2U);
}

TEST_F(SmtpSession, KeepsWhatFollowsAMessageUntilItsOutcome)
{
    begin();
    say("DATA\r\n");
    EXPECT_EQ(session.receive(".\r\nNOOP\r\n").then, Then::deliver);
    EXPECT_EQ(session.receive("QUIT\r\n"), Action{});  // a driver that reads ahead
    const Action action = session.accepted(receipt);
    EXPECT_EQ(action.reply, "250 2.0.0 Accepted as SR-7F3K-92QX\r\n250 2.0.0 Ok\r\n221 2.0.0 Bye\r\n");
    EXPECT_EQ(action.then, Then::close);
}

TEST_F(SmtpSession, IsInATransactionFromMailToTheReply)
{
    EXPECT_FALSE(session.in_transaction());
    begin();
    EXPECT_TRUE(session.in_transaction());
    say("DATA\r\n");
    (void)session.receive(".\r\n");
    EXPECT_TRUE(session.in_transaction());
    (void)session.accepted(receipt);
    EXPECT_FALSE(session.in_transaction());
}

TEST_F(SmtpSession, AnswersEachRefusalOfTheStoreWithItsCode)
{
    const auto reply_to = [](core::Refusal why) {
        Session one{tests::dialogue_policy(), {}};
        (void)one.receive("EHLO h\r\nMAIL FROM:<>\r\nRCPT TO:<shield@example.com>\r\nDATA\r\n.\r\n");
        return one.refused(why);
    };
    EXPECT_THAT(reply_to(core::Refusal::disk_full).reply, StartsWith("452 4.3.1 "));
    EXPECT_THAT(reply_to(core::Refusal::store_failed).reply, StartsWith("451 4.3.0 "));
    EXPECT_THAT(reply_to(core::Refusal::overloaded).reply, StartsWith("452 4.3.2 "));
    EXPECT_THAT(reply_to(core::Refusal::row_refused).reply, StartsWith("451 4.3.0 "));
    EXPECT_EQ(reply_to(core::Refusal::row_refused).then, Then::read);
    EXPECT_THAT(reply_to(core::Refusal::shutting_down).reply, StartsWith("421 4.3.2 mx.example.com "));
    EXPECT_EQ(reply_to(core::Refusal::shutting_down).then, Then::close);
}

TEST_F(SmtpSession, SaysWhyItEndsWhenTheDriverEndsIt)
{
    begin();
    const Action action = session.timed_out();
    EXPECT_THAT(action.reply, StartsWith("421 4.4.2 mx.example.com "));
    EXPECT_EQ(action.then, Then::close);
    EXPECT_FALSE(session.in_transaction());
    EXPECT_EQ(session.receive("NOOP\r\n").then, Then::close);
    EXPECT_EQ(session.receive("NOOP\r\n").reply, "");
    EXPECT_EQ(session.shutting_down().reply, "");  // it has said its last word
    Session other{tests::dialogue_policy(), {}};
    EXPECT_THAT(other.shutting_down().reply, StartsWith("421 4.3.2 mx.example.com "));
    Session third{tests::dialogue_policy(), {}};
    EXPECT_EQ(third.failed().reply, "421 4.3.0 mx.example.com Internal error, closing\r\n");
}

TEST_F(SmtpSession, SaysWhyToAClientThatGetsNone)
{
    EXPECT_EQ(too_many_connections(*tests::dialogue_policy()),
              "421 4.7.0 mx.example.com Too many connections, try again later\r\n");
}

TEST_F(SmtpSession, IgnoresAnOutcomeThatComesAfterTheEnd)
{
    begin();
    say("DATA\r\n");
    (void)session.receive(".\r\n");
    (void)session.timed_out();
    EXPECT_EQ(session.accepted(receipt).reply, "");
    EXPECT_EQ(session.refused(core::Refusal::disk_full).then, Then::close);
}

TEST_F(SmtpSession, ForgetsErrorsWithEveryMessageAccepted)
{
    for (int message = 0; message < 3; ++message) {
        begin();
        for (int error = 0; error < 20; ++error) {
            EXPECT_THAT(say("RCPT TO:<nobody@example.com>\r\n"), StartsWith("550 5.1.1"));
        }
        say("DATA\r\n");
        ASSERT_EQ(session.receive(".\r\n").then, Then::deliver);
        (void)session.accepted(receipt);
    }
}

TEST_F(SmtpSession, NamesTheBoundsThatWereReached)
{
    core::Limits limits;
    limits.message_size_max = 10;
    limits.recipients_max = 1;
    limits.session_errors_slow = 100;
    Session one{tests::dialogue_policy(limits), {}};
    (void)one.receive("EHLO h\r\n");
    EXPECT_THAT(one.receive("MAIL FROM:<> SIZE=11\r\n").reached, ElementsAre(&core::Limits::message_size_max));
    EXPECT_THAT(one.receive("MAIL FROM:<>\r\nRCPT TO:<shield@example.com>\r\n").reached, IsEmpty());
    EXPECT_THAT(one.receive("RCPT TO:<help@example.com>\r\n").reached, ElementsAre(&core::Limits::recipients_max));
    EXPECT_THAT(one.receive("DATA\r\n0123456789\r\n.\r\n").reached, ElementsAre(&core::Limits::message_size_max));
    EXPECT_THAT(one.receive(std::string(3000, 'x') + "\r\n").reached, ElementsAre(&core::Limits::command_line_max));
    EXPECT_THAT(
        one.receive("a\r\nb\r\nc\r\nd\r\ne\r\nf\r\ng\r\nh\r\ni\r\nj\r\nk\r\nl\r\nm\r\nn\r\no\r\np\r\nq\r\nr\r\n"
                    "s\r\nt\r\nu\r\n")
            .reached,
        ElementsAre(&core::Limits::session_errors_max));
}

TEST_F(SmtpSession, RefusesWhoDidNotWaitForTheGreetingAndReadsNothingOfIt)
{
    const Action action = session.talked_too_soon();
    EXPECT_EQ(action.reply, "554 5.5.1 You did not wait for the greeting\r\n");
    EXPECT_EQ(action.then, Then::close);
    EXPECT_THAT(action.reached, ElementsAre(&core::Limits::greeting_pause));
    EXPECT_EQ(session.receive("NOOP\r\n").then, Then::close);
}

TEST_F(SmtpSession, HoldsMessagesAtMailAndNothingElse)
{
    say("EHLO host.reporter.example\r\n");
    session.hold_messages(&core::Limits::network_messages_minute_max);
    EXPECT_THAT(say("MAIL FROM:<a@b.example>\r\n"), StartsWith("450 4.7.1"));
    EXPECT_THAT(last.reached, ElementsAre(&core::Limits::network_messages_minute_max));
    EXPECT_EQ(last.pauses, 0U);
    EXPECT_THAT(say("NOOP\r\n"), StartsWith("250"));
    EXPECT_FALSE(session.in_transaction());
    session.hold_messages(nullptr);
    EXPECT_THAT(say("MAIL FROM:<a@b.example>\r\n"), StartsWith("250"));
    session.hold_messages(&core::Limits::client_messages_minute_max);
    EXPECT_THAT(say("RCPT TO:<security@example.com>\r\n"), StartsWith("250")) << "what has begun goes on";
}

TEST_F(SmtpSession, TakesOnlyMailboxesForAttacksIntoTheLastOfTheDisk)  // disk_reserve_attack
{
    say("EHLO host.reporter.example\r\n");
    session.take_only_attacks(true);
    EXPECT_THAT(say("MAIL FROM:<a@b.example>\r\n"), StartsWith("250"));
    EXPECT_THAT(say("RCPT TO:<postmaster@example.com>\r\n"), StartsWith("452 4.3.1"));
    EXPECT_THAT(last.reached, ElementsAre(&core::Limits::disk_reserve_attack));
    EXPECT_EQ(last.pauses, 0U);
    EXPECT_THAT(say("DATA\r\n"), StartsWith("503"));
    EXPECT_THAT(say("RCPT TO:<shield@example.com>\r\n"), StartsWith("250"));
    session.take_only_attacks(false);
    EXPECT_THAT(say("RCPT TO:<postmaster@example.com>\r\n"), StartsWith("250"));
}

TEST_F(SmtpSession, EndsTheConversationOfWhoTriesHeldMessagesAgainAndAgain)
{
    say("EHLO host.reporter.example\r\n");
    session.hold_messages(&core::Limits::client_messages_minute_max);
    std::string flood;
    for (int i = 0; i < 1000; ++i) {
        flood += "MAIL FROM:<a@b.example>\r\n";
    }
    const Action action = session.receive(flood);
    EXPECT_EQ(action.then, Then::close);
    EXPECT_THAT(action.reply, HasSubstr("421 4.7.0"));
}

TEST_F(SmtpSession, AsksForAPauseForEachErrorPastAFew)  // session_errors_slow
{
    const core::Limits limits;
    for (std::uint64_t i = 0; i < limits.session_errors_slow; ++i) {
        say("X\r\n");
        EXPECT_EQ(last.pauses, 0U);
    }
    say("X\r\n");
    EXPECT_EQ(last.pauses, 1U);
    say("X\r\nNOOP\r\nX\r\n");
    EXPECT_EQ(last.pauses, 2U);
}

TEST_F(SmtpSession, TellsWhatItRefusesForItsSize)
{
    core::Limits limits;
    limits.message_size_max = 10;
    Session one{tests::dialogue_policy(limits), reporter()};
    (void)one.receive("EHLO h\r\n");
    const Action announced = one.receive("MAIL FROM:<ada@reporter.example> SIZE=11\r\n");
    EXPECT_THAT(announced.reply, StartsWith("552 5.3.4 Message too big; send the text without the file"));
    EXPECT_THAT(announced.refused,
                ElementsAre(core::RefusedMessage{{}, "192.0.2.7", "ada@reporter.example", "", 11}));
    const std::string envelope =
        "MAIL FROM:<ada@reporter.example>\r\nRCPT TO:<help@example.com>\r\nRCPT TO:<shield@example.com>\r\n";
    EXPECT_THAT(
        one.receive(envelope + "DATA\r\n0123456789\r\n.\r\n").refused,
        ElementsAre(core::RefusedMessage{{}, "192.0.2.7", "ada@reporter.example", "shield@example.com", 12}));
    Action chunk = one.receive(envelope + "BDAT 11\r\n01234567890");
    EXPECT_THAT(chunk.reply, HasSubstr("552 5.3.4"));
    ASSERT_EQ(chunk.refused.size(), 1U);
    EXPECT_EQ(chunk.refused[0].size, 11U);
    EXPECT_THAT(one.receive("BDAT 1\r\n1BDAT 1 LAST\r\n1").reply, HasSubstr("552"));
}

TEST_F(SmtpSession, KnowsWhenItReadsContent)
{
    EXPECT_FALSE(session.in_content());
    begin();
    EXPECT_FALSE(session.in_content());
    say("DATA\r\n");
    EXPECT_TRUE(session.in_content());
    EXPECT_THAT(session.too_slow().reply, StartsWith("421 4.4.2"));
    Session other{tests::dialogue_policy(), reporter()};
    (void)other.receive("EHLO h\r\nMAIL FROM:<>\r\nRCPT TO:<security@example.com>\r\nBDAT 10\r\n01234");
    EXPECT_TRUE(other.in_content());
    (void)other.receive("56789");
    EXPECT_FALSE(other.in_content());
    EXPECT_THAT(other.make_room().reply, StartsWith("421 4.7.0"));
}

TEST_F(SmtpSession, SaysLittleHoweverMuchAFloodAsks)
{
    std::string flood;
    for (int i = 0; i < 100000; ++i) {
        flood += "EHLO x\r\n";
    }
    const Action action = session.receive(flood);
    EXPECT_EQ(action.then, Then::close);
    EXPECT_LT(action.reply.size(), 64U * 1024U);
    EXPECT_THAT(action.reply, HasSubstr("421 4.7.0"));
}

TEST_F(SmtpSession, RepliesInLinesOfAtMost512Octets)
{
    const auto policy =
        std::make_shared<const Policy>(Policy{core::Mailboxes::make(std::string(255, 'h'), {}).value(), {}});
    Session one{policy, {}};
    std::string all = one.greet().reply + one.receive("EHLO x\r\nHELO x\r\nHELP\r\n").reply +
                      one.timed_out().reply + too_many_connections(*policy) + too_many_of_network(*policy);
    for (const std::string_view line : core::split(all, '\n')) {
        EXPECT_LE(line.size() + 1, 512U);
    }
}

}  // namespace

}  // namespace shield::smtp
