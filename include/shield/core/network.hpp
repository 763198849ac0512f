// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/result.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shield::core {

/// A numeric IP address, as octets in network order. A value.
struct IpAddress {
    bool v6{false};
    std::array<unsigned char, 16> octets{};  ///< the first four for IPv4

    /// `192.0.2.1` or `2001:db8::1`: no brackets, no zone, nothing around it.
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

    /// An IPv4 address mapped into IPv6 (RFC 4291 section 2.5.5.2) as the IPv4 address that it is; any other as it
    /// is.
    [[nodiscard]] IpAddress unmapped() const;

    /// In canonical form (RFC 5952 section 4).
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

/// All addresses that begin with the same bits: `192.0.2.0/24`, `2001:db8::/32`. A value.
struct Network {
    IpAddress address;  ///< all bits behind the first `bits` are 0
    unsigned bits{0};

    /// An address alone is a network of one. The error says what is wrong and shows the way.
    [[nodiscard]] static result<Network> parse(std::string_view text);

    /// All that share the first `bits` with it: at most 32 or 128, whatever more is asked.
    [[nodiscard]] static Network around(const IpAddress& address, unsigned bits);

    /// An IPv4 address mapped into IPv6 is in a network of IPv4.
    [[nodiscard]] bool contains(const IpAddress& one) const;

    friend bool operator==(const Network&, const Network&) = default;
};
using Networks = std::vector<Network>;

/// Whether one of them contains it.
[[nodiscard]] bool contains(const Networks& networks, const IpAddress& one);

/// Whether it is one of the public internet's: not private, shared, loopback, link-local, multicast, unspecified or
/// reserved (RFC 6890). The addresses of documentation count, so that examples are as good as the real thing.
[[nodiscard]] bool is_public(const IpAddress& one);

/// Where to listen or to connect: `192.0.2.1:25`, `[2001:db8::1]:25` or `relay.example.com:25`, taken apart. A
/// value; nothing is looked up.
struct HostAndPort {
    std::string host;  ///< without brackets: a numeric address, or else a name (RFC 1123 section 2.1)
    std::uint16_t port{0};

    /// An IPv6 address stands in brackets and nothing else does. The error says what is wrong and shows the way.
    [[nodiscard]] static result<HostAndPort> parse(std::string_view text);

    /// With brackets again where they are needed.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const HostAndPort&, const HostAndPort&) = default;
};

/// A DNS name of letters, digits and hyphens (RFC 1123 section 2.1), without a dot at its end.
[[nodiscard]] bool is_host_name(std::string_view text);

/// The network a client address counts under: its /24 for IPv4 (also when mapped into IPv6), its /48 for IPv6, in
/// canonical form such as `192.0.2.0/24`. What is no address comes back as it was.
[[nodiscard]] std::string network_of(std::string_view address);

/// The same network as a number, for who keeps very many: never 0. What is no address is 0, all of it.
[[nodiscard]] std::uint64_t network_key(std::string_view address);

}  // namespace shield::core
