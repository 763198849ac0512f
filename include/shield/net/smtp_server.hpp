// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/log.hpp>
#include <shield/core/metrics.hpp>
#include <shield/core/network.hpp>
#include <shield/core/receipt.hpp>
#include <shield/core/time.hpp>
#include <shield/net/certificates.hpp>
#include <shield/net/clients.hpp>
#include <shield/net/door.hpp>
#include <shield/net/io_context.hpp>
#include <shield/smtp/session.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace shield::net {

/// Where one connection's messages go. Implemented by the daemon; made for each connection, used on its strand.
class Reception {
public:
    virtual ~Reception() = default;

    /// More octets of the message under way. Throws when they cannot be kept: what was kept of the message is then
    /// discarded, and the message refused at its end as core::NotKept says, or with 451.
    virtual void keep(std::string_view octets) = 0;
    virtual void discard() = 0;
    /// Whether there is room only for what this client (its address) sends to mailboxes for attacks. At once.
    [[nodiscard]] virtual bool takes_only_attacks(std::string_view /*client*/) const { return false; }
    /// A message was refused for its size: of interest to people, to nobody on the wire. Does not wait.
    virtual void refused(core::RefusedMessage message) = 0;

    using Outcome = std::variant<core::Receipt, core::Refusal>;
    /// The message is whole. `done` is called exactly once, on any thread, and has returned before the IoContext
    /// ends. This object lives until it is called, also when the client has gone.
    virtual void submit(core::Envelope envelope, std::function<void(Outcome)> done) = 0;
};

/// Accepts SMTP and LMTP connections and drives an smtp::Session for each; knows no SMTP rule itself.
///
/// Each connection is a coroutine on a strand with its deadlines (handshake, command, pace of content, whole
/// session, write). Reading waits for readiness without a buffer of its own, so that an idle connection costs
/// little. An exception ends one connection with 421, never the daemon.
class SmtpServer {
public:
    struct Options {
        /// Asked for each new connection, so a reload takes effect without a restart. Thread-safe.
        std::function<std::shared_ptr<const smtp::Policy>()> policy;
        /// Networks that no bound of a network applies to. Likewise.
        std::function<std::shared_ptr<const core::Networks>()> exempt;
        std::function<std::unique_ptr<Reception>()> reception;
        /// Asked for each handshake; nothing when there is no certificate, or not now. Thread-safe.
        std::function<std::shared_ptr<const Certificates>()> certificates;
        core::Clock clock;
        core::Log* log{nullptr};          ///< not null
        core::Metrics* metrics{nullptr};  ///< not null; its gauge of connections is what connections_max is held to
        Clients* clients{nullptr};        ///< not null; likewise, for the bounds of each network
    };
    SmtpServer(IoContext& io, Options options);
    ~SmtpServer();

    /// "127.0.0.1:2525", "[::1]:2525", "[::]:25" (IPv6 only); port 0 takes any. Returns the address bound. Throws
    /// std::system_error, with the address in its text.
    std::string listen(const std::string& address, Door door = {});
    /// A listening socket inherited from the service manager.
    std::string adopt(int descriptor, Door door = {});

    /// Stops accepting; idle sessions hear 421, transactions under way may finish within `drain_time_max`. `done`
    /// is called once, when no connection is left.
    void drain(std::function<void()> done);

    struct State;

private:
    std::shared_ptr<State> state_;
};

}  // namespace shield::net
