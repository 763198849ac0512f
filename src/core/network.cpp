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
    if (!known->v6) {
        return slash_24(known->octets.data());
    }
    constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::equal(mapped.begin(), mapped.end(), known->octets.begin())) {
        return slash_24(known->octets.data() + 12);
    }
    auto octets = known->octets;
    std::fill(octets.begin() + 8, octets.end(), static_cast<unsigned char>(0));
    std::array<char, INET6_ADDRSTRLEN> shown{};
    inet_ntop(AF_INET6, octets.data(), shown.data(), shown.size());
    return std::string{shown.data()} + "/64";
}

}  // namespace shield::core
