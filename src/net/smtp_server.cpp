// SPDX-License-Identifier: Apache-2.0
#include "listener.hpp"
#include "proxy_reader.hpp"
#include "share.hpp"
#include "smtp_connection.hpp"

#include <shield/net/smtp_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace shield::net {
namespace asio = boost::asio;

namespace {

/// Who is at the other end, as far as bounds are concerned.
struct Caller {
    Endpoint client;
    bool gateway{false};  ///< it speaks for itself, to see whether we live
    smtp::Offer offer{};  ///< what the listener speaks that it came to
};

/// A client that was let in, and what it holds while it is there.
struct Guest {
    Endpoint client;
    smtp::Offer offer;
    Clients::Place place;
    Share share;  ///< one of `connections_max`
};

std::string_view name_of(Clients::Bound bound)
{
    const auto table = core::limit_table();
    const auto row =
        std::find_if(table.begin(), table.end(), [&](const core::LimitEntry& one) { return one.member == bound; });
    return row == table.end() ? std::string_view{} : row->name;
}

}  // namespace

struct SmtpServer::State : std::enable_shared_from_this<SmtpServer::State> {
    State(IoContext& context, Options given) : io{context}, options{std::move(given)}, metrics{*options.metrics} {}

    std::string add_listener(Descriptor socket, Door door);
    void accept(Descriptor socket, const Endpoint& peer, const Door& door);
    template <typename Conversation>
    void begin(Conversation conversation);
    Awaitable<void> serve_gateway(Strand strand, Descriptor socket, Caller gateway, Share share);
    [[nodiscard]] std::optional<Caller> caller_of(ProxyReader::Result header, const Caller& gateway);
    [[nodiscard]] std::optional<Guest> admit(const Caller& caller, std::optional<Share> share,
                                             const Descriptor& socket);
    [[nodiscard]] std::optional<Clients::Place> place_for(const Caller& caller,
                                                          const std::optional<core::IpAddress>& address,
                                                          const smtp::Policy& policy, const Descriptor& socket);
    Awaitable<void> serve(Strand strand, Descriptor socket, Guest guest);
    void remember(const std::shared_ptr<SmtpConnection>& connection);
    void forget(const SmtpConnection& connection);
    static void turn_away(const Descriptor& socket, smtp::Offer offer, const std::string& words);
    void close(Moment at_latest);
    [[nodiscard]] std::uint64_t drain_time_max() const { return options.policy()->limits.drain_time_max; }

    IoContext& io;
    Options options;
    SmtpMetrics metrics;
    std::shared_ptr<Population> population{std::make_shared<Population>()};

    std::mutex mutex;  // of what follows
    bool draining{false};
    std::vector<std::shared_ptr<Listener>> listeners;
    std::unordered_map<const SmtpConnection*, std::weak_ptr<SmtpConnection>> connections;
};

