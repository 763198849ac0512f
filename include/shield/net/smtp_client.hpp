// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/log.hpp>
#include <shield/core/metrics.hpp>
#include <shield/net/io_context.hpp>
#include <shield/smtp/client_session.hpp>

#include <functional>
#include <memory>
#include <string>

namespace shield::net {

/// Hands mail to one next hop over a few connections that are kept for the next mail (`delivery_concurrency_max`,
/// `peer_idle_max`). Drives smtp::ClientSession under the deadlines of RFC 5321 section 4.5.3.2. Thread-safe.
class SmtpClient {
public:
    /// `address` is "host:port"; the host may be a name. `hostname` is what EHLO says.
    SmtpClient(IoContext& io, std::string address, std::string hostname, const core::Limits& limits, core::Log& log,
               core::Metrics& metrics);
    ~SmtpClient();

    /// Asks for the second durable mark; the answer (from any thread) true lets the final dot go out.
    using Committing = std::function<void(std::function<void(bool)>)>;
    using Done = std::function<void(smtp::DeliveryOutcome)>;

    /// `done` is called exactly once, on an I/O thread, before `delivery_lease` is over. More than
    /// `delivery_waiting_max` that wait are deferred at once. A kept connection that turns out to be dead before
    /// anything of this mail was taken is replaced by a new one, once.
    void send(smtp::OutgoingMail mail, Committing committing, Done done);

    struct State;

private:
    std::shared_ptr<State> state_;
};

}  // namespace shield::net
