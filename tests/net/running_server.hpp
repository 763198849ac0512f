// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kept_mail.hpp"
#include "support/kept_log.hpp"
#include "support/tcp_client.hpp"

#include <shield/net/smtp_server.hpp>

#include <memory>
#include <string>

namespace shield::net {

inline core::Networks loopback()
{
    return {core::Network::parse("127.0.0.0/8").value()};
}

/// A real server on a free loopback port with a stand-in for the store.
struct RunningServer {
    /// `exempt` holds the loopback's clients unless a test is about their bounds.
    explicit RunningServer(unsigned threads, core::Limits limits = {}, Door door = {},
                           core::Networks exempt = loopback(),
                           std::shared_ptr<const Certificates> certificates = nullptr)
        : io{threads}
    {
        const auto shared_exempt = std::make_shared<const core::Networks>(std::move(exempt));
        const auto policy = std::make_shared<smtp::Policy>();
        policy->limits = limits;
        policy->mailboxes =
            core::Mailboxes::make("mx.example.com", {{"shield@example.com", {}, core::Category::attack}}).value();
        server = std::make_unique<SmtpServer>(
            io,
            SmtpServer::Options{[policy] { return policy; }, [shared_exempt] { return shared_exempt; },
                                [this] { return mail.reception(); }, [certificates] { return certificates; },
                                [] { return core::from_unix_ms(1'764'000'000'000); }, &log, &metrics, &clients});
        address = server->listen("127.0.0.1:0", std::move(door));
    }

    /// A client that has heard the greeting and said EHLO.
    [[nodiscard]] support::TcpClient introduced() const
    {
        support::TcpClient client{address};
        client.reply();
        client.send("EHLO client.example\r\n");
        client.reply();
        return client;
    }

    [[nodiscard]] std::int64_t counted(std::string_view name, std::string_view labels = {})
    {
        return metrics.counter(name, {}, labels);
    }

    KeptMail mail;
    support::KeptLog log;
    core::Metrics metrics;
    Clients clients;
    IoContext io;
    std::unique_ptr<SmtpServer> server;
    std::string address;
};

inline constexpr std::string_view envelope_commands =
    "MAIL FROM:<reporter@example.net>\r\nRCPT TO:<shield@example.com>\r\nDATA\r\n";

inline constexpr std::string_view small_message = "Subject: help\r\n\r\nMy account is under attack.\r\n";

/// Sends one message and returns the reply to its end.
inline std::string deliver(support::TcpClient& client, std::string_view octets)
{
    client.send(envelope_commands);
    client.reply();
    client.reply();
    client.reply();
    client.send(std::string{octets} + ".\r\n");
    return client.reply();
}

}  // namespace shield::net
