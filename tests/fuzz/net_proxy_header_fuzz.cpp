// SPDX-License-Identifier: Apache-2.0
// A header cut anywhere is incomplete until it is whole; and what follows it never changes what it says.
#include "proxy_header.hpp"

#include <shield/core/network.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using shield::net::ProxyHeader;
using State = ProxyHeader::State;

void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

constexpr std::size_t size_max = 512;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view octets{reinterpret_cast<const char*>(data), size};
    const ProxyHeader header = ProxyHeader::parse(octets, size_max);
    const std::size_t end = header.state == State::whole ? header.size : size;
    check(header.state != State::whole || (header.size <= size && header.size <= size_max && header.size > 0));
    check(!header.client || shield::core::IpAddress::parse(header.client->address));
    for (std::size_t cut = 0; cut < end && cut < size_max; ++cut) {
        const State before = ProxyHeader::parse(octets.substr(0, cut), size_max).state;
        check(before == State::incomplete || (before == State::malformed && header.state == State::malformed));
    }
    if (header.state == State::whole) {
        const ProxyHeader again = ProxyHeader::parse(std::string{octets.substr(0, end)} + "EHLO x\r\n", size_max);
        check(again.state == State::whole && again.size == header.size);
        check(again.client.has_value() == header.client.has_value());
        check(!again.client || again.client->to_string() == header.client->to_string());
    }
    return 0;
}
