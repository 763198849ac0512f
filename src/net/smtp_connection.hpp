// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "content_pace.hpp"
#include "smtp_metrics.hpp"
#include "stream.hpp"

#include <shield/net/clients.hpp>
#include <shield/net/smtp_server.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace shield::net {

/// One conversation: carries octets and outcomes between the socket, an smtp::Session and a Reception, under its
/// deadlines and within what its client may take. Knows no SMTP rule. Kept alive by its coroutine and used on its
/// strand, drain() apart. An exception ends it with 421 and goes no further.
class SmtpConnection : public std::enable_shared_from_this<SmtpConnection> {
public:
    /// `client` is the other end of the socket, or whom a PROXY header named.
    SmtpConnection(const Strand& strand, Descriptor socket, const Endpoint& client, smtp::Offer offer,
                   Clients::Place place, SmtpServer::Options& options, SmtpMetrics& metrics);

    [[nodiscard]] Awaitable<void> run();

    /// From any thread: 421 at once when idle, after the transaction otherwise, and in any case at `at_latest`.
    void drain(Moment at_latest);

    /// From any thread: others need the place. 421 when idle, after the transaction otherwise.
    void leave();

private:
    using Bound = std::uint64_t core::Limits::*;
    struct Patience {
        Moment until;
        Bound bound;
    };

    Awaitable<smtp::Action> greet();
    Awaitable<void> pause(std::uint64_t seconds);
    [[nodiscard]] Patience patience();
    [[nodiscard]] bool crowded() const;
    Awaitable<void> converse();
    Awaitable<bool> write(std::string octets);
    Awaitable<smtp::Action> next();
    Awaitable<smtp::Action> decide();
    Awaitable<smtp::Action> start_tls();
    Awaitable<bool> begin_with_tls();
    [[nodiscard]] std::optional<Clients::Handshake> place_for_handshake();
    Awaitable<bool> shake_hands(std::shared_ptr<const Certificates> certificates, Clients::Handshake handshake);
    smtp::Action refuse(core::Refusal why);
    void keep(std::string_view content);
    void take_octets(std::uint64_t octets);
    void discard();
    void note(const smtp::Action& action);
    smtp::Action heard(std::string_view octets);
    smtp::Action ran_out_of_time(Bound bound);
    void log_end();

    Strand strand_;
    std::shared_ptr<Stream> stream_;
    std::shared_ptr<const smtp::Policy> policy_;
    std::string client_;
    smtp::Offer offer_;
    smtp::Session session_;
    Clients::Place place_;
    ContentPace pace_;
    std::unique_ptr<Reception> reception_;
    SmtpServer::Options& options_;
    SmtpMetrics& metrics_;

    Moment ends_at_;  // session_time_max, or nearer in a drain
    bool draining_{false};
    bool leaving_{false};
    std::optional<core::Refusal> unkept_;  // octets of this message could not be kept: it is refused at its end
    const char* ending_{"closed by the client"};
    std::uint64_t accepted_{0};
    std::uint64_t refused_{0};
    std::uint64_t errors_{0};
};

}  // namespace shield::net
