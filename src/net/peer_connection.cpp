// SPDX-License-Identifier: Apache-2.0
#include "peer_connection.hpp"

#include "answered.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace shield::net {
namespace asio = boost::asio;

using core::DeliveryResult;
using smtp::ClientThen;

PeerConnection::PeerConnection(std::shared_ptr<SmtpClient::State> client)
    : client_{std::move(client)}, strand_{make_strand(client_->io)}
{
}

void PeerConnection::wake()
{
    asio::post(strand_, [self = shared_from_this()] {
        if (self->stream_) {
            self->stream_->interrupt();
        }
    });
}

Awaitable<void> PeerConnection::run(PeerJob first)
{
    std::optional<PeerJob> job{std::move(first)};
    while (job) {
        auto outcome = co_await deliver(*job);
        job->done(std::move(outcome));
        job.reset();
        job = client_->next(*this, session_.has_value());
        if (!job && session_) {
            job = co_await idle();
        }
    }
    co_await say_goodbye();
}

Awaitable<smtp::DeliveryOutcome> PeerConnection::deliver(PeerJob& job)
{
    committing_ = false;
    smtp::DeliveryOutcome outcome;
    try {
        outcome = co_await attempt(job);
    } catch (const std::exception& failure) {
        client_->log.line(core::Severity::error, "delivery_broke_off",
                          {{"next_hop", client_->address}, {"error", failure.what()}});
        outcome = {committing_ ? DeliveryResult::unknown : DeliveryResult::deferred, failure.what()};
        session_.reset();
        stream_.reset();
    }
    co_return outcome;
}

Awaitable<smtp::DeliveryOutcome> PeerConnection::attempt(PeerJob& job)
{
    for (;;) {
        const bool kept = session_.has_value();
        if (!kept) {
            const bool opened = co_await open(job);
            if (!opened) {
                co_return unopened_;
            }
        }
        broke_ = false;
        const auto then = co_await converse(session_->begin(job.mail), job);
        auto outcome = session_->outcome();
        if (then != ClientThen::close) {
            co_return outcome;
        }
        session_.reset();
        stream_.reset();
        // A peer may end an idle connection at any time (RFC 5321 section 3.8), and that may cross our MAIL.
        // Nothing of this mail was taken then: a new connection, which is not a kept one, decides.
        if (!kept || committing_ || !broke_ || outcome.result != DeliveryResult::deferred) {
            co_return outcome;
        }
    }
}

/// Connects and says EHLO. Otherwise unopened_ tells why not.
Awaitable<bool> PeerConnection::open(PeerJob& job)
{
    const std::string failure = co_await connect(job.at_latest);
    if (!failure.empty()) {
        unopened_ = {DeliveryResult::deferred, failure};
        co_return false;
    }
    session_.emplace(client_->hostname, client_->limits);
    const auto then = co_await converse(session_->start(), job);
    if (then == ClientThen::ready) {
        co_return true;
    }
    unopened_ = session_->outcome();
    session_.reset();
    stream_.reset();
    co_return false;
}

