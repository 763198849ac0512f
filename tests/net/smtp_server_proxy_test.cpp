// SPDX-License-Identifier: Apache-2.0
#include "running_server.hpp"
#include "support/eventually.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace shield::net {
namespace {

using namespace std::string_literals;
using support::eventually;
using support::TcpClient;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* gateway = "127.0.1.1";

/// A server behind a gateway. Nobody is exempt.
RunningServer behind_gateway(core::Limits limits = {})
{
    limits.greeting_pause = 0;
    return RunningServer{2, limits, {{}, {core::Network::parse(gateway).value()}}, {}};
}

TcpClient connected(const RunningServer& running, const std::string& from = gateway)
{
    return TcpClient{running.address, 0, from};
}

const std::string text_header = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 25\r\n";
const std::string binary_header =
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x07\xc6\x33\x64\x01\xdc\x04\x00\x19"s;
const std::string local_header = "\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00"s;

TEST(ProxyProtocol, TheClientOfTheHeaderIsTheOneOfTheEnvelopeAndTheLog)
{
    auto running = behind_gateway();
    for (const std::string& header : {text_header, binary_header}) {
        auto client = connected(running);
        client.send(header);
        EXPECT_THAT(client.reply(), StartsWith("220"));
        client.send("EHLO c.example\r\n");
        client.reply();
        EXPECT_THAT(deliver(client, small_message), StartsWith("250"));
        const core::Envelope envelope = running.mail.mails().back().envelope;
        EXPECT_EQ(envelope.client_address, "192.0.2.7");
        EXPECT_EQ(envelope.client_port, 56324);
    }
    EXPECT_TRUE(eventually([&] { return running.log.count("session client=192.0.2.7") == 2; }));
}

TEST(ProxyProtocol, TheHeaderMayComeInAnyPiecesWithCommandsBehindIt)
{
    auto running = behind_gateway();
    for (const std::string& header : {text_header, binary_header}) {
        const std::string all = header + "EHLO c.example\r\n";
        for (std::size_t cut = 1; cut < all.size(); ++cut) {
            auto client = connected(running);
            client.send(all.substr(0, cut));
            if (cut % 7 == 0) {
                std::this_thread::sleep_for(std::chrono::milliseconds{2});
            }
            client.send(all.substr(cut));
            ASSERT_THAT(client.reply(), StartsWith("220")) << "cut at " << cut;
            ASSERT_THAT(client.reply(), HasSubstr("250-PIPELINING")) << "what is behind the header is the client's";
        }
        auto client = connected(running);
        for (const char octet : all) {
            client.send(std::string(1, octet));
        }
        EXPECT_THAT(client.reply(), StartsWith("220"));
        EXPECT_THAT(client.reply(), HasSubstr("250-PIPELINING"));
    }
}

TEST(ProxyProtocol, AGatewayThatSpeaksForItselfIsTheClient)
{
    auto running = behind_gateway();
    for (const std::string& header : {local_header, "PROXY UNKNOWN\r\n"s}) {
        auto client = connected(running);
        client.send(header);
        EXPECT_THAT(client.reply(), StartsWith("220"));
    }
    EXPECT_TRUE(eventually([&] { return running.log.count("session client="s + gateway) == 2; }));
}

TEST(ProxyProtocol, WithoutItsHeaderAGatewayHearsNotAWord)
{
    auto running = behind_gateway();
    int refused = 0;
    for (const std::string& octets :
         {"EHLO c.example\r\n"s, "PROXY TCP4 x\r\n"s, "\x16\x03\x01"s, "\r\n\r\n\0\r\nQUIT\n\x21\x31\x00\x00"s}) {
        auto client = connected(running);
        client.send(octets);
        EXPECT_EQ(client.rest(), "");
        EXPECT_EQ(running.counted("shield_proxy_headers_refused_total"), ++refused);
    }
    EXPECT_EQ(running.log.count("proxy_header gateway="s + gateway), 4U);
    EXPECT_TRUE(eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 0; }));
    EXPECT_EQ(running.mail.alive, 0);
}

