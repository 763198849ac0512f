// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tcp_client.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

namespace shield::support {

/// The client's half of TLS over a connection that exists: blocking, every wait bounded by that of the socket, and
/// without an opinion about the certificate it is shown.
class TlsClient {
public:
    struct Options {
        std::string server_name{};
        int version_max{TLS1_3_VERSION};
        const char* ciphers{nullptr};  ///< of TLS 1.2
        std::string protocol{};        ///< the only one it wants to speak (RFC 7301)
    };
    TlsClient(TcpClient connection, const Options& options);
    explicit TlsClient(TcpClient connection) : TlsClient{std::move(connection), Options{}} {}
    ~TlsClient();
    TlsClient(TlsClient&& other) noexcept
        : context_{std::move(other.context_)},
          connection_{std::move(other.connection_)},
          socket_{std::exchange(other.socket_, -1)},
          secured_{other.secured_}
    {
    }
    TlsClient& operator=(TlsClient&&) = delete;

    [[nodiscard]] bool secured() const noexcept { return secured_; }
    /// The common name of what was shown.
    [[nodiscard]] std::string shown_name() const;
    /// "RSA" or "EC".
    [[nodiscard]] std::string shown_key() const;
    [[nodiscard]] bool was_given_a_ticket() const;

    bool send(std::string_view octets);
    std::string line();
    std::string reply();
    /// Everything until the end; "(cut)" behind it when there was no close_notify.
    std::string rest();

    void update_keys();  ///< RFC 8446 section 4.6.3
    /// Whether the server shook hands once more (TLS 1.2).
    bool renegotiate();
    void say_goodbye();  ///< close_notify
    /// Past TLS: these octets as they are.
    void send_in_clear(std::string_view octets);
    void cut();

private:
    struct Free {
        void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
        void operator()(SSL* connection) const noexcept { SSL_free(connection); }
    };
    std::unique_ptr<SSL_CTX, Free> context_;
    std::unique_ptr<SSL, Free> connection_;
    int socket_;
    bool secured_;
};

}  // namespace shield::support
