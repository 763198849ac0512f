// SPDX-License-Identifier: Apache-2.0
// Any octets on the control socket, cut anywhere: a whole request gets its one answer, anything else gets none.
#include <shield/net/control.hpp>

#include <fuzzer/FuzzedDataProvider.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace {

using namespace shield;

void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

constexpr std::size_t request_max = 300;

std::string frame_and(std::string_view octets)
{
    std::string framed;
    for (int shift = 24; shift >= 0; shift -= 8) {
        framed += static_cast<char>(octets.size() >> shift & 0xff);
    }
    return framed.append(octets);
}

/// A server that answers what it was asked.
class Server {
public:
    Server()
    {
        core::Limits limits;
        limits.control_request_max = request_max;
        server_ = std::make_unique<net::ControlServer>(
            io_, path_, [](const net::ControlPeer&, const std::string& request) { return request + "."; }, limits,
            log_, metrics_);
    }
    ~Server()
    {
        server_.reset();
        std::filesystem::remove(path_);
    }

    [[nodiscard]] int connect() const
    {
        const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path_.string().copy(address.sun_path, sizeof address.sun_path - 1);
        check(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        return socket;
    }

private:
    std::filesystem::path path_{std::filesystem::temp_directory_path() /
                                ("shield-control-fuzz-" + std::to_string(::getpid()))};
    core::NoLog log_;
    core::Metrics metrics_;
    net::IoContext io_{1};
    std::unique_ptr<net::ControlServer> server_;
};

/// Again when a signal came in between: the fuzzer looks at its watch by SIGALRM.
template <typename Call>
ssize_t uninterrupted(Call call)
{
    for (;;) {
        const ssize_t result = call();
        if (result >= 0 || errno != EINTR) {
            return result;
        }
    }
}

std::string answer_to(int socket, FuzzedDataProvider& data, std::string_view octets)
{
    while (!octets.empty()) {
        const auto count = data.ConsumeIntegralInRange<std::size_t>(1, octets.size());
        const auto sent = uninterrupted([&] { return ::send(socket, octets.data(), count, MSG_NOSIGNAL); });
        if (sent < 0) {
            break;  // it was too much for the server
        }
        octets.remove_prefix(static_cast<std::size_t>(sent));
    }
    ::shutdown(socket, SHUT_WR);
    std::string answer;
    for (char buffer[1024];;) {
        const auto got = uninterrupted([&] { return ::recv(socket, buffer, sizeof buffer, 0); });
        if (got <= 0) {
            return answer;
        }
        answer.append(buffer, static_cast<std::size_t>(got));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size)
{
    static const Server server;
    FuzzedDataProvider data{octets, size};
    const std::string request = data.ConsumeRandomLengthString(2 * request_max);
    const std::string sent = data.ConsumeBool() ? frame_and(request) : request;
    const int socket = server.connect();
    const std::string answer = answer_to(socket, data, sent);
    ::close(socket);

    std::size_t announced = 0;
    for (std::size_t i = 0; i < 4 && i < sent.size(); ++i) {
        announced = announced << 8 | static_cast<unsigned char>(sent[i]);
    }
    if (sent.size() >= 4 && announced <= request_max && sent.size() - 4 >= announced) {
        check(answer == frame_and(sent.substr(4, announced) + "."));
    } else {
        check(answer.empty());
    }
    return 0;
}
