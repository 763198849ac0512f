// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "address.hpp"
#include "descriptor.hpp"
#include "io_state.hpp"
#include "tls_channel.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace shield::net {

template <typename T>
using Awaitable = boost::asio::awaitable<T>;

using Moment = std::chrono::steady_clock::time_point;
[[nodiscard]] inline Moment from_now(std::chrono::steady_clock::duration duration)
{
    return std::chrono::steady_clock::now() + duration;
}
/// A limit in seconds, as a moment.
[[nodiscard]] inline Moment seconds_from_now(std::uint64_t seconds)
{
    constexpr std::uint64_t century{3'000'000'000};
    return from_now(std::chrono::seconds{static_cast<std::int64_t>(seconds < century ? seconds : century)});
}

/// One connected stream socket, TCP or Unix, in clear text or under TLS, and the deadline of what it waits for now.
///
/// It has no buffer: it waits until there is something to read and reads into one buffer a thread, so an idle
/// connection costs only the wait. It has one timer, which is not moved when a deadline is pushed back (that
/// happens at every read) but looks at the deadline when it fires. Owned by the coroutine that talks, used on its
/// strand.
class Stream : public std::enable_shared_from_this<Stream> {
public:
    enum class Status {
        done,
        end,          ///< the peer has closed its side
        late,         ///< the deadline passed
        interrupted,  ///< interrupt() was called
        lost          ///< the connection broke; error() says how
    };
    struct Octets {
        Status status{Status::done};
        std::string_view octets;  ///< good until the next suspension
    };

    Stream(const Strand& strand, Descriptor socket);

    /// Starts to connect to `to`, and waits.
    [[nodiscard]] Awaitable<Status> connect(const SocketAddress& to, Moment deadline);

    /// The server's half of a TLS handshake. Whatever comes of it, nothing in clear text is read or written any
    /// more.
    [[nodiscard]] Awaitable<Status> secure(std::shared_ptr<const Certificates> certificates, Moment deadline);
    /// "TLSv1.3 TLS_AES_256_GCM_SHA384", after secure() was done.
    [[nodiscard]] std::string tls_description() const { return tls_->description(); }

    [[nodiscard]] Awaitable<Octets> read(Moment deadline);

    /// What is there now, without waiting: `interrupted` when there is nothing.
    [[nodiscard]] Octets read_now();

    /// All of it, or a status other than done. Cannot be interrupted.
    [[nodiscard]] Awaitable<Status> write(std::string_view octets, Moment deadline);

    /// Ends our side (with close_notify under TLS) and reads until the peer has ended its own: octets that it still
    /// sends must not make the kernel reset the connection before our last words are read.
    [[nodiscard]] Awaitable<void> finish(Moment deadline);

    /// Ends the read or handshake that waits, or the next one.
    void interrupt();

    [[nodiscard]] std::string error() const;
    [[nodiscard]] int number() { return socket_.native_handle(); }

private:
    enum class Waiting { no, to_read, to_write };

    /// While it lives, interrupt() ends what waits.
    struct Interruptible {
        explicit Interruptible(Stream& of) : stream{of} { stream.interruptible_ = true; }
        ~Interruptible() { stream.interruptible_ = false; }
        Interruptible(const Interruptible&) = delete;
        Interruptible& operator=(const Interruptible&) = delete;
        Stream& stream;
    };

    /// What one attempt came to, and what the next waits for when it came to nothing.
    struct Attempt {
        Status status{Status::done};
        std::size_t octets{0};
        Waiting needs{Waiting::no};
    };
    Attempt read_into_buffer();
    Attempt read_in_clear();
    Attempt write_some(std::string_view octets);
    Attempt write_in_clear(std::string_view octets);
    Attempt come_to(TlsChannel::Attempt tls);
    Attempt failed(int error);
    Awaitable<Status> wait(Waiting what, Moment deadline);
    void arm(Moment deadline);
    void timer_fired();

    boost::asio::posix::stream_descriptor socket_;
    boost::asio::steady_timer timer_;
    std::unique_ptr<TlsChannel> tls_;
    Moment deadline_{Moment::max()};
    Waiting waiting_{Waiting::no};
    bool armed_{false};
    bool late_{false};
    bool interrupted_{false};
    bool interruptible_{false};
    bool clear_text_ended_{false};  ///< a handshake has begun, or was to begin
    int error_{0};
};

}  // namespace shield::net
