// SPDX-License-Identifier: Apache-2.0
#include "running_server.hpp"
#include "support/eventually.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_certificate.hpp"
#include "support/tls_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace shield::net {
namespace {

using support::eventually;
using support::TcpClient;
using support::TestCertificate;
using support::TlsClient;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr smtp::Offer starttls{smtp::Protocol::smtp, smtp::Tls::starttls};
constexpr smtp::Offer implicit{smtp::Protocol::smtp, smtp::Tls::implicit};

class SmtpTls : public testing::Test {
protected:
    /// Certificates of these kinds; the first is the default.
    std::shared_ptr<const Certificates> certificates(const std::vector<TestCertificate>& all = {{}},
                                                     bool session_tickets = true)
    {
        Certificates::Options options;
        options.session_tickets = session_tickets;
        for (const TestCertificate& one : all) {
            const auto name = std::to_string(options.files.size());
            one.write(directory.path(), name);
            options.files.push_back({directory.path() / (name + ".pem"), directory.path() / (name + ".key")});
        }
        return Certificates::load(options,
                                  std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()))
            .value();
    }
    RunningServer& serve(smtp::Offer offer, core::Limits limits = {})
    {
        running = std::make_unique<RunningServer>(1, limits, Door{offer}, loopback(), certificates());
        return *running;
    }
    /// A client that has said STARTTLS and heard 220.
    [[nodiscard]] TcpClient about_to_shake_hands() const
    {
        TcpClient client = running->introduced();
        client.send("STARTTLS\r\n");
        EXPECT_EQ(client.reply(), "220 2.0.0 Ready to start TLS\r\n");
        return client;
    }
    [[nodiscard]] TlsClient secured() const
    {
        TlsClient client{about_to_shake_hands()};
        EXPECT_TRUE(client.secured());
        return client;
    }
    static std::string deliver(TlsClient& client, std::string_view content)
    {
        client.send("EHLO client.example\r\n");
        client.reply();
        for (const std::string_view command :
             {"MAIL FROM:<reporter@example.net>\r\n", "RCPT TO:<shield@example.com>\r\n", "DATA\r\n"}) {
            client.send(command);
            client.reply();
        }
        client.send(std::string{content} + ".\r\n");
        return client.reply();
    }
    [[nodiscard]] std::int64_t failed_handshakes() const
    {
        return running->counted("shield_tls_handshakes_total", R"(result="failed")");
    }

    support::TemporaryDirectory directory;
    std::unique_ptr<RunningServer> running;
};

TEST_F(SmtpTls, TakesAMessageAfterStarttls)
{
    serve(starttls);
    TlsClient client = secured();
    EXPECT_THAT(deliver(client, small_message), StartsWith("250 2.0.0"));
    const auto mail = running->mail.mails().front();
    EXPECT_EQ(mail.octets, small_message);
    EXPECT_EQ(mail.envelope.protocol, "ESMTPS");
    EXPECT_THAT(mail.envelope.tls, StartsWith("TLSv1.3 TLS_"));
    EXPECT_EQ(running->counted("shield_tls_handshakes_total", R"(result="done")"), 1);
}

TEST_F(SmtpTls, GreetsUnderTlsWhereItIsImplicit)
{
    serve(implicit);
    TlsClient client{TcpClient{running->address}};
    ASSERT_TRUE(client.secured());
    EXPECT_THAT(client.reply(), StartsWith("220 mx.example.com ESMTP"));
    EXPECT_THAT(deliver(client, small_message), StartsWith("250 2.0.0"));
    client.send("QUIT\r\n");
    EXPECT_EQ(client.rest(), "221 2.0.0 Bye\r\n") << "with close_notify behind it";
}

TEST_F(SmtpTls, CarriesMessagesThatAreLargerThanARecordAndThanABuffer)
{
    serve(starttls);
    TlsClient client = secured();
    std::string large;
    while (large.size() < 1'000'000) {
        large += "A line of a message that is much larger than a record of TLS can be.\r\n";
    }
    EXPECT_THAT(deliver(client, large), StartsWith("250 2.0.0"));
    EXPECT_EQ(running->mail.mails().front().octets, large);
}

TEST_F(SmtpTls, SpeaksTls12AndNothingOlder)
{
    serve(starttls);
    TlsClient current{about_to_shake_hands(), {"", TLS1_2_VERSION}};
    ASSERT_TRUE(current.secured());
    EXPECT_THAT(deliver(current, small_message), StartsWith("250 2.0.0"));
    EXPECT_THAT(running->mail.mails().front().envelope.tls, StartsWith("TLSv1.2 ECDHE-"));
    EXPECT_FALSE((TlsClient{about_to_shake_hands(), {"", TLS1_1_VERSION, "ALL:@SECLEVEL=0"}}.secured()));
}