TEST(ProxyProtocol, ABinaryHeaderIsAsLongAsItMayBe)
{
    core::Limits limits;
    limits.proxy_header_max = 300;
    auto running = behind_gateway(limits);
    const auto with_more = [](std::size_t more) {
        std::string header = binary_header + std::string(more, 't');
        const std::size_t length = header.size() - 16;
        header[14] = static_cast<char>(length >> 8);
        header[15] = static_cast<char>(length & 0xff);
        return header;
    };
    auto good = connected(running);
    good.send(with_more(300 - binary_header.size()) + "EHLO c.example\r\n");
    EXPECT_THAT(good.reply(), StartsWith("220"));
    EXPECT_THAT(good.reply(), HasSubstr("250-PIPELINING"));
    auto bad = connected(running);
    bad.send(with_more(301 - binary_header.size()));
    EXPECT_EQ(bad.rest(), "");
}

TEST(ProxyProtocol, AHeaderThatDoesNotComeInTimeEndsTheConnection)
{
    core::Limits limits;
    limits.proxy_wait_max = 1;
    auto running = behind_gateway(limits);
    auto silent = connected(running);
    auto slow = connected(running);
    slow.send(text_header.substr(0, text_header.size() - 1));
    EXPECT_EQ(silent.rest(), "");
    EXPECT_EQ(slow.rest(), "");
    EXPECT_EQ(running.counted("shield_limit_proxy_wait_total"), 2);
    EXPECT_TRUE(eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 0; }));
}

TEST(ProxyProtocol, FromAnyOtherAddressAHeaderIsNoCommand)
{
    auto running = behind_gateway();
    auto client = connected(running, "127.0.1.2");
    EXPECT_THAT(client.reply(), StartsWith("220")) << "it is greeted at once";
    client.send(text_header);
    EXPECT_EQ(client.rest(), "554 5.5.1 This is a mail server\r\n");
    auto binary = connected(running, "127.0.1.2");
    binary.reply();
    binary.send(local_header + "\r\n");
    for (int i = 0; i < 4; ++i) {  // two empty lines, a null octet, and QUIT with a bare line feed
        EXPECT_THAT(binary.reply(), StartsWith("500"));
    }
    EXPECT_TRUE(eventually([&] { return running.log.count("session client=127.0.1.2") >= 1; }));
}

TEST(ProxyProtocol, BoundsCountTheClientAndNeverTheGateway)
{
    core::Limits limits;
    limits.client_connections_max = 2;
    auto running = behind_gateway(limits);
    std::vector<TcpClient> clients;
    for (int i = 0; i < 2; ++i) {
        clients.push_back(connected(running));
        clients.back().send(text_header);
        EXPECT_THAT(clients.back().reply(), StartsWith("220"));
    }
    auto third = connected(running);
    third.send(text_header);
    EXPECT_THAT(third.rest(), StartsWith("421 4.7.0"));
    for (int i = 0; i < 10; ++i) {
        clients.push_back(connected(running));
        clients.back().send("PROXY TCP4 198.51.100." + std::to_string(i) + " 198.51.100.1 1 25\r\n");
        EXPECT_THAT(clients.back().reply(), StartsWith("220"));
        clients.push_back(connected(running));
        clients.back().send(local_header);
        EXPECT_THAT(clients.back().reply(), StartsWith("220"));
    }
}

TEST(ProxyProtocol, AFullServerMakesRoomForTheClientThatIsNamed)
{
    core::Limits limits;
    limits.connections_max = 3;
    auto running = behind_gateway(limits);
    const auto named = [&](const std::string& client) {
        auto connection = connected(running);
        connection.send("PROXY TCP4 " + client + " 198.51.100.1 1 25\r\n");
        return connection;
    };
    std::vector<TcpClient> many;
    for (const char* client : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) {
        many.push_back(named(client));
        EXPECT_THAT(many.back().reply(), StartsWith("220"));
    }
    EXPECT_THAT(named("192.0.2.4").rest(), StartsWith("421 4.7.0"));
    auto other = named("198.51.100.7");
    EXPECT_THAT(other.reply(), StartsWith("220"));
    EXPECT_THAT(many[2].rest(), StartsWith("421 4.7.0"));
    many.clear();
    other.close();
    EXPECT_TRUE(eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 0; }));
}

TEST(ProxyProtocol, AGatewayThatLooksWhetherThePortIsOpenIsNotRemarkedOn)
{
    auto running = behind_gateway();
    for (int i = 0; i < 10; ++i) {
        auto client = connected(running);
        i % 2 == 0 ? client.reset() : client.close();
    }
    EXPECT_TRUE(eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 0; }));
    EXPECT_EQ(running.log.count("proxy_header"), 0U);
}

}  // namespace
}  // namespace shield::net
