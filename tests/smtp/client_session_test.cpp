// SPDX-License-Identifier: Apache-2.0
#include <shield/smtp/client_session.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shield::smtp {

namespace {

using core::DeliveryResult;

constexpr std::string_view greeting = "220 relay.example ESMTP\r\n";
constexpr std::string_view plain_ehlo = "250 relay.example\r\n";
constexpr std::string_view full_ehlo =
    "250-relay.example\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n";

OutgoingMail mail()
{
    return {"", "ada@reporter.example", "Subject: x\r\n\r\n.hello\r\n"};
}

class SmtpClient : public testing::Test {
protected:
    // Up to where a mail can begin.
    void connect(std::string_view ehlo)
    {
        EXPECT_EQ(client.start(), ClientAction{});
        EXPECT_EQ(client.wait(), ClientWait::greeting);
        EXPECT_EQ(client.receive(greeting), (ClientAction{"EHLO mx.example.com\r\n", ClientThen::read}));
        EXPECT_EQ(client.receive(ehlo), (ClientAction{"", ClientThen::ready}));
    }

    // Up to the mark before the content.
    void reach_commit()
    {
        connect(full_ehlo);
        (void)client.begin(mail());
        EXPECT_EQ(client.receive("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go\r\n").then, ClientThen::commit);
    }

