// SPDX-License-Identifier: Apache-2.0
#include <shield/core/network.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace shield::core {

namespace {

std::string slash_24(const unsigned char* octets)
{
    return std::to_string(octets[0]) + "." + std::to_string(octets[1]) + "." + std::to_string(octets[2]) + ".0/24";
}

}  // namespace

std::string network_of(std::string_view address)
{
    const std::string text{address};
    std::array<unsigned char, 16> octets{};
    if (inet_pton(AF_INET, text.c_str(), octets.data()) == 1) {
        return slash_24(octets.data());
    }
    if (inet_pton(AF_INET6, text.c_str(), octets.data()) != 1) {
        return text;
    }
    constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::equal(mapped.begin(), mapped.end(), octets.begin())) {
        return slash_24(octets.data() + 12);
    }
    std::fill(octets.begin() + 8, octets.end(), static_cast<unsigned char>(0));
    std::array<char, INET6_ADDRSTRLEN> shown{};
    inet_ntop(AF_INET6, octets.data(), shown.data(), shown.size());
    return std::string{shown.data()} + "/64";
}

}  // namespace shield::core
