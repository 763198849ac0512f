// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "stream.hpp"

#include <shield/core/reached_bounds.hpp>
#include <shield/net/smtp_server.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace shield::net {

/// What an SMTP server counts, looked up once.
class SmtpMetrics {
public:
    using Value = core::Metrics::Value;

    explicit SmtpMetrics(core::Metrics& metrics);

    Value& connections;
    Value& sessions;
    Value& octets;
    Value& accepted;
    Value& handshakes;
    Value& handshakes_failed;
    const core::ReachedBounds bounds;

    void count(core::Refusal why);

private:
    std::map<core::Refusal, Value*> refused_;
};

/// One place of `connections_max`, counted in the gauge that operators see, for all servers of the process
/// together. It can neither be copied nor forgotten.
class ConnectionPlace {
public:
    /// Not taken() when there are `most` already.
    ConnectionPlace(SmtpMetrics::Value& taken, std::uint64_t most);
    ~ConnectionPlace();
    ConnectionPlace(ConnectionPlace&& other) noexcept;
    ConnectionPlace& operator=(ConnectionPlace&&) = delete;

    [[nodiscard]] bool taken() const noexcept { return counter_ != nullptr; }

private:
    SmtpMetrics::Value* counter_;
};

/// One conversation: carries octets and outcomes between the socket, an smtp::Session and a Reception, under four
/// deadlines. Knows no SMTP rule. Kept alive by its coroutine and used on its strand, drain() apart. An exception
/// ends it with 421 and goes no further.
class SmtpConnection : public std::enable_shared_from_this<SmtpConnection> {
public:
    SmtpConnection(const Strand& strand, Descriptor socket, const Endpoint& peer, smtp::Offer offer,
                   SmtpServer::Options& options, SmtpMetrics& metrics);

    [[nodiscard]] Awaitable<void> run();

    /// From any thread: 421 at once when idle, after the transaction otherwise, and in any case at `at_latest`.
    void drain(Moment at_latest);

private:
    Awaitable<void> converse();
    Awaitable<bool> write(std::string octets);
    Awaitable<smtp::Action> next();
    Awaitable<smtp::Action> decide();
    Awaitable<smtp::Action> start_tls();
    Awaitable<bool> shake_hands(std::shared_ptr<const Certificates> certificates);
    smtp::Action refuse(core::Refusal why);
    void keep(std::string_view content);
    void discard();
    void note(const smtp::Action& action);
    smtp::Action ran_out_of_time();
    void log_end();

    Strand strand_;
    std::shared_ptr<Stream> stream_;
    std::shared_ptr<const smtp::Policy> policy_;
    std::string client_;
    smtp::Offer offer_;
    smtp::Session session_;
    std::unique_ptr<Reception> reception_;
    SmtpServer::Options& options_;
    SmtpMetrics& metrics_;

    Moment ends_at_;  // session_time_max, or nearer in a drain
    bool draining_{false};
    std::optional<core::Refusal> unkept_;  // octets of this message could not be kept: it is refused at its end
    static constexpr const char* ended_by_client = "closed by the client";
    const char* ending_{ended_by_client};
    std::uint64_t accepted_{0};
    std::uint64_t refused_{0};
    std::uint64_t errors_{0};
};

}  // namespace shield::net
