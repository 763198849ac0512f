// SPDX-License-Identifier: Apache-2.0
#include "listener.hpp"
#include "smtp_connection.hpp"

#include <shield/net/smtp_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>
#include <mutex>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace shield::net {
namespace asio = boost::asio;

struct SmtpServer::State : std::enable_shared_from_this<SmtpServer::State> {
    State(IoContext& context, Options given) : io{context}, options{std::move(given)}, metrics{*options.metrics} {}

    std::string add_listener(Descriptor socket, smtp::Offer offer);
    void accept(Descriptor socket, const Endpoint& peer, smtp::Offer offer);
    static void turn_away(const Descriptor& socket, const std::string& words);
    void close(Moment at_latest);
    [[nodiscard]] std::uint64_t drain_time_max() const { return options.policy()->limits.drain_time_max; }

    IoContext& io;
    Options options;
    SmtpMetrics metrics;
    std::shared_ptr<Population> population{std::make_shared<Population>()};

    std::mutex mutex;  // of what follows
    bool draining{false};
    std::vector<std::shared_ptr<Listener>> listeners;
    std::unordered_map<SmtpConnection*, std::weak_ptr<SmtpConnection>> connections;
};

std::string SmtpServer::State::add_listener(Descriptor socket, smtp::Offer offer)
{
    auto bound = local_endpoint(socket).to_string();
    auto accepted = [self = shared_from_this(), offer](Descriptor client, const Endpoint& peer) {
        self->accept(std::move(client), peer, offer);
    };
    const auto listener =
        std::make_shared<Listener>(io, std::move(socket), bound, std::move(accepted), *options.log);
    {
        const std::lock_guard lock{mutex};
        listeners.push_back(listener);
    }
    listener->start(population->enter());
    return bound;
}

void SmtpServer::State::accept(Descriptor socket, const Endpoint& peer, smtp::Offer offer)
{
    const int yes = 1;  // replies are written whole, none should wait for the acknowledgement of the last
    ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);

    const auto policy = options.policy();
    ConnectionPlace place{metrics.connections, policy->limits.connections_max};
    if (!place.taken()) {
        metrics.bounds.count(&core::Limits::connections_max);
        turn_away(socket, offer.tls == smtp::Tls::implicit ? "" : smtp::too_many_connections(*policy));
        return;
    }

    const auto strand = make_strand(io);
    const auto connection =
        std::make_shared<SmtpConnection>(strand, std::move(socket), peer, offer, options, metrics);
    {
        const std::lock_guard lock{mutex};
        connections.emplace(connection.get(), connection);
        if (draining) {
            connection->drain(std::chrono::steady_clock::now());
        }
    }
    asio::co_spawn(
        strand,
        [present = population->enter(), self = shared_from_this(), connection,
         held = std::move(place)]() -> Awaitable<void> {
            co_await connection->run();
            const std::lock_guard lock{self->mutex};
            self->connections.erase(connection.get());
        },
        asio::detached);
}

/// One attempt to say why, where a client can read it, without waiting: whoever floods us with connections gets no
/// more of our time.
void SmtpServer::State::turn_away(const Descriptor& socket, const std::string& words)
{
    static_cast<void>(::send(socket.number(), words.data(), words.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    ::shutdown(socket.number(), SHUT_WR);
}

void SmtpServer::State::close(Moment at_latest)
{
    const std::lock_guard lock{mutex};
    draining = true;
    for (const auto& listener : listeners) {
        listener->close();
    }
    listeners.clear();
    for (const auto& [key, weak] : connections) {
        if (const auto connection = weak.lock()) {
            connection->drain(at_latest);
        }
    }
}

SmtpServer::SmtpServer(IoContext& io, Options options) : state_{std::make_shared<State>(io, std::move(options))} {}

SmtpServer::~SmtpServer()
{
    state_->close(std::chrono::steady_clock::now());
    state_->population->wait_empty(state_->io, std::chrono::seconds{state_->drain_time_max()});
}

std::string SmtpServer::listen(const std::string& address, smtp::Offer offer)
{
    return state_->add_listener(listen_at(address), offer);
}

std::string SmtpServer::adopt(int descriptor, smtp::Offer offer)
{
    Descriptor socket{descriptor};
    int listens = 0;
    socklen_t size = sizeof listens;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) {
        throw std::system_error{EINVAL, std::generic_category(),
                                "descriptor " + std::to_string(descriptor) + " is not a listening socket"};
    }
    if (::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK) != 0 ||
        ::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) {
        throw std::system_error{errno, std::generic_category(), "cannot adopt a listening socket"};
    }
    return state_->add_listener(std::move(socket), offer);
}

void SmtpServer::drain(std::function<void()> done)
{
    state_->close(seconds_from_now(state_->drain_time_max()));
    state_->population->when_empty([&io = state_->io, done = std::move(done)] { io.post(done); });
}

}  // namespace shield::net
