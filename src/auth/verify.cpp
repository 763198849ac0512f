// SPDX-License-Identifier: Apache-2.0
#include "verify.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

namespace shield::auth {

namespace {

using PublicKey = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

constexpr int rsa_bits_min = 1024;  // RFC 8301 section 3.2
constexpr int rsa_bits_max = 4096;
constexpr int rsa_exponent_bits_max = 32;  // all that are in use are 65537 or 3
constexpr std::size_t ed25519_key_octets = 32;

const unsigned char* octets_of(const std::string& text) noexcept
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

// A SubjectPublicKeyInfo as everybody publishes it, or the RSAPublicKey that RFC 6376 section 3.6.1 names.
PublicKey rsa_key(const std::string& der)
{
    const auto size = static_cast<long>(der.size());
    const unsigned char* end = octets_of(der);
    PublicKey key{d2i_PUBKEY(nullptr, &end, size), EVP_PKEY_free};
    if (!key) {
        end = octets_of(der);
        key.reset(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &end, size));
    }
    const bool whole = key && end == octets_of(der) + size && EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA;
    return whole ? std::move(key) : PublicKey{nullptr, EVP_PKEY_free};
}

bool rsa_verifies(const Signature& signature, EVP_PKEY* key)
{
    const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context{EVP_PKEY_CTX_new(key, nullptr),
                                                                         EVP_PKEY_CTX_free};
    return context && EVP_PKEY_verify_init(context.get()) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1 &&
           EVP_PKEY_verify(context.get(), octets_of(signature.octets), signature.octets.size(),
                           signature.header_digest.data(), signature.header_digest.size()) == 1;
}

// RFC 8463 section 3: the message of PureEdDSA is the digest.
bool ed25519_verifies(const Signature& signature, EVP_PKEY* key)
{
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), octets_of(signature.octets), signature.octets.size(),
                            signature.header_digest.data(), signature.header_digest.size()) == 1;
}

Verification verified(bool holds)
{
    return holds ? Verification{Result::pass, "The signature holds."}
                 : Verification{Result::fail, "The signature does not hold for the header and this key."};
}

int exponent_bits(const EVP_PKEY* key)
{
    BIGNUM* exponent = nullptr;
    const bool there = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1;
    const int bits = there ? BN_num_bits(exponent) : rsa_exponent_bits_max + 1;
    BN_free(exponent);
    return bits;
}

Verification verify_rsa(const Signature& signature, const KeyRecord& record)
{
    const PublicKey key = rsa_key(record.key);
    if (!key) {
        return {Result::permerror, "The key is no RSA key (p=)."};
    }
    const int bits = EVP_PKEY_get_bits(key.get());
    if (bits < rsa_bits_min || bits > rsa_bits_max) {
        return {Result::policy, "The key has " + std::to_string(bits) + " bits, not 1024 to 4096."};
    }
    if (exponent_bits(key.get()) > rsa_exponent_bits_max) {  // each bit is a multiplication
        return {Result::policy, "The key has an exponent that nobody uses."};
    }
    return verified(rsa_verifies(signature, key.get()));
}

Verification verify_ed25519(const Signature& signature, const KeyRecord& record)
{
    const PublicKey key{
        record.key.size() == ed25519_key_octets
            ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets_of(record.key), record.key.size())
            : nullptr,
        EVP_PKEY_free};
    if (!key) {
        return {Result::permerror, "The key is no Ed25519 key (p=)."};
    }
    return verified(ed25519_verifies(signature, key.get()));
}

}  // namespace

Verification verify(const Signature& signature, const KeyRecord& key)
{
    if (signature.algorithm != key.algorithm) {
        return {Result::permerror, "The key is of another type than the signature (k=, a=)."};
    }
    const Verification verification = key.algorithm == SignatureAlgorithm::rsa_sha256
                                          ? verify_rsa(signature, key)
                                          : verify_ed25519(signature, key);
    ERR_clear_error();  // of this thread: what does not verify leaves some behind
    return verification;
}

}  // namespace shield::auth
