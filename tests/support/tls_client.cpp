// SPDX-License-Identifier: Apache-2.0
#include "tls_client.hpp"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shield::support {

TlsClient::TlsClient(TcpClient connection, const Options& options)
    : context_{SSL_CTX_new(TLS_client_method())},
      connection_{SSL_new(context_.get())},
      socket_{connection.release()}
{
    SSL_set_max_proto_version(connection_.get(), options.version_max);
    SSL_set_min_proto_version(connection_.get(), std::min(options.version_max, TLS1_2_VERSION));
    SSL_set_security_level(connection_.get(), 0);  // what is too weak, the server is to refuse
    if (options.ciphers != nullptr) {
        SSL_set_cipher_list(connection_.get(), options.ciphers);
    }
    if (!options.server_name.empty()) {
        SSL_set_tlsext_host_name(connection_.get(), options.server_name.c_str());
    }
    if (!options.protocol.empty()) {
        const std::string wire = static_cast<char>(options.protocol.size()) + options.protocol;
        SSL_set_alpn_protos(connection_.get(), reinterpret_cast<const unsigned char*>(wire.data()),
                            static_cast<unsigned>(wire.size()));
    }
    SSL_set_fd(connection_.get(), socket_);
    secured_ = SSL_connect(connection_.get()) == 1;
}

TlsClient::~TlsClient()
{
    connection_.reset();
    if (socket_ >= 0) {
        ::close(socket_);
    }
}

std::string TlsClient::shown_name() const
{
    char name[256] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_get0_peer_certificate(connection_.get())), NID_commonName,
                              name, sizeof name);
    return name;
}

std::string TlsClient::shown_key() const
{
    return EVP_PKEY_get0_type_name(X509_get0_pubkey(SSL_get0_peer_certificate(connection_.get())));
}

bool TlsClient::was_given_a_ticket() const
{
    return SSL_SESSION_has_ticket(SSL_get0_session(connection_.get())) == 1;
}

bool TlsClient::send(std::string_view octets)
{
    return SSL_write(connection_.get(), octets.data(), static_cast<int>(octets.size())) ==
           static_cast<int>(octets.size());
}

std::string TlsClient::line()
{
    std::string line;
    char octet = 0;
    while (SSL_read(connection_.get(), &octet, 1) == 1) {
        if (octet == '\n') {
            line.pop_back();
            return line;
        }
        line += octet;
    }
    return line;
}

std::string TlsClient::reply()
{
    std::string reply;
    for (std::string one = line();; one = line()) {
        reply += one + "\r\n";
        if (one.size() < 4 || one[3] != '-') {
            return reply;
        }
    }
}

std::string TlsClient::rest()
{
    std::string rest;
    char octets[4096];
    for (;;) {
        const int got = SSL_read(connection_.get(), octets, sizeof octets);
        if (got <= 0) {
            return SSL_get_error(connection_.get(), got) == SSL_ERROR_ZERO_RETURN ? rest : rest + "(cut)";
        }
        rest.append(octets, static_cast<std::size_t>(got));
    }
}

void TlsClient::update_keys()
{
    SSL_key_update(connection_.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
    SSL_do_handshake(connection_.get());
}

bool TlsClient::renegotiate()
{
    return SSL_renegotiate(connection_.get()) == 1 && SSL_do_handshake(connection_.get()) == 1;
}

void TlsClient::say_goodbye()
{
    SSL_shutdown(connection_.get());
}

void TlsClient::send_in_clear(std::string_view octets)
{
    static_cast<void>(::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL));
}

void TlsClient::cut()
{
    ::shutdown(socket_, SHUT_RDWR);
}

}  // namespace shield::support
