// SPDX-License-Identifier: Apache-2.0
#include "listeners.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace shield::daemon {

namespace {

std::string port_of(int descriptor)
{
    sockaddr_in bound{};
    socklen_t size = sizeof(bound);
    EXPECT_EQ(getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size), 0);
    return std::to_string(ntohs(bound.sin_port));
}

}  // namespace

TEST(Listeners, EachAddressIsBoundWithWhatItOffers)
{
    const net::Door lmtp{{smtp::Protocol::lmtp, smtp::Tls::starttls, true}};
    auto listeners = open_listeners({{"127.0.0.1:0", {}}, {"127.0.0.1:0", lmtp}});
    ASSERT_EQ(listeners.size(), 2u);
    EXPECT_EQ(listeners[0].door(), net::Door{});
    EXPECT_EQ(listeners[1].door(), lmtp);
    const int descriptor = listeners[0].release();
    EXPECT_NE(port_of(descriptor), "0");
    close(descriptor);
}

TEST(Listeners, AnAddressInUseIsNamedWithARemedy)
{
    auto first = open_listeners({{"127.0.0.1:0", {}}});
    const int descriptor = first[0].release();
    const std::string address = "127.0.0.1:" + port_of(descriptor);
    try {
        (void)open_listeners({{address, {}}});
        FAIL() << "it was bound twice";
    } catch (const std::runtime_error& failure) {
        EXPECT_THAT(failure.what(),
                    testing::StartsWith("cannot listen on " + address + ": Address already in use; stop what"));
    }
    close(descriptor);
}

TEST(Listeners, WhatIsNoAddressIsNotTakenForAllOfThem)
{
    for (const char* address : {"localhost:0", "::1:0", "127.0.0.1", "[127.0.0.1]:0"}) {
        EXPECT_THROW((void)open_listeners({{address, {}}}), std::runtime_error) << address;
    }
}

}  // namespace shield::daemon