/// Tries the addresses in turn; a sentence when none answers.
Awaitable<std::string> PeerConnection::connect(Moment at_latest)
{
    const auto where = core::HostAndPort::parse(client_->address);
    if (!where) {
        co_return where.error().sentence;
    }
    std::string failure = "the name " + where->host + " has no address";
    const auto addresses = co_await resolve(*where);
    for (const auto& address : addresses) {
        const auto named = address.endpoint().to_string();
        Descriptor socket{::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
        if (!socket.valid()) {
            failure = "connect to " + named + ": " + std::generic_category().message(errno);
            continue;
        }
        const int yes = 1;
        ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        stream_ = std::make_shared<Stream>(strand_, std::move(socket));
        const auto deadline = std::min(seconds_from_now(client_->limits.peer_connect_wait_max), at_latest);
        const auto status = co_await stream_->connect(address, deadline);
        if (status == Stream::Status::late) {
            ran_out_of_time(&core::Limits::peer_connect_wait_max, at_latest);
        }
        if (client_->stopping()) {
            stream_.reset();
            co_return std::string{"we are going down"};
        }
        if (status == Stream::Status::done) {
            co_return std::string{};
        }
        failure = "connect to " + named + ": " +
                  (status == Stream::Status::late ? "no answer in time" : stream_->error());
        stream_.reset();
    }
    co_return failure;
}

Awaitable<std::vector<SocketAddress>> PeerConnection::resolve(const core::HostAndPort& where)
{
    std::vector<SocketAddress> addresses;
    if (const auto numeric = SocketAddress::numeric(where)) {
        addresses.push_back(*numeric);
        co_return addresses;
    }
    asio::ip::tcp::resolver resolver{strand_};
    boost::system::error_code error;
    const auto found = co_await resolver.async_resolve(where.host, std::to_string(where.port),
                                                       asio::redirect_error(asio::use_awaitable, error));
    for (const auto& entry : found) {
        SocketAddress address;
        const auto endpoint = entry.endpoint();
        std::memcpy(address.get(), endpoint.data(), endpoint.size());
        address.size = static_cast<socklen_t>(endpoint.size());
        addresses.push_back(address);
    }
    co_return addresses;
}

/// Until the session is ready, done or at its end.
Awaitable<ClientThen> PeerConnection::converse(smtp::ClientAction action, PeerJob& job)
{
    Moment deadline = seconds_from_now(client_->limits.*wait());
    auto waiting_for = session_->wait();
    for (;;) {
        if (!action.output.empty()) {
            const bool written = co_await write(action.output, job.at_latest);
            if (!written && action.then == ClientThen::read) {
                // A peer that refuses in the middle of the content may have said so before it closed.
                auto last_words = hear(stream_->read_now());
                if (last_words.then == ClientThen::read) {
                    session_->lost(broke_ ? "the connection was lost: " + stream_->error()
                                          : "the next hop did not take what we sent in time");
                    last_words.then = ClientThen::close;
                }
                co_return last_words.then == ClientThen::done ? ClientThen::close : last_words.then;
            }
        }
        switch (action.then) {
            case ClientThen::ready:
            case ClientThen::done:
            case ClientThen::close:
                co_return action.then;
            case ClientThen::commit: {
                committing_ = true;
                const bool go_on = co_await answered<bool>([&job](std::function<void(bool)> answer) {
                    try {
                        job.committing(answer);
                    } catch (const std::exception&) {
                        answer(false);
                    }
                });
                if (!go_on) {
                    committing_ = false;
                    session_->lost("not recorded as committing, so not sent");
                    co_return ClientThen::close;
                }
                action = session_->commit();
                continue;
            }
            case ClientThen::read:
                break;
        }
        // The patience is for a reply, not for each octet of it.
        if (!action.output.empty() || waiting_for != session_->wait()) {
            waiting_for = session_->wait();
            deadline = seconds_from_now(client_->limits.*wait());
        }
        const auto got = co_await stream_->read(std::min(deadline, job.at_latest));
        if (got.status == Stream::Status::late) {
            ran_out_of_time(wait(), job.at_latest);
        }
        action = hear(got);
    }
}

/// What the session makes of what came, or of nothing having come.
smtp::ClientAction PeerConnection::hear(const Stream::Octets& got)
{
    switch (got.status) {
        case Stream::Status::done: {
            auto action = session_->receive(got.octets);
            for (const auto bound : action.reached) {
                client_->bounds.count(bound);
            }
            broke_ = broke_ || action.then == ClientThen::close;
            return action;
        }
        case Stream::Status::late:
            session_->lost("the next hop did not answer in time");
            break;
        case Stream::Status::interrupted:
            if (!client_->stopping()) {
                return {};
            }
            session_->lost("we are going down");
            break;
        case Stream::Status::end:
            broke_ = true;
            session_->lost("the next hop closed the connection");
            break;
        case Stream::Status::lost:
            broke_ = true;
            session_->lost("the connection was lost: " + stream_->error());
            break;
    }
    return {{}, ClientThen::close};
}

/// Block by block, each with the patience of RFC 5321 section 4.5.3.2.5.
Awaitable<bool> PeerConnection::write(std::string_view octets, Moment at_latest)
{
    constexpr std::size_t block = 65536;
    while (!octets.empty()) {
        const auto deadline = std::min(seconds_from_now(client_->limits.peer_data_wait_max), at_latest);
        const auto status = co_await stream_->write(octets.substr(0, block), deadline);
        if (status == Stream::Status::late) {
            ran_out_of_time(&core::Limits::peer_data_wait_max, at_latest);
        }
        if (status != Stream::Status::done) {
            broke_ = status == Stream::Status::lost;
            co_return false;
        }
        octets.remove_prefix(std::min(block, octets.size()));
    }
    co_return true;
}

/// Keeps the connection for a while. Whatever the peer says now is a farewell.
Awaitable<std::optional<PeerJob>> PeerConnection::idle()
{
    const auto patience = client_->stopping() ? 0 : client_->limits.peer_idle_max;
    const auto got = co_await stream_->read(seconds_from_now(patience));
    auto job = client_->given(*this);
    if (got.status != Stream::Status::late && got.status != Stream::Status::interrupted) {
        session_.reset();
        stream_.reset();
    }
    co_return job;
}

Awaitable<void> PeerConnection::say_goodbye()
{
    if (!session_) {
        co_return;
    }
    const auto farewell = session_->quit();
    const auto deadline = seconds_from_now(client_->limits.close_wait_max);
    const auto status = co_await stream_->write(farewell.output, deadline);
    if (status == Stream::Status::done) {
        co_await stream_->finish(deadline);
    }
}

/// Counts what ended a wait: the patience for this step, or the lease that no attempt may outlive.
void PeerConnection::ran_out_of_time(std::uint64_t core::Limits::*patience, Moment at_latest)
{
    const bool lease = std::chrono::steady_clock::now() >= at_latest;
    client_->bounds.count(lease ? &core::Limits::delivery_lease : patience);
}

/// How long the peer may take for what it is to say next.
std::uint64_t core::Limits::*PeerConnection::wait() const
{
    switch (session_->wait()) {
        case smtp::ClientWait::greeting:
            return &core::Limits::peer_greeting_wait_max;
        case smtp::ClientWait::command:
            return &core::Limits::peer_command_wait_max;
        case smtp::ClientWait::data:
            return &core::Limits::peer_data_wait_max;
        case smtp::ClientWait::final_reply:
            return &core::Limits::peer_final_wait_max;
    }
    return &core::Limits::peer_command_wait_max;
}

}  // namespace shield::net
