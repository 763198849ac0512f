// SPDX-License-Identifier: Apache-2.0
#include "address.hpp"
#include "frame.hpp"

#include <shield/net/control.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace shield::net {
namespace {

using Moment = std::chrono::steady_clock::time_point;

ControlAnswer failed(std::string sentence)
{
    return {ControlAnswer::Outcome::failed, std::move(sentence)};
}

std::string words_of(int error)
{
    return std::generic_category().message(error);
}

/// False when the time is up.
bool ready(const Descriptor& socket, short events, Moment until)
{
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            return false;
        }
        constexpr std::chrono::milliseconds an_hour{3'600'000};
        pollfd poll{socket.number(), events, 0};
        const int found = ::poll(&poll, 1, static_cast<int>(std::min(left, an_hour).count()));
        if (found > 0) {
            return true;
        }
    }
}

/// An empty sentence is success.
std::string send_all(const Descriptor& socket, std::string_view octets, Moment until)
{
    while (!octets.empty()) {
        const auto sent = ::send(socket.number(), octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            octets.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            if (!ready(socket, POLLOUT, until)) {
                return "the daemon did not take the request in time";
            }
        } else if (errno != EINTR) {
            return "the daemon did not take the request: " + words_of(errno);
        }
    }
    return {};
}

std::string receive_exactly(const Descriptor& socket, std::size_t size, std::string& octets, Moment until)
{
    std::array<char, 65536> buffer;
    while (octets.size() < size) {
        const auto got = ::recv(socket.number(), buffer.data(), std::min(buffer.size(), size - octets.size()), 0);
        if (got > 0) {
            octets.append(buffer.data(), static_cast<std::size_t>(got));
        } else if (got == 0) {
            return "the daemon closed the connection without an answer";
        } else if (errno == EAGAIN) {
            if (!ready(socket, POLLIN, until)) {
                return "the daemon did not answer in time";
            }
        } else if (errno != EINTR) {
            return "the daemon's answer was lost: " + words_of(errno);
        }
    }
    return {};
}

}  // namespace

ControlAnswer ask_control(const std::filesystem::path& path, std::string_view request, const core::Limits& limits,
                          std::chrono::milliseconds at_most)
{
    const auto until = std::chrono::steady_clock::now() + at_most;
    const auto at = SocketAddress::local(path);
    if (!at) {
        return failed(at.error().sentence);
    }
    const Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket.valid()) {
        return failed("cannot make a socket: " + words_of(errno));
    }
    while (::connect(socket.number(), at->get(), at->size) != 0) {
        if (errno == ENOENT || errno == ECONNREFUSED) {
            return {ControlAnswer::Outcome::nobody_listens, "no daemon listens on " + path.native()};
        }
        if (errno != EAGAIN && errno != EINTR) {
            return failed("cannot reach the daemon through " + path.native() + ": " + words_of(errno));
        }
        // A Unix socket whose backlog is full says EAGAIN, and poll() does not wait for it.
        constexpr int a_moment_ms = 10;
        if (std::chrono::steady_clock::now() >= until) {
            return failed("the daemon is too busy to answer");
        }
        ::poll(nullptr, 0, a_moment_ms);
    }

    const auto frame = frame_of(request.size());
    std::string framed{frame.data(), frame.size()};
    framed += request;
    std::string sentence = send_all(socket, framed, until);
    std::string length;
    if (sentence.empty()) {
        sentence = receive_exactly(socket, length_octets, length, until);
    }
    if (!sentence.empty()) {
        return failed(sentence);
    }
    const std::size_t size = size_in(length);
    if (size > limits.control_answer_max) {
        return failed("the daemon announces an answer of " + std::to_string(size) + " octets");
    }
    std::string answer;
    sentence = receive_exactly(socket, size, answer, until);
    if (!sentence.empty()) {
        return failed(sentence);
    }
    return {ControlAnswer::Outcome::answered, std::move(answer)};
}

}  // namespace shield::net
