// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

/// How many octets follow, as the control socket says it: 4 octets, big endian.
namespace shield::net {

inline constexpr std::size_t length_octets = 4;

[[nodiscard]] inline std::array<char, length_octets> frame_of(std::size_t size) noexcept
{
    std::array<char, length_octets> frame{};
    for (std::size_t i = 0; i < length_octets; ++i) {
        frame[i] = static_cast<char>((size >> (8 * (length_octets - 1 - i))) & 0xff);
    }
    return frame;
}

/// `frame` has at least `length_octets`.
[[nodiscard]] inline std::size_t size_in(std::string_view frame) noexcept
{
    std::size_t size = 0;
    for (const char octet : frame.substr(0, length_octets)) {
        size = size << 8 | static_cast<unsigned char>(octet);
    }
    return size;
}

}  // namespace shield::net
