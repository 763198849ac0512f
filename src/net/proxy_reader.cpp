// SPDX-License-Identifier: Apache-2.0
#include "proxy_reader.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>

#include <cerrno>

namespace shield::net {
namespace asio = boost::asio;

/// Waits at a descriptor that stays its owner's.
struct ProxyReader::Wait : std::enable_shared_from_this<Wait> {
    Wait(const Strand& strand, int descriptor) : socket{strand, descriptor}, timer{strand} {}

    void arm(Moment deadline)
    {
        timer.expires_at(deadline);
        timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
            if (const auto self = error ? nullptr : weak.lock()) {
                self->late = true;
                self->socket.cancel();
            }
        });
    }

    asio::posix::stream_descriptor socket;
    asio::steady_timer timer;
    bool late{false};
};

ProxyReader::ProxyReader(const Strand& strand, const Descriptor& socket, std::size_t size_max)
    : wait_{std::make_shared<Wait>(strand, socket.number())}, size_max_{size_max}
{
}

ProxyReader::~ProxyReader()
{
    wait_->timer.cancel();
    static_cast<void>(wait_->socket.release());
}

Awaitable<ProxyReader::Result> ProxyReader::read(Moment deadline)
{
    wait_->arm(deadline);
    for (;;) {
        if (auto result = take_what_is_there()) {
            co_return std::move(*result);
        }
        boost::system::error_code error;
        co_await wait_->socket.async_wait(asio::posix::descriptor_base::wait_read,
                                          asio::redirect_error(asio::use_awaitable, error));
        if (wait_->late || error) {
            co_return Result{wait_->late ? End::late : End::lost, std::nullopt};
        }
    }
}

/// Looks first and takes then: while a header is not whole every octet is its own, and when it is, we know where it
/// ends. Nothing when more must come.
std::optional<ProxyReader::Result> ProxyReader::take_what_is_there()
{
    for (;;) {
        const std::size_t before = octets_.size();
        octets_.resize(before + size_max_);  // enough to see the end of any header there may be
        const auto got =
            ::recv(wait_->socket.native_handle(), octets_.data() + before, size_max_, MSG_PEEK | MSG_DONTWAIT);
        octets_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return std::nullopt;
        }
        if (got <= 0) {
            return Result{End::lost, std::nullopt};
        }
        ProxyHeader header = ProxyHeader::parse(octets_, size_max_);
        const bool whole = header.state == ProxyHeader::State::whole;
        const std::size_t taken = (whole ? header.size : octets_.size()) - before;
        std::string passed(taken, '\0');
        if (::recv(wait_->socket.native_handle(), passed.data(), taken, MSG_DONTWAIT) !=
            static_cast<ssize_t>(taken)) {
            return Result{End::lost, std::nullopt};  // they were there a moment ago
        }
        if (whole) {
            return Result{End::read, std::move(header.client)};
        }
        if (header.state == ProxyHeader::State::malformed) {
            return Result{End::malformed, std::nullopt};
        }
    }
}

}  // namespace shield::net