TEST_F(SmtpTls, DoesNotRenegotiate)
{
    serve(starttls);
    TlsClient client{about_to_shake_hands(), {"", TLS1_2_VERSION}};
    ASSERT_TRUE(client.secured());
    EXPECT_FALSE(client.renegotiate());
}

TEST_F(SmtpTls, ChoosesTheCertificateByTheNameAndTheKeyByTheClient)
{
    running = std::make_unique<RunningServer>(1, core::Limits{}, Door{implicit}, loopback(),
                                              certificates({{{"mx.example.com"}, TestCertificate::Key::ecdsa},
                                                            {{"mx.example.com"}, TestCertificate::Key::rsa},
                                                            {{"*.example.net"}, TestCertificate::Key::ecdsa}}));
    const auto shown = [&](TlsClient::Options options) {
        TlsClient client{TcpClient{running->address}, options};
        EXPECT_TRUE(client.secured());
        return client.shown_name() + " " + client.shown_key();
    };
    EXPECT_EQ(shown({"mx.example.com"}), "mx.example.com EC");
    EXPECT_EQ(shown({"mail.example.net"}), "*.example.net EC");
    EXPECT_EQ(shown({"nobody.example"}), "mx.example.com EC");
    EXPECT_EQ(shown({}), "mx.example.com EC");
    EXPECT_EQ(shown({"mx.example.com", TLS1_2_VERSION, "aRSA"}), "mx.example.com RSA");
}

TEST_F(SmtpTls, RefusesClientsThatWantToSpeakAnotherProtocol)
{
    serve(implicit);
    EXPECT_TRUE((TlsClient{TcpClient{running->address}, {.protocol = "smtp"}}.secured()));
    EXPECT_FALSE((TlsClient{TcpClient{running->address}, {.protocol = "http/1.1"}}.secured()));
}

TEST_F(SmtpTls, GivesSessionTicketsUnlessToldNotTo)
{
    for (const bool tickets : {true, false}) {
        running = std::make_unique<RunningServer>(1, core::Limits{}, Door{implicit}, loopback(),
                                                  certificates({{}}, tickets));
        for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
            TlsClient client{TcpClient{running->address}, {"", version}};
            client.reply();  // tickets of TLS 1.3 come behind the handshake
            EXPECT_EQ(client.was_given_a_ticket(), tickets) << version;
        }
    }
}

TEST_F(SmtpTls, HasNoneToOfferWithoutACertificate)
{
    running = std::make_unique<RunningServer>(1, core::Limits{}, Door{starttls});
    TcpClient client = running->introduced();
    client.send("STARTTLS\r\n");
    EXPECT_EQ(client.reply(), "454 4.7.0 TLS is not available now\r\n");
    EXPECT_THAT(net::deliver(client, small_message), StartsWith("250"));
}

TEST_F(SmtpTls, ExecutesNothingThatWasSaidBeforeTheHandshake)
{
    serve(starttls);
    TcpClient behind = running->introduced();
    behind.send("STARTTLS\r\nMAIL FROM:<forged@bank.example>\r\n");
    EXPECT_THAT(behind.rest(), StartsWith("421 4.7.0"));

    TcpClient later = about_to_shake_hands();
    later.send("EHLO forged.example\r\nMAIL FROM:<forged@bank.example>\r\n");
    EXPECT_THAT(later.rest(), testing::Not(HasSubstr("250"))) << "an alert at most";
    EXPECT_TRUE(eventually([&] { return failed_handshakes() == 1; }));
    EXPECT_TRUE(running->mail.mails().empty());
}

TEST_F(SmtpTls, EndsWhenClearTextComesInsideTls)
{
    serve(starttls);
    TlsClient client = secured();
    client.send_in_clear("EHLO forged.example\r\nMAIL FROM:<forged@bank.example>\r\n");
    EXPECT_THAT(client.rest(), testing::Not(HasSubstr("250")));
    EXPECT_TRUE(eventually([&] { return running->mail.alive == 0; }));
}

