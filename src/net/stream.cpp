// SPDX-License-Identifier: Apache-2.0
#include "stream.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace shield::net {
namespace asio = boost::asio;
namespace {

constexpr std::size_t buffer_size = 65536;

std::array<char, buffer_size>& thread_buffer()
{
    static thread_local std::array<char, buffer_size> buffer;
    return buffer;
}

bool nothing_now(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK;
}

}  // namespace

Stream::Stream(const Strand& strand, Descriptor socket) : socket_{strand, socket.number()}, timer_{strand}
{
    static_cast<void>(socket.release());
}

Awaitable<Stream::Status> Stream::connect(const SocketAddress& to, Moment deadline)
{
    if (::connect(number(), to.get(), to.size) == 0)
        co_return Status::done;
    if (errno != EINPROGRESS) {
        error_ = errno;
        co_return Status::lost;
    }
    const auto status = co_await wait(Waiting::to_write, deadline);
    if (status != Status::done)
        co_return status;
    socklen_t size = sizeof error_;
    ::getsockopt(number(), SOL_SOCKET, SO_ERROR, &error_, &size);
    co_return error_ == 0 ? Status::done : Status::lost;
}

Awaitable<Stream::Status> Stream::secure(std::shared_ptr<const Certificates> certificates, Moment deadline)
{
    clear_text_ended_ = true;
    tls_ = std::make_unique<TlsChannel>(std::move(certificates), number());
    const Interruptible here{*this};
    for (;;) {
        const auto attempt = come_to({tls_->shake_hands(), 0});
        if (attempt.needs == Waiting::no)
            co_return attempt.status;
        const auto status = co_await wait(attempt.needs, deadline);
        if (status != Status::done)
            co_return status;
    }
}

Awaitable<Stream::Octets> Stream::read(Moment deadline)
{
    const Interruptible here{*this};
    auto needs = Waiting::to_read;
    if (tls_ && tls_->has_unread()) {  // waiting for the socket could be in vain, but others have their turn
        co_await asio::post(asio::bind_executor(socket_.get_executor(), asio::use_awaitable));
        if (std::exchange(interrupted_, false))
            co_return Octets{Status::interrupted, {}};
        if (std::chrono::steady_clock::now() >= deadline)
            co_return Octets{Status::late, {}};
        needs = Waiting::no;
    }
    for (;;) {
        if (needs != Waiting::no) {
            const auto status = co_await wait(needs, deadline);
            if (status != Status::done)
                co_return Octets{status, {}};
        }
        const auto attempt = read_into_buffer();
        if (attempt.needs == Waiting::no)
            co_return Octets{attempt.status, {thread_buffer().data(), attempt.octets}};
        needs = attempt.needs;
    }
}

Stream::Octets Stream::read_now()
{
    const auto attempt = read_into_buffer();
    const auto status = attempt.needs == Waiting::no ? attempt.status : Status::interrupted;
    return {status, {thread_buffer().data(), attempt.octets}};
}

Awaitable<Stream::Status> Stream::write(std::string_view octets, Moment deadline)
{
    while (!octets.empty()) {
        const auto attempt = write_some(octets);
        octets.remove_prefix(attempt.octets);
        if (attempt.status != Status::done)
            co_return attempt.status;
        if (attempt.needs == Waiting::no)
            continue;
        const auto status = co_await wait(attempt.needs, deadline);
        if (status != Status::done && status != Status::interrupted)
            co_return status;
    }
    co_return Status::done;
}

Awaitable<void> Stream::finish(Moment deadline)
{
    if (tls_)
        tls_->say_goodbye();
    if (::shutdown(number(), SHUT_WR) != 0)
        co_return;
    for (;;) {
        const auto status = co_await wait(Waiting::to_read, deadline);
        if (status != Status::done && status != Status::interrupted)
            co_return;
        const auto attempt = read_in_clear();  // what it still says is read by nobody
        if (attempt.status != Status::done)
            co_return;
    }
}

Stream::Attempt Stream::read_into_buffer()
{
    return tls_ ? come_to(tls_->read(thread_buffer())) : read_in_clear();
}

Stream::Attempt Stream::read_in_clear()
{
    auto& buffer = thread_buffer();
    for (;;) {
        const auto got = ::recv(number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got > 0)
            return {Status::done, static_cast<std::size_t>(got)};
        if (got == 0)
            return {Status::end};
        if (errno == EINTR)
            continue;
        return nothing_now(errno) ? Attempt{Status::done, 0, Waiting::to_read} : failed(errno);
    }
}

Stream::Attempt Stream::write_some(std::string_view octets)
{
    if (clear_text_ended_ && !tls_)
        return {Status::lost};
    return tls_ ? come_to(tls_->write(octets)) : write_in_clear(octets);
}

Stream::Attempt Stream::write_in_clear(std::string_view octets)
{
    for (;;) {
        const auto sent = ::send(number(), octets.data(), octets.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0)
            return {Status::done, static_cast<std::size_t>(sent)};
        if (errno == EINTR)
            continue;
        return nothing_now(errno) ? Attempt{Status::done, 0, Waiting::to_write} : failed(errno);
    }
}

Stream::Attempt Stream::come_to(TlsChannel::Attempt tls)
{
    switch (tls.progress) {
        case TlsChannel::Progress::done:
            return {Status::done, tls.octets};
        case TlsChannel::Progress::wants_to_read:
            return {Status::done, 0, Waiting::to_read};
        case TlsChannel::Progress::wants_to_write:
            return {Status::done, 0, Waiting::to_write};
        case TlsChannel::Progress::ended:
            return {Status::end};
        case TlsChannel::Progress::broken:
            break;
    }
    return {Status::lost};
}

Stream::Attempt Stream::failed(int error)
{
    error_ = error;
    return {Status::lost};
}

void Stream::interrupt()
{
    interrupted_ = true;
    if (interruptible_ && waiting_ != Waiting::no)
        socket_.cancel();
}

std::string Stream::error() const
{
    return tls_ && error_ == 0 ? tls_->error() : std::generic_category().message(error_);
}

Awaitable<Stream::Status> Stream::wait(Waiting what, Moment deadline)
{
    if (interruptible_ && std::exchange(interrupted_, false))
        co_return Status::interrupted;

    late_ = false;
    waiting_ = what;
    arm(deadline);
    boost::system::error_code error;
    co_await socket_.async_wait(what == Waiting::to_read ? asio::posix::descriptor_base::wait_read
                                                         : asio::posix::descriptor_base::wait_write,
                                asio::redirect_error(asio::use_awaitable, error));
    waiting_ = Waiting::no;
    deadline_ = Moment::max();

    if (!error)
        co_return Status::done;
    if (late_)
        co_return Status::late;
    if (interruptible_ && std::exchange(interrupted_, false))
        co_return Status::interrupted;
    error_ = error.value();
    co_return Status::lost;
}

void Stream::arm(Moment deadline)
{
    deadline_ = deadline;
    if (armed_ && timer_.expiry() <= deadline)
        return;
    armed_ = true;
    timer_.expires_at(deadline);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        if (const auto self = error ? nullptr : weak.lock())
            self->timer_fired();
    });
}

void Stream::timer_fired()
{
    const auto now = std::chrono::steady_clock::now();
    if (now < timer_.expiry())
        return;  // was on its way when a nearer deadline armed the timer again
    armed_ = false;
    if (waiting_ == Waiting::no)
        return;  // the next wait arms it
    if (now < deadline_) {
        arm(deadline_);
        return;
    }
    late_ = true;
    socket_.cancel();
}

}  // namespace shield::net
