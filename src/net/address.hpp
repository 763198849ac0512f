// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "descriptor.hpp"

#include <shield/core/network.hpp>
#include <shield/core/result.hpp>

#include <sys/socket.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace shield::net {

/// A numeric address of the kernel, IPv4 mapped into IPv6 shown as IPv4; empty and 0 for a Unix socket.
struct Endpoint {
    std::string address;
    std::uint16_t port{0};

    /// "192.0.2.1:25", "[2001:db8::1]:25"
    [[nodiscard]] std::string to_string() const;
};

/// A socket address of any family.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size{sizeof(sockaddr_storage)};

    /// The host must be numeric.
    [[nodiscard]] static core::result<SocketAddress> numeric(const core::HostAndPort& where);
    [[nodiscard]] static core::result<SocketAddress> local(const std::filesystem::path& path);

    [[nodiscard]] const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
    [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
    [[nodiscard]] Endpoint endpoint() const;
};

/// The address a socket is bound to.
[[nodiscard]] Endpoint local_endpoint(const Descriptor& socket);

/// A listening socket at a numeric address and port. An IPv6 address takes IPv6 only, so that `0.0.0.0:25` and
/// `[::]:25` stand side by side. Throws std::system_error that names the address.
[[nodiscard]] Descriptor listen_at(const std::string& address);

/// A listening Unix socket, mode 0660. A socket that nobody listens on any more is replaced; anything else in that
/// place throws.
[[nodiscard]] Descriptor listen_at_path(const std::filesystem::path& path);

}  // namespace shield::net
