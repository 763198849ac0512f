// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "running_server.hpp"
#include "support/eventually.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace shield::net {

inline core::Limits greeting_at_once()
{
    core::Limits limits;
    limits.greeting_pause = 0;
    return limits;
}

/// A server that exempts nobody.
inline RunningServer strict(const core::Limits& limits)
{
    return RunningServer{2, limits, {}, {}};
}

inline support::TcpClient from(const RunningServer& running, const std::string& address)
{
    return support::TcpClient{running.address, 0, address};
}

inline support::TcpClient greeted(const RunningServer& running, const std::string& address)
{
    auto client = from(running, address);
    EXPECT_THAT(client.reply(), testing::StartsWith("220")) << address;
    return client;
}

/// One that has said EHLO, and heard the answer.
inline support::TcpClient introduced(const RunningServer& running, const std::string& address)
{
    auto client = greeted(running, address);
    client.send("EHLO c.example\r\n");
    client.reply();
    return client;
}

/// One whose content may come.
inline support::TcpClient in_data(const RunningServer& running, const std::string& address)
{
    auto client = introduced(running, address);
    client.send(envelope_commands);
    for (int i = 0; i < 3; ++i) {
        client.reply();
    }
    return client;
}

inline bool everything_came_back(RunningServer& running)
{
    return support::eventually([&] { return running.metrics.gauge("shield_smtp_connections", {}) == 0; }) &&
           running.metrics.gauge("shield_smtp_reply_backlog_octets", {}) == 0;
}

}  // namespace shield::net
