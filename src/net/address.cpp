// SPDX-License-Identifier: Apache-2.0
#include "address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace shield::net {
namespace {

[[noreturn]] void fail(int error, const std::string& sentence)
{
    throw std::system_error{error, std::generic_category(), sentence};
}

Descriptor listening_socket(const SocketAddress& at, const std::string& shown)
{
    Descriptor socket{::socket(at.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket.valid())
        fail(errno, "cannot listen on " + shown);
    const int yes = 1;
    ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (at.storage.ss_family == AF_INET6)
        ::setsockopt(socket.number(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (::bind(socket.number(), at.get(), at.size) != 0 || ::listen(socket.number(), SOMAXCONN) != 0)
        fail(errno, "cannot listen on " + shown);
    return socket;
}

bool somebody_listens(const SocketAddress& at)
{
    const Descriptor probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    // EAGAIN is a full backlog: somebody does listen.
    return ::connect(probe.number(), at.get(), at.size) == 0 || (errno != ECONNREFUSED && errno != ENOENT);
}

}  // namespace

std::string Endpoint::to_string() const
{
    return core::HostAndPort{address, port}.to_string();
}

core::result<SocketAddress> SocketAddress::numeric(const core::HostAndPort& where)
{
    const auto address = core::IpAddress::parse(where.host);
    if (!address)
        return core::Error{"\"" + where.host + "\" is not a numeric address"};
    SocketAddress made;
    if (address->v6) {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(made.storage);
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(where.port);
        std::memcpy(&v6.sin6_addr, address->octets.data(), sizeof v6.sin6_addr);
        made.size = sizeof v6;
    } else {
        auto& v4 = reinterpret_cast<sockaddr_in&>(made.storage);
        v4.sin_family = AF_INET;
        v4.sin_port = htons(where.port);
        std::memcpy(&v4.sin_addr, address->octets.data(), sizeof v4.sin_addr);
        made.size = sizeof v4;
    }
    return made;
}

core::result<SocketAddress> SocketAddress::local(const std::filesystem::path& path)
{
    SocketAddress made;
    auto& address = reinterpret_cast<sockaddr_un&>(made.storage);
    if (path.native().size() >= sizeof address.sun_path)
        return core::Error{"the path of the control socket is longer than " +
                           std::to_string(sizeof address.sun_path - 1) + " octets: " + path.native()};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.native().size() + 1);
    made.size = sizeof address;
    return made;
}

Endpoint SocketAddress::endpoint() const
{
    char text[INET6_ADDRSTRLEN] = "";
    if (storage.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
        ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
        return {text, ntohs(v4.sin_port)};
    }
    if (storage.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
        if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
            ::inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, sizeof text);
        else
            ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
        return {text, ntohs(v6.sin6_port)};
    }
    return {};
}

Endpoint local_endpoint(const Descriptor& socket)
{
    SocketAddress bound;
    if (::getsockname(socket.number(), bound.get(), &bound.size) != 0)
        fail(errno, "cannot tell the address of a socket");
    return bound.endpoint();
}

Descriptor listen_at(const std::string& address)
{
    const auto where = core::HostAndPort::parse(address);
    if (!where)
        fail(EINVAL, "cannot listen: " + where.error().sentence);
    const auto at = SocketAddress::numeric(*where);
    if (!at)
        fail(EINVAL, "cannot listen on " + address + ": " + at.error().sentence);
    return listening_socket(*at, address);
}

Descriptor listen_at_path(const std::filesystem::path& path)
{
    const auto at = SocketAddress::local(path);
    if (!at)
        fail(ENAMETOOLONG, at.error().sentence);

    struct stat there {};
    if (::lstat(path.c_str(), &there) == 0) {
        if (!S_ISSOCK(there.st_mode))
            fail(EEXIST, path.native() + " is in the way of the control socket");
        if (somebody_listens(*at))
            fail(EADDRINUSE, "somebody else listens on " + path.native());
        if (::unlink(path.c_str()) != 0 && errno != ENOENT)
            fail(errno, "cannot replace " + path.native());
    }

    Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket.valid())
        fail(errno, "cannot listen on " + path.native());
    // The mode before bind() is the most that the file will have at any moment, the mode after it undoes the umask.
    constexpr mode_t owner_and_group = 0660;
    if (::fchmod(socket.number(), owner_and_group) != 0 || ::bind(socket.number(), at->get(), at->size) != 0 ||
        ::chmod(path.c_str(), owner_and_group) != 0 || ::listen(socket.number(), SOMAXCONN) != 0)
        fail(errno, "cannot listen on " + path.native());
    return socket;
}

}  // namespace shield::net
