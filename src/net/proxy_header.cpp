// SPDX-License-Identifier: Apache-2.0
#include "proxy_header.hpp"

#include <shield/core/ascii.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <limits>

namespace shield::net {
namespace {

using State = ProxyHeader::State;
using std::string_view;

constexpr string_view text_start{"PROXY "};
constexpr std::size_t text_size_max = 107;  // "The PROXY protocol" section 2.1, its longest line with CRLF

constexpr string_view binary_start{"\r\n\r\n\0\r\nQUIT\n", 12};  // section 2.2
constexpr std::size_t binary_head = 16;                          // with command, family and length
constexpr unsigned char version_2 = 0x20;
constexpr unsigned char local = 0;
constexpr unsigned char proxy = 1;

unsigned octet(string_view octets, std::size_t at)
{
    return static_cast<unsigned char>(octets[at]);
}

ProxyHeader malformed()
{
    return {State::malformed, 0, std::nullopt};
}

/// As far as both go they are the same.
bool agree(string_view octets, string_view start)
{
    const std::size_t size = std::min(octets.size(), start.size());
    return octets.substr(0, size) == start.substr(0, size);
}

/// "no leading zeroes", section 2.1
std::optional<std::uint16_t> port_of(string_view word)
{
    const auto number = core::parse_number(word);
    const bool plain = word.size() == 1 || !word.starts_with('0');
    if (!number || !plain || *number > std::numeric_limits<std::uint16_t>::max()) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(*number);
}

std::optional<core::IpAddress> address_of(string_view word, bool v6)
{
    const auto address = core::IpAddress::parse(word);
    return address && address->v6 == v6 ? address : std::nullopt;
}

/// As the kernel would show it: a mapped IPv4 address as IPv4.
Endpoint endpoint_of(const core::IpAddress& address, std::uint16_t port)
{
    const core::IpAddress plain = address.unmapped();
    std::array<char, INET6_ADDRSTRLEN> shown{};
    ::inet_ntop(plain.v6 ? AF_INET6 : AF_INET, plain.octets.data(), shown.data(), shown.size());
    return {shown.data(), port};
}

/// `PROXY TCP4 192.0.2.1 198.51.100.1 56324 25`, without its CRLF.
ProxyHeader parse_line(string_view line, std::size_t size)
{
    const auto words = core::split(line, ' ');
    if (words.size() >= 2 && words[1] == "UNKNOWN") {  // the rest of the line is to be ignored
        return {State::whole, size, std::nullopt};
    }
    if (words.size() != 6 || (words[1] != "TCP4" && words[1] != "TCP6")) {
        return malformed();
    }
    const bool v6 = words[1] == "TCP6";
    const auto source = address_of(words[2], v6);
    const auto port = port_of(words[4]);
    if (!source || !address_of(words[3], v6) || !port || !port_of(words[5])) {
        return malformed();
    }
    return {State::whole, size, endpoint_of(*source, *port)};
}

ProxyHeader parse_text(string_view octets)
{
    const auto end = octets.find('\r');
    if (end == string_view::npos) {
        return octets.size() < text_size_max - 1 ? ProxyHeader{} : malformed();
    }
    if (end + 2 > text_size_max || (end + 1 < octets.size() && octets[end + 1] != '\n')) {
        return malformed();
    }
    return end + 1 == octets.size() ? ProxyHeader{} : parse_line(octets.substr(0, end), end + 2);
}

/// The source address, then the destination's, then both ports, all in network order.
ProxyHeader parse_addresses(string_view addresses, bool v6, std::size_t size)
{
    const std::size_t width = v6 ? 16 : 4;
    if (addresses.size() < 2 * width + 4) {
        return malformed();
    }
    core::IpAddress source;
    source.v6 = v6;
    std::transform(addresses.begin(), addresses.begin() + static_cast<std::ptrdiff_t>(width), source.octets.begin(),
                   [](char c) { return static_cast<unsigned char>(c); });
    const auto port =
        static_cast<std::uint16_t>(octet(addresses, 2 * width) << 8 | octet(addresses, 2 * width + 1));
    return {State::whole, size, endpoint_of(source, port)};
}

ProxyHeader parse_binary(string_view octets, std::size_t size_max)
{
    constexpr unsigned any = 0x00;
    constexpr unsigned tcp4 = 0x11;
    constexpr unsigned tcp6 = 0x21;
    if (octets.size() < binary_head) {
        return {};
    }
    const unsigned command = octet(octets, 12);
    const std::size_t size = binary_head + (octet(octets, 14) << 8 | octet(octets, 15));
    if ((command != (version_2 | local) && command != (version_2 | proxy)) || size > size_max) {
        return malformed();
    }
    if (octets.size() < size) {
        return {};
    }
    const unsigned family = octet(octets, 13);
    if (command == (version_2 | local) || family == any) {  // "must discard the protocol block"
        return {State::whole, size, std::nullopt};
    }
    if (family != tcp4 && family != tcp6) {  // datagrams and Unix sockets bring no mail from outside
        return malformed();
    }
    return parse_addresses(octets.substr(binary_head, size - binary_head), family == tcp6, size);
}

}  // namespace

ProxyHeader ProxyHeader::parse(string_view octets, std::size_t size_max)
{
    if (agree(octets, binary_start)) {
        return parse_binary(octets, size_max);
    }
    return agree(octets, text_start) ? parse_text(octets) : malformed();
}

}  // namespace shield::net