std::string SmtpServer::State::add_listener(Descriptor socket, Door door)
{
    auto bound = local_endpoint(socket).to_string();
    auto accepted = [self = shared_from_this(), door = std::move(door)](Descriptor client, const Endpoint& peer) {
        self->accept(std::move(client), peer, door);
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

void SmtpServer::State::accept(Descriptor socket, const Endpoint& peer, const Door& door)
{
    const int yes = 1;  // replies are written whole, none should wait for the acknowledgement of the last
    ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);

    const std::uint64_t most = options.policy()->limits.connections_max;
    const auto address = core::IpAddress::parse(peer.address);
    if (!address || !core::contains(door.proxies, *address)) {
        if (auto guest = admit({peer, false, door.offer}, Share::take(metrics.connections, 1, most), socket)) {
            begin([this, taken = std::move(socket), held = std::move(*guest)](const Strand& strand) mutable {
                return serve(strand, std::move(taken), std::move(held));
            });
        }
        return;
    }
    // Whose it is, and so whether it has a place, is known when its header is. As many again may wait for that.
    if (auto share = Share::take(metrics.connections, 1, 2 * most)) {
        begin([this, taken = std::move(socket), gateway = Caller{peer, true, door.offer},
               held = std::move(*share)](const Strand& strand) mutable {
            return serve_gateway(strand, std::move(taken), std::move(gateway), std::move(held));
        });
    } else {
        metrics.bounds.count(&core::Limits::connections_max);
    }
}

/// `conversation` gives the coroutine of one connection, on its strand.
template <typename Conversation>
void SmtpServer::State::begin(Conversation conversation)
{
    const auto strand = make_strand(io);
    asio::co_spawn(
        strand,
        [present = population->enter(), self = shared_from_this(), strand,
         held = std::move(conversation)]() mutable -> Awaitable<void> { co_await held(strand); },
        asio::detached);
}

Awaitable<void> SmtpServer::State::serve_gateway(Strand strand, Descriptor socket, Caller gateway, Share share)
{
    ProxyReader::Result header;
    {
        const auto policy = options.policy();
        ProxyReader reader{strand, socket, policy->limits.proxy_header_max};
        header = co_await reader.read(seconds_from_now(policy->limits.proxy_wait_max));
    }
    const auto caller = caller_of(std::move(header), gateway);
    auto guest = caller ? admit(*caller, std::move(share), socket) : std::nullopt;
    if (guest) {
        co_await serve(std::move(strand), std::move(socket), std::move(*guest));
    }
}

/// Whom the header names, or nothing when the connection is not to be used.
std::optional<Caller> SmtpServer::State::caller_of(ProxyReader::Result header, const Caller& gateway)
{
    const auto refuse = [&](const char* why) {
        options.log->line(core::Severity::warning, "proxy_header",
                          {{"gateway", gateway.client.address}, {"refused", why}});
    };
    switch (header.end) {
        case ProxyReader::End::read:
            return header.client ? Caller{std::move(*header.client), false, gateway.offer} : gateway;
        case ProxyReader::End::malformed:
            ++metrics.proxy_headers_refused;
            refuse("malformed, or not for TCP");
            break;
        case ProxyReader::End::late:
            metrics.bounds.count(&core::Limits::proxy_wait_max);
            refuse("did not come in time (proxy_wait_max)");
            break;
        case ProxyReader::End::lost:  // as a gateway does that looks whether the port is open
            break;
    }
    return std::nullopt;
}

/// Nothing when its network has taken what it may, or nobody leaves for it when we are full: then it was told.
/// `share` is one of `connections_max`, if it could be had.
std::optional<Guest> SmtpServer::State::admit(const Caller& caller, std::optional<Share> share,
                                              const Descriptor& socket)
{
    const auto policy = options.policy();
    const std::uint64_t most = policy->limits.connections_max;
    const auto address = core::IpAddress::parse(caller.client.address);
    auto place = place_for(caller, address, *policy, socket);
    if (!place) {
        return std::nullopt;
    }
    if (!share || static_cast<std::uint64_t>(metrics.connections) > most) {
        metrics.bounds.count(&core::Limits::connections_max);
        if (!options.clients->make_room_for(address)) {
            turn_away(socket, caller.offer, smtp::too_many_connections(*policy));
            return std::nullopt;
        }
    }
    return Guest{caller.client, caller.offer, std::move(*place),
                 share ? std::move(*share) : Share::take_in_any_case(metrics.connections, 1)};
}

std::optional<Clients::Place> SmtpServer::State::place_for(const Caller& caller,
                                                           const std::optional<core::IpAddress>& address,
                                                           const smtp::Policy& policy, const Descriptor& socket)
{
    if (caller.gateway || !address || core::contains(*options.exempt(), *address)) {
        return options.clients->enter_exempt();
    }
    const core::Limits& limits = policy.limits;
    const auto taken = static_cast<std::uint64_t>(metrics.connections);
    const std::uint64_t left = limits.connections_max - std::min(limits.connections_max, taken);
    auto entrance = options.clients->enter(*address, limits, std::chrono::steady_clock::now(),
                                           taken >= limits.connections_crowded, left);
    if (entrance.worth_telling) {
        options.log->line(core::Severity::warning, "turned_away",
                          {{"client", caller.client.address}, {"bound", std::string{name_of(entrance.refused)}}});
    }
    if (!entrance.place) {
        metrics.bounds.count(entrance.refused);
        turn_away(socket, caller.offer, smtp::too_many_of_network(policy));
    }
    return std::move(entrance.place);
}

Awaitable<void> SmtpServer::State::serve(Strand strand, Descriptor socket, Guest guest)
{
    const auto connection = std::make_shared<SmtpConnection>(strand, std::move(socket), guest.client, guest.offer,
                                                             std::move(guest.place), options, metrics);
    remember(connection);
    struct Forgotten {
        State& state;
        const SmtpConnection& connection;
        ~Forgotten() { state.forget(connection); }
    } const at_the_end{*this, *connection};
    co_await connection->run();
}

void SmtpServer::State::remember(const std::shared_ptr<SmtpConnection>& connection)
{
    const std::lock_guard lock{mutex};
    connections.emplace(connection.get(), connection);
    if (draining) {
        connection->drain(std::chrono::steady_clock::now());
    }
}

void SmtpServer::State::forget(const SmtpConnection& connection)
{
    const std::lock_guard lock{mutex};
    connections.erase(&connection);
}

/// One attempt to say why, without waiting: whoever floods us with connections gets no more of our time.
void SmtpServer::State::turn_away(const Descriptor& socket, smtp::Offer offer, const std::string& words)
{
    if (offer.tls != smtp::Tls::implicit) {
        static_cast<void>(::send(socket.number(), words.data(), words.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    }
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

std::string SmtpServer::listen(const std::string& address, Door door)
{
    return state_->add_listener(listen_at(address), std::move(door));
}

std::string SmtpServer::adopt(int descriptor, Door door)
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
    return state_->add_listener(std::move(socket), std::move(door));
}

void SmtpServer::drain(std::function<void()> done)
{
    state_->close(seconds_from_now(state_->drain_time_max()));
    state_->population->when_empty([&io = state_->io, done = std::move(done)] { io.post(done); });
}

}  // namespace shield::net
