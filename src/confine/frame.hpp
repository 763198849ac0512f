// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Questions and answers travel behind their size in four octets, the lowest first.
namespace shield::confine {

constexpr std::size_t frame_head_size = 4;

inline std::string frame_head(std::size_t size)
{
    const auto number = static_cast<std::uint32_t>(size);
    return {static_cast<char>(number), static_cast<char>(number >> 8), static_cast<char>(number >> 16),
            static_cast<char>(number >> 24)};
}

/// The size that the first four of `octets` say.
inline std::uint64_t framed_size(std::string_view octets)
{
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < frame_head_size; ++i) {
        size |= std::uint64_t{static_cast<unsigned char>(octets[i])} << 8 * i;
    }
    return size;
}

}  // namespace shield::confine
