// SPDX-License-Identifier: Apache-2.0
#include "tls_channel.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <new>
#include <system_error>

namespace shield::net {

namespace {

constexpr std::size_t attempt_octets_max = 65536;

// OpenSSL's own BIO writes with write(2), and a peer that has gone would be a SIGPIPE.

TlsSocket& socket_of(BIO* bio)
{
    return *static_cast<TlsSocket*>(BIO_get_data(bio));
}

bool nothing_now(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

int write_to_socket(BIO* bio, const char* octets, std::size_t size, std::size_t* written)
{
    BIO_clear_retry_flags(bio);
    const auto sent = ::send(socket_of(bio).number, octets, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    *written = sent > 0 ? static_cast<std::size_t>(sent) : 0;
    if (sent < 0 && nothing_now(errno)) {
        BIO_set_retry_write(bio);
    }
    return sent >= 0 ? 1 : 0;
}

int read_from_socket(BIO* bio, char* into, std::size_t size, std::size_t* read)
{
    BIO_clear_retry_flags(bio);
    *read = 0;
    TlsSocket& socket = socket_of(bio);
    if (socket.budget == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    const auto got = ::recv(socket.number, into, std::min(size, socket.budget), MSG_DONTWAIT);
    *read = got > 0 ? static_cast<std::size_t>(got) : 0;
    socket.budget -= *read;
    if (got < 0 && nothing_now(errno)) {
        BIO_set_retry_read(bio);
    } else if (got == 0) {
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    }
    return got > 0 ? 1 : 0;
}

long control_socket(BIO* bio, int command, long, void*)
{
    switch (command) {
        case BIO_CTRL_FLUSH:
            return 1;
        case BIO_CTRL_EOF:
            return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
        default:
            return 0;
    }
}

const BIO_METHOD* socket_method()
{
    static const BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without SIGPIPE");
        BIO_meth_set_write_ex(made, write_to_socket);
        BIO_meth_set_read_ex(made, read_from_socket);
        BIO_meth_set_ctrl(made, control_socket);
        return made;
    }();
    return method;
}

}  // namespace

TlsChannel::TlsChannel(std::shared_ptr<const Certificates> certificates, int socket)
    : certificates_{std::move(certificates)},
      socket_{std::make_unique<TlsSocket>(TlsSocket{socket, attempt_octets_max})},
      connection_{SSL_new(certificates_->contexts_->all.front().context.get())}
{
    BIO* bio = BIO_new(socket_method());
    if (!connection_ || bio == nullptr) {
        BIO_free(bio);
        throw std::bad_alloc{};
    }
    BIO_set_data(bio, socket_.get());
    BIO_set_init(bio, 1);
    SSL_set_bio(connection_.get(), bio, bio);
    SSL_set_accept_state(connection_.get());
}

TlsChannel::Progress TlsChannel::shake_hands()
{
    begin_attempt();
    return outcome(SSL_do_handshake(connection_.get()));
}

TlsChannel::Attempt TlsChannel::read(std::span<char> into)
{
    Attempt attempt;
    begin_attempt();
    while (attempt.octets < into.size()) {  // a record at a time, and each is at most 16 KB
        ERR_clear_error();
        std::size_t got = 0;
        const int returned =
            SSL_read_ex(connection_.get(), into.data() + attempt.octets, into.size() - attempt.octets, &got);
        attempt.octets += got;
        if (returned != 1) {
            attempt.progress = outcome(returned);
            break;
        }
    }
    if (attempt.octets > 0) {
        attempt.progress = Progress::done;  // what ended it is said again to the next read
    }
    return attempt;
}

TlsChannel::Attempt TlsChannel::write(std::string_view octets)
{
    Attempt attempt;
    begin_attempt();
    attempt.progress = outcome(SSL_write_ex(connection_.get(), octets.data(), octets.size(), &attempt.octets));
    return attempt;
}

void TlsChannel::begin_attempt()
{
    ERR_clear_error();
    socket_->budget = attempt_octets_max;
}

void TlsChannel::say_goodbye()
{
    if (SSL_is_init_finished(connection_.get()) == 1 && error_.empty()) {
        ERR_clear_error();
        static_cast<void>(SSL_shutdown(connection_.get()));
    }
}

bool TlsChannel::has_unread() const
{
    return SSL_has_pending(connection_.get()) == 1;
}

std::string TlsChannel::description() const
{
    return std::string{SSL_get_version(connection_.get())} + " " + SSL_get_cipher_name(connection_.get());
}

TlsChannel::Progress TlsChannel::outcome(int returned)
{
    if (returned == 1) {
        return Progress::done;
    }
    const int system_error = errno;
    switch (SSL_get_error(connection_.get(), returned)) {
        case SSL_ERROR_WANT_READ:
            return Progress::wants_to_read;
        case SSL_ERROR_WANT_WRITE:
            return Progress::wants_to_write;
        case SSL_ERROR_ZERO_RETURN:
            return Progress::ended;
        case SSL_ERROR_SYSCALL:
            error_ = std::generic_category().message(system_error);
            return Progress::broken;
        default:
            break;
    }
    const unsigned long error = ERR_peek_error();
    const char* text = ERR_reason_error_string(error);
    error_ = text != nullptr ? text : "TLS failed";
    return ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING ? Progress::ended : Progress::broken;
}

}  // namespace shield::net
