// SPDX-License-Identifier: Apache-2.0
#include "http_request.hpp"

#include <gtest/gtest.h>

namespace shield::net {
namespace {

using Fault = HttpRequest::Fault;

TEST(HttpRequest, TakesGetAndHead)
{
    const auto get = HttpRequest::parse("GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n");
    ASSERT_TRUE(get);
    EXPECT_EQ(get->path, "/metrics");
    EXPECT_FALSE(get->head);
    EXPECT_TRUE(HttpRequest::parse("HEAD / HTTP/1.1\r\nhost: a\r\n\r\n")->head);
    EXPECT_EQ(HttpRequest::parse("GET /healthz HTTP/1.0\r\n\r\n")->path, "/healthz");
}

TEST(HttpRequest, TakesTheAbsoluteForm)
{
    EXPECT_EQ(HttpRequest::parse("GET http://a.example:9025/readyz HTTP/1.1\r\nHost: a\r\n\r\n")->path, "/readyz");
    EXPECT_EQ(HttpRequest::parse("GET HTTP://a.example HTTP/1.1\r\nHost: a\r\n\r\n")->path, "/");
}

TEST(HttpRequest, ItsHeadEndsWithAnEmptyLine)
{
    EXPECT_EQ(http_head_size("GET / HTTP/1.1\r\n"), std::nullopt);
    EXPECT_EQ(http_head_size("G\r\n\r\nrest"), 5U);
}

class BadRequest : public testing::TestWithParam<std::pair<std::string, Fault>> {};

TEST_P(BadRequest, IsRefused)
{
    const auto parsed = HttpRequest::parse(GetParam().first);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error(), GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(
    Heads, BadRequest,
    testing::Values(std::pair{"\r\n\r\n", Fault::malformed}, std::pair{"GET /\r\n\r\n", Fault::malformed},
                    std::pair{"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", Fault::malformed},
                    std::pair{"GET metrics HTTP/1.1\r\nHost: a\r\n\r\n", Fault::malformed},
                    std::pair{"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", Fault::malformed},
                    std::pair{"GET / HTTP/1.1\r\n\r\n", Fault::malformed},
                    std::pair{"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", Fault::malformed},
                    std::pair{"GET / HTTP/1.1\r\nHost : a\r\n\r\n", Fault::malformed},
                    std::pair{"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", Fault::malformed},
                    std::pair{"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", Fault::malformed},
                    std::pair{"GET / HTTP/1.1\r\nno colon\r\n\r\n", Fault::malformed},
                    std::pair{"EHLO client.example\r\n\r\n", Fault::malformed},
                    std::pair{"G T / HTTP/1.1\r\nHost: a\r\n\r\n", Fault::malformed},
                    std::pair{"POST / HTTP/1.1\r\nHost: a\r\n\r\n", Fault::method},
                    std::pair{"get / HTTP/1.1\r\nHost: a\r\n\r\n", Fault::method},
                    std::pair{"GET / HTTP/2.0\r\n\r\n", Fault::version}));

}  // namespace
}  // namespace shield::net
