// SPDX-License-Identifier: Apache-2.0
#include "listeners.hpp"

#include <shield/core/network.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace shield::daemon {

namespace {

constexpr int backlog = 4096;  // the kernel cuts it to net.core.somaxconn

[[noreturn]] void fail(const std::string& address)
{
    const int why = errno;
    const char* remedy = why == EADDRINUSE ? "; stop what listens there, or choose another port"
                         : why == EACCES   ? "; start as root, by socket activation, or choose a port above 1023"
                         : why == EADDRNOTAVAIL ? "; no interface of this host has that address"
                                                : "";
    throw std::runtime_error{"cannot listen on " + address + ": " + std::strerror(why) + remedy};
}

union SocketAddress {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
};

std::pair<SocketAddress, socklen_t> parse_address(const std::string& text)
{
    const auto place = core::HostAndPort::parse(text);
    const auto numeric = place ? core::IpAddress::parse(place->host) : std::nullopt;
    if (!numeric) {
        throw std::runtime_error{"cannot listen on " + text + ": it is not an IP address and a port"};
    }
    SocketAddress address{};
    if (numeric->v6) {
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons(place->port);
        std::memcpy(&address.v6.sin6_addr, numeric->octets.data(), sizeof(address.v6.sin6_addr));
        return {address, sizeof(address.v6)};
    }
    address.v4.sin_family = AF_INET;
    address.v4.sin_port = htons(place->port);
    std::memcpy(&address.v4.sin_addr, numeric->octets.data(), sizeof(address.v4.sin_addr));
    return {address, sizeof(address.v4)};
}

bool same_address(const SocketAddress& a, const SocketAddress& b)
{
    if (a.any.sa_family != b.any.sa_family) {
        return false;
    }
    if (a.any.sa_family == AF_INET) {
        return a.v4.sin_port == b.v4.sin_port && a.v4.sin_addr.s_addr == b.v4.sin_addr.s_addr;
    }
    return a.v6.sin6_port == b.v6.sin6_port &&
           std::memcmp(&a.v6.sin6_addr, &b.v6.sin6_addr, sizeof(a.v6.sin6_addr)) == 0;
}

std::string shown(const SocketAddress& address)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &address.v4.sin_addr, text.data(), text.size());
        return core::HostAndPort{text.data(), ntohs(address.v4.sin_port)}.to_string();
    }
    inet_ntop(AF_INET6, &address.v6.sin6_addr, text.data(), text.size());
    return core::HostAndPort{text.data(), ntohs(address.v6.sin6_port)}.to_string();
}

Listener bind_listener(const Config::Listen& wanted)
{
    const auto [address, size] = parse_address(wanted.address);
    const int descriptor = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        fail(wanted.address);
    }
    Listener listener{descriptor, wanted.door};
    const int yes = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (address.any.sa_family == AF_INET6) {  // "[::]:25" and "0.0.0.0:25" are two listeners
        setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
    }
    if (bind(descriptor, &address.any, size) != 0 || listen(descriptor, backlog) != 0) {
        fail(wanted.address);
    }
    return listener;
}

struct Inherited {
    int descriptor;
    std::string name;
};

std::vector<Inherited> inherited_descriptors()
{
    char** names = nullptr;
    const int count = sd_listen_fds_with_names(1, &names);
    std::vector<Inherited> all;
    for (int i = 0; i < count; ++i) {
        const char* name = names != nullptr ? names[i] : nullptr;
        all.push_back({SD_LISTEN_FDS_START + i, name != nullptr ? name : ""});
        std::free(names != nullptr ? names[i] : nullptr);
    }
    std::free(names);
    return all;
}

}  // namespace

Listener::~Listener()
{
    if (descriptor_ >= 0) {
        close(descriptor_);
    }
}

std::vector<Listener> open_listeners(const std::vector<Config::Listen>& wanted)
{
    std::vector<Listener> listeners;
    std::vector<Config::Listen> missing = wanted;
    for (const Inherited& inherited : inherited_descriptors()) {
        SocketAddress bound{};
        socklen_t size = sizeof(bound);
        if (getsockname(inherited.descriptor, &bound.any, &size) != 0 ||
            (bound.any.sa_family != AF_INET && bound.any.sa_family != AF_INET6) ||
            sd_is_socket(inherited.descriptor, AF_UNSPEC, SOCK_STREAM, 1) <= 0) {
            throw std::runtime_error{"the socket '" + inherited.name +
                                     "' from the service manager does not listen for TCP; use ListenStream=PORT"};
        }
        const auto named = std::find_if(missing.begin(), missing.end(), [&](const Config::Listen& listen) {
            return same_address(bound, parse_address(listen.address).first);
        });
        if (named == missing.end()) {  // nobody said whether it demands TLS, or whom it believes
            throw std::runtime_error{"the socket " + shown(bound) +
                                     " from the service manager has no [[listen]]; add one with that address, or "
                                     "remove its ListenStream="};
        }
        listeners.emplace_back(inherited.descriptor, named->door);
        missing.erase(named);
    }
    for (const Config::Listen& listen : missing) {
        listeners.push_back(bind_listener(listen));
    }
    return listeners;
}

}  // namespace shield::daemon
