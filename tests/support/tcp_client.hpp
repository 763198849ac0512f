// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace shield::support {

/// A peer as tests need it: blocking, over loopback, every wait bounded, and free to misbehave.
class TcpClient {
public:
    /// To "127.0.0.1:2525", or to a path. `receive_buffer` makes a reader that soon has enough, `from` one of many
    /// clients: the whole of 127.0.0.0/8 is ours.
    explicit TcpClient(const std::string& address, int receive_buffer = 0, const std::string& from = {});
    explicit TcpClient(int connected) noexcept : socket_{connected} {}
    ~TcpClient();
    TcpClient(TcpClient&& other) noexcept
        : socket_{std::exchange(other.socket_, -1)}, unread_{std::move(other.unread_)}
    {
    }
    TcpClient& operator=(TcpClient&&) = delete;

    /// False when the connection is gone.
    bool send(std::string_view octets);

    /// Without its CRLF; empty at the end of the connection or after ten seconds.
    std::string line();

    /// All lines of one SMTP reply, each with its CRLF.
    std::string reply();

    /// Everything until the other side closes; "(timeout)" at the end when it does not.
    std::string rest();

    /// Exactly so many octets, or fewer at the end of the connection.
    std::string octets(std::size_t count);

    /// Whether the other side closed or reset within the time; does not read what it sends.
    bool closes_within(int milliseconds);

    void end_sending();
    void reset();
    void close();
    /// The socket, for who goes on with it in another way.
    [[nodiscard]] int release() { return std::exchange(socket_, -1); }

private:
    bool fill();
    int socket_{-1};
    std::string unread_;
};

/// A listening socket on a free loopback port, for scripts that play the other side.
class TcpListener {
public:
    explicit TcpListener(int backlog = 16);
    ~TcpListener();
    TcpListener(const TcpListener&) = delete;
    TcpListener& operator=(const TcpListener&) = delete;

    [[nodiscard]] std::string address() const;
    [[nodiscard]] TcpClient accept();
    /// Whether somebody wants to be accepted within the time.
    [[nodiscard]] bool called_within(int milliseconds);
    void close();
    [[nodiscard]] int release() { return std::exchange(socket_, -1); }

private:
    int socket_{-1};
    std::uint16_t port_{0};
};

}  // namespace shield::support
