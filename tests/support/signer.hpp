// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

/// Signs test mail with DKIM and ARC. Written from the RFCs apart from src/auth, so that an error in one is not an
/// error in both.
namespace shield::support {

class SigningKey {
public:
    [[nodiscard]] static SigningKey rsa(unsigned bits);
    [[nodiscard]] static SigningKey ed25519();
    [[nodiscard]] static SigningKey from_pem(const std::string& text);

    /// "k=rsa; p=...": what is published, to be put behind "v=DKIM1; ".
    [[nodiscard]] std::string record() const;
    /// The public key: a SubjectPublicKeyInfo, or the 32 octets of Ed25519.
    [[nodiscard]] std::string public_octets() const;
    /// Only for RSA: the bare RSAPublicKey of PKCS #1.
    [[nodiscard]] std::string bare_public_octets() const;
    [[nodiscard]] std::string algorithm() const;  ///< "rsa-sha256"
    [[nodiscard]] std::string pem() const;

    /// Over a digest by SHA-256.
    [[nodiscard]] std::string sign(std::string_view digest) const;

private:
    explicit SigningKey(evp_pkey_st* key);
    std::shared_ptr<evp_pkey_st> key_;
};

[[nodiscard]] std::string to_base64(std::string_view octets);

/// `message` (with CRLF) under a signature whose field is `field` ("DKIM-Signature: v=1; ... h=from; bh=; b="): an
/// empty bh= and an empty b= at its end are filled in; c= and h= are heeded.
[[nodiscard]] std::string with_signature(const std::string& message, const std::string& field,
                                         const SigningKey& key);

/// A field that needs no other thought.
[[nodiscard]] std::string plain_field(const std::string& domain, const std::string& selector,
                                      const SigningKey& key);

struct ArcSigner {
    std::string domain, selector;
    SigningKey key;
    std::string results;  ///< of ARC-Authentication-Results, behind "i=N; "
};

/// `message` under the set of the next instance. The seal says cv=none for the first, cv=pass for others, unless
/// told otherwise.
[[nodiscard]] std::string with_arc_set(const std::string& message, int instance, const ArcSigner& signer,
                                       std::string validation = {});

}  // namespace shield::support
