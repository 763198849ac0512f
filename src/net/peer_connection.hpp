// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "population.hpp"
#include "stream.hpp"

#include <shield/core/reached_bounds.hpp>
#include <shield/net/smtp_client.hpp>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace shield::net {

/// One mail on its way, and whom to tell.
struct PeerJob {
    smtp::OutgoingMail mail;
    SmtpClient::Committing committing;
    SmtpClient::Done done;
    Moment at_latest;  ///< no attempt outlives the lease that it was given
};

class PeerConnection;

/// The connections of one SmtpClient: which are idle, what waits for one. Thread-safe.
struct SmtpClient::State : std::enable_shared_from_this<SmtpClient::State> {
    State(IoContext& context, std::string to, std::string name, const core::Limits& given, core::Log& sink,
          core::Metrics& metrics)
        : io{context}, address{std::move(to)}, hostname{std::move(name)}, limits{given}, log{sink}, bounds{metrics}
    {
    }

    void take(PeerJob job);
    void stop();

    /// The next mail for a connection that is free; nothing: it is idle from now on, or should end if it cannot
    /// wait.
    [[nodiscard]] std::optional<PeerJob> next(PeerConnection& free, bool can_wait);
    /// What an idle connection was given, if it was; it is not idle any more in any case.
    [[nodiscard]] std::optional<PeerJob> given(PeerConnection& idle);
    [[nodiscard]] bool stopping();

    IoContext& io;
    const std::string address;
    const std::string hostname;
    const core::Limits limits;
    core::Log& log;
    const core::ReachedBounds bounds;
    std::shared_ptr<Population> population{std::make_shared<Population>()};

private:
    void start(PeerJob job);

    std::mutex mutex_;  // of what follows
    bool stopping_{false};
    std::uint64_t connections_{0};
    std::deque<PeerJob> waiting_;
    std::vector<std::shared_ptr<PeerConnection>> idle_;  // the last one used is the next
    std::vector<std::weak_ptr<PeerConnection>> all_;
};

/// One place for a connection to the next hop: connects when there is a mail, keeps the connection for the next
/// mail, ends when there is none for `peer_idle_max`. Kept alive by its coroutine and used on its strand.
class PeerConnection : public std::enable_shared_from_this<PeerConnection> {
public:
    explicit PeerConnection(std::shared_ptr<SmtpClient::State> client);

    [[nodiscard]] Awaitable<void> run(PeerJob first);

    /// From any thread: look at what State has for you, or at its end.
    void wake();

    [[nodiscard]] const Strand& strand() const noexcept { return strand_; }

private:
    friend struct SmtpClient::State;

    Awaitable<smtp::DeliveryOutcome> deliver(PeerJob& job);
    Awaitable<smtp::DeliveryOutcome> attempt(PeerJob& job);
    Awaitable<bool> open(PeerJob& job);
    Awaitable<std::string> connect(Moment at_latest);
    Awaitable<std::vector<SocketAddress>> resolve(const core::HostAndPort& where);
    Awaitable<smtp::ClientThen> converse(smtp::ClientAction action, PeerJob& job);
    Awaitable<bool> write(std::string_view octets, Moment at_latest);
    Awaitable<std::optional<PeerJob>> idle();
    Awaitable<void> say_goodbye();
    smtp::ClientAction hear(const Stream::Octets& got);
    void ran_out_of_time(std::uint64_t core::Limits::*patience, Moment at_latest);
    [[nodiscard]] std::uint64_t core::Limits::*wait() const;

    std::shared_ptr<SmtpClient::State> client_;
    Strand strand_;
    std::shared_ptr<Stream> stream_;  // these two live and die together
    std::optional<smtp::ClientSession> session_;
    smtp::DeliveryOutcome unopened_;  // why open() failed
    bool committing_{false};          // the mail under way may have been taken
    bool broke_{false};               // the connection, rather than the peer's patience or ours
    std::optional<PeerJob> given_;    // while idle; guarded by State's mutex
};

}  // namespace shield::net
