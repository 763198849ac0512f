// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tls_contexts.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace shield::net {

/// A socket as OpenSSL sees it. It goes on reading as long as something comes that is not ours to see (key updates,
/// above all), so each attempt has a budget: others must have their turn, and deadlines be looked at.
struct TlsSocket {
    int number;
    std::size_t budget;  ///< octets that may still be read in this attempt
};

/// TLS over one connected, non-blocking socket: the server's half of the handshake, then octets both ways. Never
/// waits: each call goes as far as the socket lets it and says what it waits for. Knows no deadline; Stream has
/// those. One owner, on its strand. The socket stays the caller's and outlives it.
///
/// OpenSSL is given the socket itself and not an asio::ssl::stream, which keeps two buffers of 17 KB for every
/// connection whether it is idle or not; here one has a buffer only while a record is half there.
class TlsChannel {
public:
    TlsChannel(std::shared_ptr<const Certificates> certificates, int socket);

    /// What a call came to.
    enum class Progress {
        done,
        wants_to_read,   ///< again, once the socket can be read
        wants_to_write,  ///< again, once it can be written
        ended,           ///< the peer said close_notify, or closed its side without it
        broken           ///< error() says how; there is no way back
    };
    struct Attempt {
        Progress progress{Progress::done};
        std::size_t octets{0};
    };

    [[nodiscard]] Progress shake_hands();
    [[nodiscard]] Attempt read(std::span<char> into);
    [[nodiscard]] Attempt write(std::string_view octets);
    /// close_notify, if it can be sent at once.
    void say_goodbye();

    /// Octets were taken from the socket that read() has not returned: waiting for the socket could be in vain.
    [[nodiscard]] bool has_unread() const;
    /// "TLSv1.3 TLS_AES_256_GCM_SHA384", once hands are shaken.
    [[nodiscard]] std::string description() const;
    [[nodiscard]] const std::string& error() const noexcept { return error_; }

private:
    void begin_attempt();
    Progress outcome(int returned);

    std::shared_ptr<const Certificates> certificates_;
    std::unique_ptr<TlsSocket> socket_;
    std::unique_ptr<SSL, FreeTls> connection_;
    std::string error_;
};

}  // namespace shield::net
