// SPDX-License-Identifier: Apache-2.0
#include "tls_contexts.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <optional>
#include <stdexcept>

namespace shield::net {

namespace {

using Certificate = std::unique_ptr<X509, FreeTls>;
using Context = std::unique_ptr<SSL_CTX, FreeTls>;

/// Why OpenSSL failed last, in its words.
std::string reason()
{
    const char* text = ERR_reason_error_string(ERR_peek_error());
    return text != nullptr ? text : "it is not what it should be";
}

/// Nobody is there to type a passphrase.
int no_passphrase(char*, int, int, void*)
{
    return 0;
}

/// Picks the context for the name in the ClientHello (RFC 6066 section 3). A name that nobody has gets the default:
/// what a sender thinks of it is the sender's to say.
int choose_by_name(SSL* connection, int*, void* contexts)
{
    const char* name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
    if (name == nullptr) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    for (const TlsContext& one : *static_cast<const std::vector<TlsContext>*>(contexts)) {
        if (X509_check_host(SSL_CTX_get0_certificate(one.context.get()), name, std::strlen(name), 0, nullptr) ==
            1) {
            SSL_set_SSL_CTX(connection, one.context.get());
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_NOACK;
}

/// RFC 9325 section 3.7: who says which protocol it means, and does not mean mail, is a browser that somebody has
/// sent here. Most mail systems say nothing.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned offered_size, void*)
{
    static constexpr unsigned char ours[] = "\x04smtp";
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, chosen_size, ours, sizeof ours - 1, offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

Context make_context(bool session_tickets)
{
    Context context{SSL_CTX_new(TLS_server_method())};
    if (!context) {
        throw std::runtime_error{"cannot make a TLS context: " + reason()};
    }
    SSL_CTX* const tls = context.get();
    SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(
        tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(tls, 1);
    SSL_CTX_set_alpn_select_cb(tls, choose_protocol, nullptr);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    if (!session_tickets) {
        SSL_CTX_set_options(tls, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(tls, 0);
    }
    return context;
}

core::Time time_of(const ASN1_TIME* time)
{
    std::tm parts{};
    ASN1_TIME_to_tm(time, &parts);
    return core::Time{std::chrono::seconds{::timegm(&parts)}};
}

/// The DNS names it is for; without any, its common name.
std::vector<std::string> names_of(X509* certificate)
{
    std::vector<std::string> names;
    auto* alternatives =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives, i);
        if (name->type == GEN_DNS) {
            const auto* octets = ASN1_STRING_get0_data(name->d.dNSName);
            names.emplace_back(reinterpret_cast<const char*>(octets),
                               static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
        }
    }
    GENERAL_NAMES_free(alternatives);
    if (names.empty()) {
        std::string common(256, '\0');
        const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                                   common.data(), static_cast<int>(common.size()));
        common.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        names.push_back(std::move(common));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

std::optional<std::string> unreadable(const std::filesystem::path& file)
{
    errno = 0;
    if (std::ifstream{file}.peek() != std::ifstream::traits_type::eof()) {
        return std::nullopt;
    }
    if (errno == ENOENT) {
        return file.string() + ": is missing; write where it is, or make it";
    }
    if (errno != 0) {
        return file.string() + ": cannot be read: " + std::strerror(errno) + "; let the user of shieldd read it";
    }
    return file.string() + ": is empty; write it anew";
}

std::string out_of_time(const std::filesystem::path& file, X509* certificate, core::Time now)
{
    if (time_of(X509_get0_notAfter(certificate)) <= now) {
        return file.string() + ": the certificate expired at " +
               core::to_rfc3339(time_of(X509_get0_notAfter(certificate))) + "; renew it";
    }
    if (time_of(X509_get0_notBefore(certificate)) > now) {
        return file.string() + ": the certificate is valid only from " +
               core::to_rfc3339(time_of(X509_get0_notBefore(certificate))) + "; look at the clock of this host";
    }
    return {};
}

/// Puts one certificate into the context that has its names, or into a new one. A sentence when it cannot.
std::string add(std::vector<TlsContext>& contexts, const CertificateFiles& files, bool session_tickets,
                core::Time now, std::vector<CertificateFacts>& facts)
{
    for (const auto& file : {files.chain, files.key}) {
        if (auto fault = unreadable(file)) {
            return *fault;
        }
    }
    ERR_clear_error();
    Context alone = make_context(session_tickets);  // tells what it is before it touches what is good
    SSL_CTX_set_default_passwd_cb(alone.get(), no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(alone.get(), files.chain.c_str()) != 1) {
        return files.chain.string() + ": holds no certificate in PEM: " + reason() + "; write the full chain there";
    }
    X509* const certificate = SSL_CTX_get0_certificate(alone.get());
    if (std::string fault = out_of_time(files.chain, certificate, now); !fault.empty()) {
        return fault;
    }
    if (SSL_CTX_use_PrivateKey_file(alone.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH
                   ? files.key.string() + ": is not the key of " + files.chain.string() +
                         "; name the one it was made with"
                   : files.key.string() + ": holds no key in PEM without a passphrase: " + reason() +
                         "; write it there unencrypted";
    }
    auto names = names_of(certificate);
    const int type = EVP_PKEY_base_id(SSL_CTX_get0_privatekey(alone.get()));
    facts.push_back({files.chain, names, time_of(X509_get0_notAfter(certificate))});

    const auto same =
        std::find_if(contexts.begin(), contexts.end(), [&](const TlsContext& one) { return one.names == names; });
    if (same == contexts.end()) {
        contexts.push_back({std::move(names), {type}, std::move(alone)});
        return {};
    }
    if (std::find(same->key_types.begin(), same->key_types.end(), type) != same->key_types.end()) {
        return files.chain.string() + ": has the same names and kind of key as one above it; remove one of them";
    }
    same->key_types.push_back(type);
    SSL_CTX_set_default_passwd_cb(same->context.get(), no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(same->context.get(), files.chain.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(same->context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return files.chain.string() + ": changed while it was read; try again";
    }
    return {};
}

}  // namespace

Certificates::Certificates() : contexts_{std::make_unique<Contexts>()} {}
Certificates::~Certificates() = default;

core::result<std::shared_ptr<const Certificates>> Certificates::load(const Options& options, core::Time now)
{
    std::shared_ptr<Certificates> made{new Certificates};
    std::string faults;
    for (const CertificateFiles& files : options.files) {
        const std::string fault = add(made->contexts_->all, files, options.session_tickets, now, made->facts_);
        faults += (faults.empty() || fault.empty() ? "" : "\n") + fault;
    }
    if (!faults.empty()) {
        return core::Error{faults};
    }
    SSL_CTX* const first = made->contexts_->all.at(0).context.get();
    SSL_CTX_set_tlsext_servername_callback(first, choose_by_name);
    SSL_CTX_set_tlsext_servername_arg(first, &made->contexts_->all);
    return std::shared_ptr<const Certificates>{std::move(made)};
}

}  // namespace shield::net
