// SPDX-License-Identifier: Apache-2.0
#include <shield/core/digest.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

namespace shield::core {

namespace {

void check(bool ok)
{
    if (!ok) {
        throw std::runtime_error("the cryptographic library failed to compute SHA-256");
    }
}

}  // namespace

struct Sha256Stream::Context {
    EVP_MD_CTX* handle{EVP_MD_CTX_new()};
    Context() = default;
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() { EVP_MD_CTX_free(handle); }
};

Sha256Stream::Sha256Stream() : context_{std::make_unique<Context>()}
{
    check(context_->handle != nullptr && EVP_DigestInit_ex(context_->handle, EVP_sha256(), nullptr) == 1);
}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::update(std::string_view octets)
{
    check(EVP_DigestUpdate(context_->handle, octets.data(), octets.size()) == 1);
}

Sha256 Sha256Stream::finish()
{
    Sha256 digest{};
    check(EVP_DigestFinal_ex(context_->handle, digest.data(), nullptr) == 1);
    check(EVP_DigestInit_ex(context_->handle, EVP_sha256(), nullptr) == 1);
    return digest;
}

Sha256 sha256(std::string_view octets)
{
    Sha256 digest{};
    check(EVP_Digest(octets.data(), octets.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
    return digest;
}

Sha256 hmac_sha256(std::string_view key, std::string_view octets)
{
    Sha256 digest{};
    unsigned length = 0;
    check(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
               reinterpret_cast<const unsigned char*>(octets.data()), octets.size(), digest.data(),
               &length) != nullptr);
    return digest;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_hex(std::string_view octets)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(octets.size() * 2);
    for (const char c : octets) {
        const auto octet = static_cast<unsigned char>(c);
        hex += digits[octet >> 4];
        hex += digits[octet & 15];
    }
    return hex;
}

}  // namespace shield::core