    ClientSession client{"mx.example.com", core::Limits{}};
};

TEST_F(SmtpClient, SpeaksOneCommandAtATimeToASimplePeer)
{
    connect(plain_ehlo);
    EXPECT_EQ(client.begin(mail()), (ClientAction{"MAIL FROM:<>\r\n", ClientThen::read}));
    EXPECT_EQ(client.wait(), ClientWait::command);
    EXPECT_EQ(client.receive("250 Ok\r\n"), (ClientAction{"RCPT TO:<ada@reporter.example>\r\n", ClientThen::read}));
    EXPECT_EQ(client.receive("250 Ok\r\n"), (ClientAction{"DATA\r\n", ClientThen::read}));
    EXPECT_EQ(client.wait(), ClientWait::data);
    EXPECT_EQ(client.receive("354 Go\r\n"), (ClientAction{"", ClientThen::commit}));
    EXPECT_EQ(client.commit(), (ClientAction{"Subject: x\r\n\r\n..hello\r\n.\r\n", ClientThen::read}));
    EXPECT_EQ(client.wait(), ClientWait::final_reply);
    EXPECT_EQ(client.receive("250 2.0.0 Queued as 1\r\n"), (ClientAction{"", ClientThen::done}));
    EXPECT_EQ(client.outcome(), (DeliveryOutcome{DeliveryResult::sent, "250 2.0.0 Queued as 1"}));
    EXPECT_EQ(client.quit(), (ClientAction{"QUIT\r\n", ClientThen::close}));
}

TEST_F(SmtpClient, PipelinesTheEnvelope)
{
    connect(full_ehlo);
    EXPECT_EQ(
        client.begin(mail()),
        (ClientAction{"MAIL FROM:<> SIZE=22\r\nRCPT TO:<ada@reporter.example>\r\nDATA\r\n", ClientThen::read}));
    EXPECT_EQ(client.receive("250 Ok\r\n"), (ClientAction{"", ClientThen::read}));
    EXPECT_EQ(client.receive("250 Ok\r\n354 Go\r\n"), (ClientAction{"", ClientThen::commit}));
}

TEST_F(SmtpClient, FallsBackToHelo)
{
    (void)client.start();
    (void)client.receive(greeting);
    EXPECT_EQ(client.receive("502 5.5.1 No\r\n"), (ClientAction{"HELO mx.example.com\r\n", ClientThen::read}));
    EXPECT_EQ(client.receive("250 relay.example\r\n"), (ClientAction{"", ClientThen::ready}));
    EXPECT_EQ(client.begin(mail()), (ClientAction{"MAIL FROM:<>\r\n", ClientThen::read}));
}

TEST_F(SmtpClient, TakesRepliesCutAnywhereAndLinesThatEndInABareLf)
{
    const std::string replies = "220-relay\n220 relay\r\n";
    for (const char octet : replies.substr(0, replies.size() - 1)) {
        EXPECT_EQ(client.receive({&octet, 1}), ClientAction{});
    }
    EXPECT_EQ(client.receive("\n").output, "EHLO mx.example.com\r\n");
}

TEST_F(SmtpClient, SendsSeveralMailsOverOneConnectionWithoutRset)
{
    reach_commit();
    (void)client.commit();
    EXPECT_EQ(client.receive("250 Ok\r\n").then, ClientThen::done);
    EXPECT_EQ(client.begin(mail()).output.substr(0, 4), "MAIL");
    EXPECT_EQ(client.receive("250 Ok\r\n250 Ok\r\n354 Go\r\n").then, ClientThen::commit);
    (void)client.commit();
    EXPECT_EQ(client.receive("452 4.3.1 Full\r\n").then, ClientThen::done);
    EXPECT_EQ(client.outcome(), (DeliveryOutcome{DeliveryResult::deferred, "452 4.3.1 Full"}));
    EXPECT_EQ(client.begin(mail()).output.substr(0, 4), "MAIL");
}

TEST_F(SmtpClient, ResetsOnlyWhatAPeerStillHolds)
{
    connect(plain_ehlo);
    (void)client.begin(mail());
    (void)client.receive("250 Ok\r\n");
    EXPECT_EQ(client.receive("550 5.1.1 Nobody\r\n"), (ClientAction{"", ClientThen::done}));
    EXPECT_EQ(client.outcome(), (DeliveryOutcome{DeliveryResult::failed, "550 5.1.1 Nobody"}));
    EXPECT_EQ(client.begin(mail()), (ClientAction{"RSET\r\n", ClientThen::read}));
    EXPECT_EQ(client.receive("250 Ok\r\n"), (ClientAction{"MAIL FROM:<>\r\n", ClientThen::read}));
    EXPECT_EQ(client.receive("451 4.7.1 Later\r\n"), (ClientAction{"", ClientThen::done}));
    EXPECT_EQ(client.outcome(), (DeliveryOutcome{DeliveryResult::deferred, "451 4.7.1 Later"}));
    EXPECT_EQ(client.begin(mail()), (ClientAction{"MAIL FROM:<>\r\n", ClientThen::read}));
}

TEST_F(SmtpClient, EndsAMessageThatNobodyGetsWithALoneDot)  // RFC 2920 section 3.1
{
    connect(full_ehlo);
    (void)client.begin(mail());
    EXPECT_EQ(client.receive("250 Ok\r\n550 5.1.1 Nobody\r\n354 Go\r\n"),
              (ClientAction{".\r\n", ClientThen::read}));
    EXPECT_EQ(client.receive("554 5.5.1 No recipients\r\n"), (ClientAction{"", ClientThen::done}));
    EXPECT_EQ(client.outcome(), (DeliveryOutcome{DeliveryResult::failed, "550 5.1.1 Nobody"}));
    EXPECT_EQ(client.begin(mail()).output,
              "RSET\r\nMAIL FROM:<> SIZE=22\r\nRCPT TO:<ada@reporter.example>\r\nDATA\r\n");
    EXPECT_EQ(client.receive("250 Ok\r\n250 Ok\r\n250 Ok\r\n354 Go\r\n").then, ClientThen::commit);
}

TEST_F(SmtpClient, SaysWhyANextHopCanNeverTakeIt)
{
    connect(plain_ehlo);
    EXPECT_EQ(client.begin({"", "zo\xc3\xab@reporter.example", "a: b\r\n"}), (ClientAction{"", ClientThen::done}));
    EXPECT_EQ(client.outcome().result, DeliveryResult::failed);
    EXPECT_NE(client.outcome().reply.find("SMTPUTF8"), std::string::npos);
    EXPECT_EQ(client.begin(mail()).then, ClientThen::read);  // the connection is as good as before
}

/// What the next hop says instead of a good reply at each step, and what that means.
struct Turn {
    std::string_view name;
    std::vector<std::string_view> replies;  ///< each answers what we said last
    ClientThen then;
    DeliveryResult result;
};

void PrintTo(const Turn& turn, std::ostream* stream)
{
    *stream << turn.name;
}

class BadTurn : public testing::TestWithParam<Turn> {};

TEST_P(BadTurn, HasItsOutcome)
{
    ClientSession client{"mx.example.com", core::Limits{}};
    ClientAction action = client.start();
    for (const std::string_view reply : GetParam().replies) {
        action = client.receive(reply);
        if (action.then == ClientThen::ready) {
            action = client.begin(mail());
        }
        if (action.then == ClientThen::commit) {
            action = client.commit();
        }
    }
    EXPECT_EQ(action.then, GetParam().then);
    EXPECT_EQ(client.outcome().result, GetParam().result);
    EXPECT_NE(client.outcome().reply, "");
}

const std::string_view ok = "250 Ok\r\n";
const std::string_view go = "354 Go\r\n";
constexpr ClientThen done = ClientThen::done;
constexpr ClientThen close = ClientThen::close;
constexpr DeliveryResult deferred = DeliveryResult::deferred;
constexpr DeliveryResult failed = DeliveryResult::failed;
constexpr DeliveryResult unknown = DeliveryResult::unknown;

INSTANTIATE_TEST_SUITE_P(
    Refusals, BadTurn,
    testing::Values(
        Turn{"greeting_4", {"421 4.3.2 Busy\r\n"}, close, deferred},
        Turn{"greeting_450", {"450 x\r\n"}, close, deferred},
        Turn{"greeting_5", {"554 No mail here\r\n"}, close, failed},
        Turn{"ehlo_4", {greeting, "451 x\r\n"}, close, deferred},
        Turn{"helo_4", {greeting, "500 x\r\n", "451 x\r\n"}, close, deferred},
        Turn{"helo_5", {greeting, "500 x\r\n", "550 x\r\n"}, close, failed},
        Turn{"mail_4", {greeting, plain_ehlo, "451 x\r\n"}, done, deferred},
        Turn{"mail_5", {greeting, plain_ehlo, "550 x\r\n"}, done, failed},
        Turn{"rcpt_4", {greeting, plain_ehlo, ok, "450 x\r\n"}, done, deferred},
        Turn{"rcpt_5", {greeting, plain_ehlo, ok, "550 x\r\n"}, done, failed},
        Turn{"data_4", {greeting, plain_ehlo, ok, ok, "451 x\r\n"}, done, deferred},
        Turn{"data_5", {greeting, plain_ehlo, ok, ok, "554 x\r\n"}, done, failed},
        Turn{"data_2", {greeting, plain_ehlo, ok, ok, ok}, close, deferred},
        Turn{"dot_4", {greeting, plain_ehlo, ok, ok, go, "451 x\r\n"}, done, deferred},
        Turn{"dot_5", {greeting, plain_ehlo, ok, ok, go, "554 x\r\n"}, done, failed},
        Turn{"dot_3", {greeting, plain_ehlo, ok, ok, go, go}, close, unknown},
        Turn{"pipelined_mail_4", {greeting, full_ehlo, "451 x\r\n503 y\r\n503 y\r\n"}, done, deferred},
        Turn{"pipelined_rcpt_5_data_5", {greeting, full_ehlo, "250 x\r\n550 y\r\n503 z\r\n"}, done, failed},
        Turn{"pipelined_rcpt_5_data_3_dot_2",
             {greeting, full_ehlo, "250 x\r\n550 y\r\n354 z\r\n", ok},
             done,
             failed}));

INSTANTIATE_TEST_SUITE_P(
    Farewells, BadTurn,
    testing::Values(
        Turn{"in_ehlo", {greeting, "421 x\r\n"}, close, deferred},
        Turn{"in_mail", {greeting, plain_ehlo, "421 x\r\n"}, close, deferred},
        Turn{"in_rcpt", {greeting, plain_ehlo, ok, "421 x\r\n"}, close, deferred},
        Turn{"in_data", {greeting, plain_ehlo, ok, ok, "421 x\r\n"}, close, deferred},
        Turn{"in_dot", {greeting, plain_ehlo, ok, ok, go, "421 x\r\n"}, close, deferred},
        Turn{"pipelined_rcpt_5_then", {greeting, full_ehlo, "250 x\r\n550 y\r\n421 z\r\n"}, close, failed}));

INSTANTIATE_TEST_SUITE_P(
    Nonsense, BadTurn,
    testing::Values(Turn{"greeting", {"SSH-2.0-x\r\n"}, close, deferred},
                    Turn{"code_1", {"120 x\r\n"}, close, deferred}, Turn{"code_6", {"620 x\r\n"}, close, deferred},
                    Turn{"short", {"22\r\n"}, close, deferred}, Turn{"no_blank", {"220x\r\n"}, close, deferred},
                    Turn{"two_codes", {"220-x\r\n250 y\r\n"}, close, deferred},
                    Turn{"empty_line", {greeting, plain_ehlo, "\r\n"}, close, deferred},
                    Turn{"behind_354", {greeting, plain_ehlo, ok, ok, "354 Go\r\n250 Ok\r\n"}, close, deferred},
                    Turn{"half_behind_354", {greeting, plain_ehlo, ok, ok, "354 Go\r\n250 O"}, close, deferred},
                    Turn{"after_the_dot", {greeting, plain_ehlo, ok, ok, go, "what?\r\n"}, close, unknown}));

// The connection is cut behind every octet of a whole conversation: unknown only behind the final dot.
TEST_F(SmtpClient, KnowsWhatALostConnectionMeansAtEveryOctet)
{
    const std::string before = std::string{greeting} + std::string{full_ehlo} + "250 Ok\r\n250 Ok\r\n354 Go\r\n";
    const std::string replies = before + "250 Ok\r\n";
    for (std::size_t cut = 0; cut < replies.size(); ++cut) {
        ClientSession one{"mx.example.com", core::Limits{}};
        (void)one.start();
        for (std::size_t i = 0; i < cut; ++i) {
            ClientAction action = one.receive(std::string_view{replies}.substr(i, 1));
            if (action.then == ClientThen::ready) {
                action = one.begin(mail());
            }
            if (action.then == ClientThen::commit) {
                action = one.commit();
            }
            ASSERT_EQ(action.then, ClientThen::read);
        }
        one.lost("the connection broke");
        EXPECT_EQ(one.outcome(),
                  (DeliveryOutcome{cut < before.size() ? deferred : unknown, "the connection broke"}));
        EXPECT_EQ(one.begin(mail()).then, ClientThen::close);
        EXPECT_EQ(one.outcome().result, deferred);  // of the mail that was not begun
    }
}

TEST_F(SmtpClient, CanStillBeTriedAgainWhenLostBeforeTheContent)
{
    reach_commit();
    client.lost("a deadline passed");
    EXPECT_EQ(client.outcome(), (DeliveryOutcome{deferred, "a deadline passed"}));
    EXPECT_EQ(client.commit().then, ClientThen::close);
    EXPECT_EQ(client.outcome().result, deferred);
}

TEST_F(SmtpClient, KeepsAnOutcomeThatIsThereWhenTheConnectionBreaksLater)
{
    reach_commit();
    (void)client.commit();
    (void)client.receive("250 Ok\r\n");
    client.lost("the connection broke");
    EXPECT_EQ(client.outcome().result, DeliveryResult::sent);
}

TEST_F(SmtpClient, ClosesWhenAPeerSpeaksBetweenMails)
{
    connect(full_ehlo);
    EXPECT_EQ(client.receive("421 4.4.2 Idle too long\r\n").then, ClientThen::close);
    EXPECT_EQ(client.begin(mail()).then, ClientThen::close);
    EXPECT_EQ(client.outcome().result, deferred);
}

TEST_F(SmtpClient, BoundsWhatAPeerSays)
{
    core::Limits limits;
    limits.peer_reply_line_max = 50;
    limits.peer_reply_lines_max = 3;
    limits.peer_reply_kept_max = 10;
    using Reached = std::vector<std::uint64_t core::Limits::*>;
    std::string kept;
    const auto greeted_with = [&](const std::string& octets) {
        ClientSession one{"mx.example.com", limits};
        const ClientAction action = one.receive(octets);
        kept = one.outcome().reply;
        return std::pair{action.then, action.reached};
    };
    EXPECT_EQ(greeted_with("220-a\r\n220-b\r\n220 c\r\n"), std::pair(ClientThen::read, Reached{}));
    EXPECT_EQ(greeted_with("220-a\r\n220-b\r\n220-c\r\n220 d\r\n"),
              std::pair(ClientThen::close, Reached{&core::Limits::peer_reply_lines_max}));
    EXPECT_EQ(greeted_with("220 " + std::string(45, 'x') + "\r\n"), std::pair(ClientThen::read, Reached{}));
    EXPECT_EQ(greeted_with("220 " + std::string(47, 'x')),
              std::pair(ClientThen::close, Reached{&core::Limits::peer_reply_line_max}));
    EXPECT_EQ(greeted_with("554-a\r\n554 0123\r\n"), std::pair(ClientThen::close, Reached{}));
    EXPECT_EQ(kept, "554 a 0123");
    EXPECT_EQ(greeted_with("554-a\r\n554 0123456789\r\n"),
              std::pair(ClientThen::close, Reached{&core::Limits::peer_reply_kept_max}));
    EXPECT_EQ(kept, "554 a 0123");
}

}  // namespace

}  // namespace shield::smtp
