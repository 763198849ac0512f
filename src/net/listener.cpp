// SPDX-License-Identifier: Apache-2.0
#include "listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace shield::net {
namespace asio = boost::asio;

Listener::Listener(IoContext& io, Descriptor socket, std::string name, Accepted accepted, core::Log& log)
    : strand_{make_strand(io)},
      socket_{strand_, socket.number()},
      pause_{strand_},
      name_{std::move(name)},
      accepted_{std::move(accepted)},
      log_{log}
{
    static_cast<void>(socket.release());
}

void Listener::start(Population::Member member)
{
    asio::co_spawn(
        strand_,
        [self = shared_from_this(), present = std::move(member)]() -> Awaitable<void> { co_await self->run(); },
        asio::detached);
}

void Listener::close()
{
    asio::post(strand_, [self = shared_from_this()] {
        boost::system::error_code ignored;
        self->closed_ = true;
        self->pause_.cancel();
        self->socket_.close(ignored);
    });
}

Awaitable<void> Listener::run()
{
    constexpr std::chrono::milliseconds breath{100};
    while (!closed_) {
        boost::system::error_code error;
        co_await socket_.async_wait(asio::posix::descriptor_base::wait_read,
                                    asio::redirect_error(asio::use_awaitable, error));
        if (closed_)
            break;
        if (!error && accept_all())
            continue;
        pause_.expires_after(breath);
        co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
    accepted_ = nullptr;
}

/// False: the next attempt should wait a moment.
bool Listener::accept_all()
{
    constexpr int at_once = 64;  // then others on this thread have their turn
    for (int i = 0; i < at_once; ++i) {
        SocketAddress peer;
        Descriptor socket{::accept4(socket_.native_handle(), peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
        if (!socket.valid()) {
            // These are about the one connection, which has gone again (accept(2) under "Error handling").
            const bool gone = errno == EAGAIN || errno == EWOULDBLOCK || errno == ECONNABORTED || errno == EINTR ||
                              errno == EPROTO || errno == ENETDOWN || errno == EHOSTUNREACH || errno == ENETUNREACH;
            if (!gone)
                log_.line(core::Severity::error, "accept",
                          {{"address", name_}, {"error", std::generic_category().message(errno)}});
            return gone;
        }
        try {
            accepted_(std::move(socket), peer.endpoint());
        } catch (const std::exception& failure) {
            log_.line(core::Severity::error, "accept", {{"address", name_}, {"error", failure.what()}});
        }
    }
    return true;
}

}  // namespace shield::net
