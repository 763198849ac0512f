// SPDX-License-Identifier: Apache-2.0
#include <shield/core/digest.hpp>
#include <shield/core/uuid.hpp>

#include <openssl/evp.h>

#include <stdexcept>

namespace shield::core {

std::string named_uuid(const UuidOctets& name_space, std::string_view name)
{
    std::string named{reinterpret_cast<const char*>(name_space.data()), name_space.size()};
    named += name;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(named.data(), named.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1 || size < 16) {
        throw std::runtime_error("the cryptographic library failed to compute SHA-1");
    }
    digest[6] = static_cast<unsigned char>((digest[6] & 0x0fU) | 0x50U);  // the version
    digest[8] = static_cast<unsigned char>((digest[8] & 0x3fU) | 0x80U);  // the variant
    std::string text = to_hex(std::string_view{reinterpret_cast<const char*>(digest.data()), 16});
    for (const std::size_t hyphen : {20U, 16U, 12U, 8U}) {
        text.insert(hyphen, 1, '-');
    }
    return text;
}

}  // namespace shield::core
