// SPDX-License-Identifier: Apache-2.0
#include <shield/core/reference_cipher.hpp>

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace shield::core {

namespace {

constexpr unsigned rounds = 10;
constexpr unsigned half_bits = 20;
constexpr std::uint64_t half_mask = (std::uint64_t{1} << half_bits) - 1;
static_assert(Reference::values == std::uint64_t{1} << (2 * half_bits));

void check(bool ok)
{
    if (!ok) {
        throw std::runtime_error("the cryptographic library failed to compute AES-128");
    }
}

}  // namespace

struct ReferenceCipher::Context {
    EVP_CIPHER_CTX* handle{EVP_CIPHER_CTX_new()};
    Context() = default;
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() { EVP_CIPHER_CTX_free(handle); }
};

ReferenceCipher::ReferenceCipher(std::string_view key) : context_{std::make_unique<Context>()}
{
    if (key.size() != key_octets) {
        throw std::invalid_argument("the key of references has a wrong length");
    }
    check(context_->handle != nullptr &&
          EVP_EncryptInit_ex(context_->handle, EVP_aes_128_ecb(), nullptr,
                             reinterpret_cast<const unsigned char*>(key.data()), nullptr) == 1 &&
          EVP_CIPHER_CTX_set_padding(context_->handle, 0) == 1);
}
ReferenceCipher::~ReferenceCipher() = default;
ReferenceCipher::ReferenceCipher(ReferenceCipher&&) noexcept = default;
ReferenceCipher& ReferenceCipher::operator=(ReferenceCipher&&) noexcept = default;

// One block of AES in ECB mode is the pseudorandom function of a round, as FF1 uses it.
std::uint64_t ReferenceCipher::mixed(std::uint64_t half, unsigned round)
{
    std::array<unsigned char, 16> block{};
    block[0] = static_cast<unsigned char>(round);
    for (std::size_t i = 0; i < 3; ++i) {
        block[1 + i] = static_cast<unsigned char>(half >> (8 * i));
    }
    std::array<unsigned char, 16> out{};
    int length = 0;
    check(EVP_EncryptUpdate(context_->handle, out.data(), &length, block.data(), static_cast<int>(block.size())) ==
              1 &&
          length == static_cast<int>(out.size()));
    return (std::uint64_t{out[0]} | std::uint64_t{out[1]} << 8 | std::uint64_t{out[2]} << 16) & half_mask;
}

Reference ReferenceCipher::reference_at(std::uint64_t position)
{
    std::uint64_t left = position >> half_bits & half_mask;
    std::uint64_t right = position & half_mask;
    for (unsigned round = 0; round < rounds; ++round) {
        left ^= mixed(right, round);
        std::swap(left, right);
    }
    return Reference::from_bits(left << half_bits | right);
}

std::uint64_t ReferenceCipher::position_of(Reference reference)
{
    std::uint64_t left = reference.bits() >> half_bits;
    std::uint64_t right = reference.bits() & half_mask;
    for (unsigned round = rounds; round-- > 0;) {
        std::swap(left, right);
        left ^= mixed(right, round);
    }
    return left << half_bits | right;
}

}  // namespace shield::core
