// SPDX-License-Identifier: Apache-2.0
#include "support/eventually.hpp"
#include "support/kept_log.hpp"
#include "support/tcp_client.hpp"

#include <shield/net/http_server.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <system_error>

namespace shield::net {
namespace {

using support::eventually;
using support::TcpClient;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Http : public testing::Test {
protected:
    void serve()
    {
        server_ = std::make_unique<HttpServer>(
            io_,
            [](std::string_view path) {
                if (path == "/boom") {
                    throw std::runtime_error{"boom"};
                }
                return path == "/metrics" ? HttpResponse{200, "text/plain; version=0.0.4", "shield_up 1\n"}
                                          : HttpResponse{404, "text/plain; charset=utf-8", "no such page\n"};
            },
            limits_, log_, metrics_);
        address_ = server_->listen("127.0.0.1:0");
    }
    [[nodiscard]] std::string ask(const std::string& octets) const
    {
        TcpClient client{address_};
        client.send(octets);
        return client.rest();
    }

    core::Limits limits_;
    support::KeptLog log_;
    core::Metrics metrics_;
    IoContext io_{2};
    std::unique_ptr<HttpServer> server_;
    std::string address_;
};

TEST_F(Http, AnswersGet)
{
    serve();
    EXPECT_THAT(ask("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Type: text/plain; version=0.0.4\r\n"),
                      HasSubstr("Content-Length: 12\r\n"), EndsWith("\r\n\r\nshield_up 1\n")));
}

TEST_F(Http, AnswersHeadWithoutABody)
{
    serve();
    EXPECT_THAT(ask("HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Length: 12\r\n"), EndsWith("\r\n\r\n")));
}

TEST_F(Http, SaysWhatIsWrong)
{
    serve();
    EXPECT_THAT(ask("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"), StartsWith("HTTP/1.1 404 Not Found"));
    EXPECT_THAT(ask("POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"),
                AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD\r\n")));
    EXPECT_THAT(ask("rubbish\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(ask("GET / HTTP/3.0\r\n\r\n"), StartsWith("HTTP/1.1 505"));
    EXPECT_THAT(ask("GET /boom HTTP/1.1\r\nHost: a\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 500"), Not(HasSubstr("boom"))));
    EXPECT_EQ(log_.count("error=boom"), 1U);
}

TEST_F(Http, RefusesAHeadThatIsTooLarge)
{
    limits_.http_request_max = 1000;
    serve();
    const std::string head = "GET /metrics HTTP/1.1\r\nHost: a\r\nX: ";
    EXPECT_THAT(ask(head + std::string(900, 'x') + "\r\n\r\n"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(ask(head + std::string(1000, 'x') + "\r\n\r\n"), StartsWith("HTTP/1.1 431"));
    EXPECT_THAT(ask(std::string(100'000, 'x')), StartsWith("HTTP/1.1 431"));
    EXPECT_EQ(metrics_.counter("shield_limit_http_request_total", {}), 2);
}

TEST_F(Http, DoesNotWaitForEver)
{
    limits_.http_wait_max = 1;
    serve();
    EXPECT_THAT(ask("GET /metrics HTTP/1.1\r\n"), StartsWith("HTTP/1.1 408"));
    EXPECT_EQ(metrics_.counter("shield_limit_http_wait_total", {}), 1);
}

TEST_F(Http, ClosesConnectionsOverTheLimitAndForgetsNoPlace)
{
    limits_.http_connections_max = 2;
    serve();
    for (int round = 0; round < 3; ++round) {
        std::vector<TcpClient> idle;
        EXPECT_TRUE(eventually([&] {  // the place of the one before may not be free yet: then this one is closed
            idle.emplace_back(address_);
            return idle.size() >= 2 && ask("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").empty();
        }));
        idle.clear();
        EXPECT_TRUE(eventually(
            [&] { return ask("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 200"); }));
    }
    EXPECT_GE(metrics_.counter("shield_limit_http_connections_total", {}), 3);
}

TEST_F(Http, NamesTheAddressItCannotListenOn)
{
    serve();
    try {
        static_cast<void>(server_->listen(address_));
        ADD_FAILURE();
    } catch (const std::system_error& error) {
        EXPECT_THAT(error.what(), HasSubstr(address_));
    }
}

}  // namespace
}  // namespace shield::net
