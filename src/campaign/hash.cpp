// SPDX-License-Identifier: Apache-2.0
#include "hash.hpp"

namespace shield::campaign {

std::uint64_t hash_of(std::string_view octets) noexcept
{
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : octets) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    return mixed(hash);
}

std::uint32_t mark_of(char kind, std::string_view octets) noexcept
{
    const auto salt = static_cast<std::uint64_t>(static_cast<unsigned char>(kind));
    const auto mark = static_cast<std::uint32_t>(mixed(hash_of(octets) ^ salt) >> 32);
    return mark == 0 ? 1 : mark;
}

}  // namespace shield::campaign