/// How far a client comes before it says close_notify, or is cut off.
struct SaidUnderTls {
    const char* name;
    std::string octets;
};
class EndUnderTls : public SmtpTls, public testing::WithParamInterface<std::tuple<bool, SaidUnderTls>> {};
INSTANTIATE_TEST_SUITE_P(
    States, EndUnderTls,
    testing::Combine(testing::Bool(),
                     testing::Values(SaidUnderTls{"Nothing", ""}, SaidUnderTls{"HalfACommand", "EHLO cli"},
                                     SaidUnderTls{"Mail", "EHLO c\r\nMAIL FROM:<a@b.example>\r\n"},
                                     SaidUnderTls{"Data", "EHLO c\r\n" + std::string{envelope_commands} + "Subj"},
                                     SaidUnderTls{"AlmostAll", "EHLO c\r\n" + std::string{envelope_commands} +
                                                                   std::string{small_message} + ".\r"},
                                     SaidUnderTls{
                                         "HalfAChunk",
                                         "EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<shield@example.com>"
                                         "\r\nBDAT 100 LAST\r\nSubject: x\r\n"})),
    [](const auto& one) {
        return std::string{std::get<1>(one.param).name} + (std::get<0>(one.param) ? "Cut" : "Ended");
    });

TEST_P(EndUnderTls, EndsTheSessionAndFallsBackToNothing)
{
    const auto& [cut, said] = GetParam();
    serve(starttls);
    TlsClient client = secured();
    client.send(said.octets);
    if (cut) {
        client.cut();
    } else {
        client.say_goodbye();
        // What follows close_notify in clear text, an attacker may have put there: the rest of the message, say.
        client.send_in_clear("\r\n.\r\nNOOP\r\n");
        EXPECT_THAT(client.rest(), testing::Not(HasSubstr("Accepted")));
    }
    EXPECT_TRUE(eventually([&] { return running->mail.alive == 0; }));
    EXPECT_TRUE(running->mail.mails().empty());
}

TEST_F(SmtpTls, EndsAHandshakeThatTakesLongerThanTlsHandshakeWaitMax)
{
    core::Limits limits;
    limits.tls_handshake_wait_max = 1;
    serve(implicit, limits);
    TcpClient client{running->address};
    client.send("\x16\x03\x01");
    EXPECT_TRUE(client.closes_within(5000));
    EXPECT_EQ(running->counted("shield_limit_tls_handshake_wait_total"), 1);
    EXPECT_EQ(running->log.count("reason=it took too long"), 1U);
}

TEST_F(SmtpTls, TakesMailInClearTextWhenThereAreTooManyHandshakes)
{
    core::Limits limits;
    limits.network_tls_handshakes_max = 1;
    limits.greeting_pause = 0;
    running = std::make_unique<RunningServer>(1, limits, Door{starttls}, core::Networks{}, certificates());
    const TcpClient slow = about_to_shake_hands();
    TcpClient other = running->introduced();
    other.send("STARTTLS\r\n");
    EXPECT_EQ(other.reply(), "454 4.7.0 TLS is not available now\r\n");
    EXPECT_EQ(running->counted("shield_limit_network_tls_handshakes_total"), 1);
    EXPECT_THAT(net::deliver(other, small_message), StartsWith("250"));
}

TEST_F(SmtpTls, TellsOfAHandshakeThatIsCutShort)
{
    serve(implicit);
    TcpClient{running->address}.close();
    EXPECT_TRUE(eventually([&] { return failed_handshakes() == 1; }));
    EXPECT_TRUE(eventually([&] { return running->log.count("tls_handshake_failed client=127.0.0.1") == 1; }));
}

TEST_F(SmtpTls, SaysNothingInClearTextWhereTlsIsImplicit)
{
    serve(implicit);
    TcpClient client{running->address};
    client.send("EHLO client.example\r\n");
    EXPECT_THAT(client.rest(), testing::Not(HasSubstr("220")));
    EXPECT_EQ(failed_handshakes(), 1);
}

TEST_F(SmtpTls, DrainsASecuredSession)
{
    serve(starttls);
    TlsClient client = secured();
    client.send("EHLO client.example\r\n");
    client.reply();
    std::promise<void> drained;
    running->server->drain([&] { drained.set_value(); });
    EXPECT_THAT(client.rest(), StartsWith("421 4.3.2"));
    drained.get_future().wait();
}

TEST_F(SmtpTls, DrainsWhoSaysNothingInItsHandshake)
{
    core::Limits limits;
    limits.tls_handshake_wait_max = 600;
    limits.drain_time_max = 600;
    limits.close_wait_max = 0;
    serve(implicit, limits);
    TcpClient silent{running->address};
    ASSERT_TRUE(eventually([&] { return running->mail.alive == 1; }));
    std::promise<void> drained;
    running->server->drain([&] { drained.set_value(); });
    EXPECT_EQ(silent.rest(), "");
    drained.get_future().wait();
}

TEST_F(SmtpTls, OutlastsAFloodOfKeyUpdates)
{
    serve(starttls);
    TlsClient client = secured();
    for (int i = 0; i < 20000; ++i) {
        client.update_keys();
    }
    EXPECT_THAT(deliver(client, small_message), StartsWith("250 2.0.0"));
}

}  // namespace
}  // namespace shield::net
