// SPDX-License-Identifier: Apache-2.0
#include "random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

namespace shield::store {

std::string random_octets(std::size_t count)
{
    std::string octets(count, '\0');
    std::size_t have = 0;
    while (have < count) {
        const ssize_t got = ::getrandom(octets.data() + have, count - have, 0);
        if (got < 0 && errno != EINTR) {
            throw std::system_error{errno, std::generic_category(), "getrandom"};
        }
        have += got < 0 ? 0 : static_cast<std::size_t>(got);
    }
    return octets;
}

std::uint64_t random_bits()
{
    std::uint64_t bits = 0;
    const std::string octets = random_octets(sizeof bits);
    std::memcpy(&bits, octets.data(), sizeof bits);
    return bits;
}

std::string random_name(std::size_t characters)
{
    constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    constexpr unsigned fair = 256 - 256 % alphabet.size();
    std::string name;
    while (name.size() < characters) {
        for (const char c : random_octets(characters)) {
            const unsigned value = static_cast<unsigned char>(c);
            if (value < fair && name.size() < characters) {
                name += alphabet[value % alphabet.size()];
            }
        }
    }
    return name;
}

}  // namespace shield::store
