// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/net/certificates.hpp>

#include <openssl/ssl.h>

#include <memory>
#include <vector>

namespace shield::net {

struct FreeTls {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    void operator()(SSL* connection) const noexcept { SSL_free(connection); }
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};

/// One set of names: its context, with one certificate for each kind of key.
struct TlsContext {
    std::vector<std::string> names;
    std::vector<int> key_types;  ///< EVP_PKEY_EC, EVP_PKEY_RSA and others
    std::unique_ptr<SSL_CTX, FreeTls> context;
};

struct Certificates::Contexts {
    std::vector<TlsContext> all;  ///< in the order of the configuration; the first is the default
};

}  // namespace shield::net
