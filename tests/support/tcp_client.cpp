// SPDX-License-Identifier: Apache-2.0
#include "tcp_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace shield::support {
namespace {

constexpr int patience_seconds = 10;

void check(bool good, const char* what)
{
    if (!good) {
        throw std::system_error{errno, std::generic_category(), what};
    }
}

}  // namespace

TcpClient::TcpClient(const std::string& address, int receive_buffer, const std::string& from)
{
    const bool local = address.starts_with('/');
    socket_ = ::socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(socket_ >= 0, "socket");
    const timeval patience{patience_seconds, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (receive_buffer > 0) {
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    if (local) {
        sockaddr_un to{};
        to.sun_family = AF_UNIX;
        std::strncpy(to.sun_path, address.c_str(), sizeof to.sun_path - 1);
        check(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0, "connect");
        return;
    }
    if (!from.empty()) {
        sockaddr_in own{};
        own.sin_family = AF_INET;
        ::inet_pton(AF_INET, from.c_str(), &own.sin_addr);
        check(::bind(socket_, reinterpret_cast<sockaddr*>(&own), sizeof own) == 0, "bind");
    }
    const auto colon = address.rfind(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    check(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0, "connect");
}

TcpClient::~TcpClient()
{
    close();
}

bool TcpClient::send(std::string_view octets)
{
    while (!octets.empty()) {
        const auto sent = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        octets.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool TcpClient::fill()
{
    char buffer[65536];
    errno = 0;
    const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got > 0) {
        unread_.append(buffer, static_cast<std::size_t>(got));
    }
    return got > 0;
}

std::string TcpClient::line()
{
    for (;;) {
        const auto end = unread_.find("\r\n");
        if (end != std::string::npos) {
            auto found = unread_.substr(0, end);
            unread_.erase(0, end + 2);
            return found;
        }
        if (!fill()) {
            return {};
        }
    }
}

std::string TcpClient::reply()
{
    std::string all;
    for (;;) {
        const auto one = line();
        if (one.empty()) {
            return all;
        }
        all += one + "\r\n";
        if (one.size() < 4 || one[3] != '-') {
            return all;
        }
    }
}

std::string TcpClient::rest()
{
    while (fill()) {
    }
    if (errno == EAGAIN) {
        unread_ += "(timeout)";
    }
    return std::exchange(unread_, {});
}

std::string TcpClient::octets(std::size_t count)
{
    while (unread_.size() < count && fill()) {
    }
    auto found = unread_.substr(0, count);
    unread_.erase(0, found.size());
    return found;
}

bool TcpClient::closes_within(int milliseconds)
{
    pollfd poll{socket_, POLLRDHUP, 0};
    return ::poll(&poll, 1, milliseconds) > 0;
}

void TcpClient::end_sending()
{
    ::shutdown(socket_, SHUT_WR);
}

void TcpClient::reset()
{
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void TcpClient::close()
{
    if (socket_ >= 0) {
        ::close(std::exchange(socket_, -1));
    }
}

TcpListener::TcpListener(int backlog)
{
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(socket_ >= 0, "socket");
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(::bind(socket_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0, "bind");
    socklen_t size = sizeof at;
    check(::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size) == 0, "getsockname");
    port_ = ntohs(at.sin_port);
    check(::listen(socket_, backlog) == 0, "listen");
}

TcpListener::~TcpListener()
{
    close();
}

std::string TcpListener::address() const
{
    return "127.0.0.1:" + std::to_string(port_);
}

TcpClient TcpListener::accept()
{
    if (!called_within(patience_seconds * 1000)) {
        throw std::runtime_error{"nobody called"};
    }
    const int connected = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    check(connected >= 0, "accept");
    const timeval patience{patience_seconds, 0};
    ::setsockopt(connected, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(connected, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return TcpClient{connected};
}

bool TcpListener::called_within(int milliseconds)
{
    pollfd poll{socket_, POLLIN, 0};
    return ::poll(&poll, 1, milliseconds) > 0;
}

void TcpListener::close()
{
    if (socket_ >= 0) {
        ::close(std::exchange(socket_, -1));
    }
}

}  // namespace shield::support
