// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/network.hpp>
#include <shield/core/printable.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <limits>

namespace shield::core {

namespace {

constexpr std::size_t shown_octets_max = 80;

Error not_a_place(std::string_view text, std::string_view why)
{
    return Error{"'" + printable_line(cut_utf8(text, shown_octets_max)) + "' " + std::string{why}};
}

unsigned bits_in(const IpAddress& address)
{
    return address.v6 ? 128 : 32;
}

/// The address with every bit behind the first `bits` cleared.
IpAddress begin_of(IpAddress address, unsigned bits)
{
    for (std::size_t i = 0; i < address.octets.size(); ++i) {
        const unsigned before = static_cast<unsigned>(i) * 8;
        const unsigned kept = bits <= before ? 0 : std::min(bits - before, 8U);
        address.octets[i] = static_cast<unsigned char>(address.octets[i] & (0xff00U >> kept));
    }
    return address;
}

std::string slash_24(const unsigned char* octets)
{
    return std::to_string(octets[0]) + "." + std::to_string(octets[1]) + "." + std::to_string(octets[2]) + ".0/24";
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text)
{
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) {
        return std::nullopt;  // inet_pton() would stop at the null octet
    }
    const std::string terminated{text};
    IpAddress address;
    if (inet_pton(AF_INET, terminated.c_str(), address.octets.data()) == 1) {
        return address;
    }
    address = {true, {}};
    return inet_pton(AF_INET6, terminated.c_str(), address.octets.data()) == 1 ? std::optional{address}
                                                                               : std::nullopt;
}

IpAddress IpAddress::unmapped() const
{
    constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (!v6 || !std::equal(mapped.begin(), mapped.end(), octets.begin())) {
        return *this;
    }
    IpAddress v4;
    std::copy(octets.begin() + mapped.size(), octets.end(), v4.octets.begin());
    return v4;
}

std::string IpAddress::to_string() const
{
    std::array<char, INET6_ADDRSTRLEN> shown{};
    inet_ntop(v6 ? AF_INET6 : AF_INET, octets.data(), shown.data(), shown.size());
    return shown.data();
}

result<Network> Network::parse(std::string_view text)
{
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address) {
        return not_a_place(text, "is not an IP address or a network, such as 192.0.2.0/24");
    }
    const std::optional<std::uint64_t> bits =
        slash == std::string_view::npos ? bits_in(*address) : parse_number(text.substr(slash + 1));
    if (!bits || *bits > bits_in(*address)) {
        return not_a_place(text, address->v6 ? "does not end in a number of bits from 0 to 128, such as /48"
                                             : "does not end in a number of bits from 0 to 32, such as /24");
    }
    const Network network{*address, static_cast<unsigned>(*bits)};
    if (begin_of(*address, network.bits) != *address) {
        return not_a_place(text, "has bits behind its first " + std::to_string(network.bits) +
                                     "; write where the network begins, or the address alone");
    }
    return network;
}

Network Network::around(const IpAddress& address, unsigned bits)
{
    bits = std::min(bits, bits_in(address));
    return {begin_of(address, bits), bits};
}

bool Network::contains(const IpAddress& one) const
{
    const IpAddress plain = one.unmapped();
    return plain.v6 == address.v6 && begin_of(plain, bits) == address;
}

bool contains(const Networks& networks, const IpAddress& one)
{
    return std::any_of(networks.begin(), networks.end(),
                       [&](const Network& network) { return network.contains(one); });
}

bool is_public(const IpAddress& one)
{
    static const Networks others = [] {
        Networks networks;
        for (const std::string_view written :
             {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
              "192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "ff00::/8"}) {
            networks.push_back(*Network::parse(written));
        }
        return networks;
    }();
    return !contains(others, one);
}

bool is_host_name(std::string_view text)
{
    if (text.empty() || text.size() > 253) {
        return false;
    }
    const auto labels = split(text, '.');
    return std::all_of(labels.begin(), labels.end(), [](std::string_view label) {
        return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
               std::all_of(label.begin(), label.end(),
                           [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; });
    });
}

result<HostAndPort> HostAndPort::parse(std::string_view text)
{
    const auto colon = text.rfind(':');
    const auto port = colon == std::string_view::npos ? std::nullopt : parse_number(text.substr(colon + 1));
    if (!port || *port > std::numeric_limits<std::uint16_t>::max()) {
        return not_a_place(text, "does not end in a port, such as 127.0.0.1:25");
    }
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    host = bracketed ? host.substr(1, host.size() - 2) : host;
    const auto address = IpAddress::parse(host);
    if (address ? address->v6 != bracketed : bracketed || !is_host_name(host)) {
        return not_a_place(text, address && address->v6
                                     ? "has an IPv6 address without brackets; write it as [::1]:25"
                                     : "is not a host and a port, such as 127.0.0.1:25");
    }
    return HostAndPort{std::string{host}, static_cast<std::uint16_t>(*port)};
}

std::string HostAndPort::to_string() const
{
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string network_of(std::string_view address)
{
    const auto known = IpAddress::parse(address);
    if (!known) {
        return std::string{address};
    }
    const IpAddress plain = known->unmapped();
    if (!plain.v6) {
        return slash_24(plain.octets.data());
    }
    return begin_of(plain, 48).to_string() + "/48";
}

std::uint64_t network_key(std::string_view address)
{
    const auto known = IpAddress::parse(address);
    if (!known) {
        return 0;
    }
    const IpAddress plain = known->unmapped();
    std::uint64_t key = plain.v6 ? 2 : 1;  // so that the two families share none
    for (std::size_t i = 0; i < (plain.v6 ? 6U : 3U); ++i) {
        key = key << 8 | plain.octets.at(i);
    }
    return key;
}

}  // namespace shield::core
