// SPDX-License-Identifier: Apache-2.0
#include "smtp_connection.hpp"

#include <algorithm>

namespace shield::net {

namespace {

std::string handshake_ended_by(Stream::Status status, const Stream& stream)
{
    switch (status) {
        case Stream::Status::end:
            return "the client closed the connection";
        case Stream::Status::late:
            return "it took too long";
        case Stream::Status::done:
        case Stream::Status::interrupted:
        case Stream::Status::lost:
            break;
    }
    return stream.error();
}

}  // namespace

/// False when the connection is to end.
Awaitable<bool> SmtpConnection::begin_with_tls()
{
    auto handshake = place_for_handshake();
    auto certificates = options_.certificates();
    if (!handshake || !certificates) {
        ending_ = "no TLS now";
        co_return false;
    }
    co_return co_await shake_hands(std::move(certificates), std::move(*handshake));
}

Awaitable<smtp::Action> SmtpConnection::start_tls()
{
    auto handshake = place_for_handshake();
    auto certificates = options_.certificates();
    if (!handshake || !certificates) {
        co_return session_.tls_unavailable();
    }
    const bool secured = co_await write(session_.tls_begins().reply) &&
                         co_await shake_hands(std::move(certificates), std::move(*handshake));
    co_return smtp::Action{{}, {}, secured ? smtp::Then::read : smtp::Then::close, {}, 0, {}};
}

std::optional<Clients::Handshake> SmtpConnection::place_for_handshake()
{
    auto start = place_.begin_handshake(policy_->limits, std::chrono::steady_clock::now());
    if (!start.handshake) {
        metrics_.bounds.count(start.refused);
    }
    return std::move(start.handshake);
}

/// False when the connection is to end: after a handshake that failed nothing is said in clear text.
Awaitable<bool> SmtpConnection::shake_hands(std::shared_ptr<const Certificates> certificates,
                                            Clients::Handshake handshake)
{
    const auto deadline = seconds_from_now(policy_->limits.tls_handshake_wait_max);
    const auto status = co_await stream_->secure(std::move(certificates), std::min(deadline, ends_at_));
    if (status == Stream::Status::done) {
        ++metrics_.handshakes;
        static_cast<void>(session_.secured(stream_->tls_description()));
        co_return true;
    }
    if (status == Stream::Status::interrupted) {
        ending_ = draining_ ? "drained" : "made room";
        co_return false;
    }
    ++metrics_.handshakes_failed;
    if (status == Stream::Status::late) {
        metrics_.bounds.count(&core::Limits::tls_handshake_wait_max);
    }
    ending_ = "no TLS";
    options_.log->line(core::Severity::info, "tls_handshake_failed",
                       {{"client", client_},
                        {"reason", handshake_ended_by(status, *stream_)},
                        {"of_its_network", std::to_string(handshake.failed())}});
    co_return false;
}

}  // namespace shield::net
