// SPDX-License-Identifier: Apache-2.0
#include "answered.hpp"
#include "frame.hpp"
#include "listener.hpp"

#include <shield/core/reached_bounds.hpp>
#include <shield/net/control.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace shield::net {
namespace asio = boost::asio;

struct ControlServer::State : std::enable_shared_from_this<ControlServer::State> {
    State(IoContext& context, std::filesystem::path where, Handler handle, const core::Limits& given,
          core::Log& sink, core::Metrics& metrics);

    /// Nothing: there will be no answer.
    using Answer = std::optional<std::string>;
    struct Request {
        ControlPeer peer;
        std::string octets;
        std::function<void(Answer)> answer;
        Moment came{std::chrono::steady_clock::now()};
    };

    void listen();
    void accept(Descriptor socket);
    Awaitable<void> serve(std::shared_ptr<Stream> stream, ControlPeer peer);
    Awaitable<std::optional<std::string>> receive(Stream& stream, const ControlPeer& peer);
    void submit(Request request);
    void work();
    Answer handle_one(Request& request);
    void stop();

    IoContext& io;
    const std::filesystem::path path;
    const Handler handler;
    const core::Limits limits;
    core::Log& log;
    const core::ReachedBounds bounds;
    std::shared_ptr<Population> population{std::make_shared<Population>()};
    std::shared_ptr<Population> connected{std::make_shared<Population>()};
    std::shared_ptr<Listener> listener;

    std::mutex mutex;  // of what follows
    std::condition_variable changed;
    bool stopping{false};
    std::deque<Request> requests;  // one a connection, so control_connections_max bounds it

    std::vector<std::thread> workers;
};

namespace {

// So that nobody waits for the backup of somebody else.
constexpr int workers_max = 4;

ControlPeer peer_of(const Descriptor& socket)
{
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(socket.number(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
        throw std::system_error{errno, std::generic_category(), "cannot tell who asks"};
    }
    return {credentials.uid, credentials.pid, {}};
}

/// May ask a directory service, and wait for it.
std::string login_of(unsigned uid)
{
    std::array<char, 16384> buffer{};  // _SC_GETPW_R_SIZE_MAX says 1024; a longer entry is nobody we know
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
        return found->pw_name;
    }
    return "uid " + std::to_string(uid);
}

}  // namespace

ControlServer::State::State(IoContext& context, std::filesystem::path where, Handler handle,
                            const core::Limits& given, core::Log& sink, core::Metrics& metrics)
    : io{context}, path{std::move(where)}, handler{std::move(handle)}, limits{given}, log{sink}, bounds{metrics}
{
}

void ControlServer::State::listen()
{
    auto accepted = [self = shared_from_this()](Descriptor client, const Endpoint&) {
        self->accept(std::move(client));
    };
    listener = std::make_shared<Listener>(io, listen_at_path(path), path.native(), std::move(accepted), log);
    for (int i = 0; i < workers_max; ++i) {
        workers.emplace_back([this] { work(); });
    }
    listener->start(population->enter());
}

void ControlServer::State::accept(Descriptor socket)
{
    if (connected->count() >= limits.control_connections_max) {
        bounds.count(&core::Limits::control_connections_max);
        return;
    }
    const auto peer = peer_of(socket);
    const auto strand = make_strand(io);
    const auto stream = std::make_shared<Stream>(strand, std::move(socket));
    asio::co_spawn(
        strand,
        [present = population->enter(), place = connected->enter(), self = shared_from_this(), stream,
         peer]() -> Awaitable<void> { co_await self->serve(stream, peer); },
        asio::detached);
}

Awaitable<void> ControlServer::State::serve(std::shared_ptr<Stream> stream, ControlPeer peer)
{
    auto octets = co_await receive(*stream, peer);
    if (!octets) {
        co_return;
    }
    const Answer answer = co_await answered<Answer>([&](std::function<void(Answer)> done) {
        submit({.peer = peer, .octets = std::move(*octets), .answer = std::move(done)});
    });
    if (!answer) {
        co_return;
    }
    const auto deadline = seconds_from_now(limits.write_wait_max);
    const auto frame = frame_of(answer->size());
    auto status = co_await stream->write({frame.data(), frame.size()}, deadline);
    if (status == Stream::Status::done) {
        status = co_await stream->write(*answer, deadline);
    }
    if (status == Stream::Status::late) {
        bounds.count(&core::Limits::write_wait_max);
    }
    if (status == Stream::Status::done) {
        co_await stream->finish(seconds_from_now(limits.close_wait_max));
    }
}

/// The octets of one request, or nothing when it is cut short, late or too large. Takes no more memory than came.
Awaitable<std::optional<std::string>> ControlServer::State::receive(Stream& stream, const ControlPeer& peer)
{
    const auto deadline = seconds_from_now(limits.control_wait_max);
    std::string received;
    for (;;) {
        if (received.size() >= length_octets) {
            const auto size = size_in(received);
            if (size > limits.control_request_max) {
                bounds.count(&core::Limits::control_request_max);
                log.line(core::Severity::warning, "control_refused",
                         {{"uid", std::to_string(peer.uid)},
                          {"reason", "a request of " + std::to_string(size) + " octets"}});
                co_return std::nullopt;
            }
            if (received.size() >= length_octets + size) {
                co_return received.substr(length_octets, size);
            }
        }
        const auto got = co_await stream.read(deadline);
        if (got.status == Stream::Status::late) {
            bounds.count(&core::Limits::control_wait_max);
        }
        if (got.status != Stream::Status::done) {
            co_return std::nullopt;
        }
        received += got.octets;
    }
}

void ControlServer::State::submit(Request request)
{
    {
        const std::lock_guard lock{mutex};
        if (!stopping) {
            requests.push_back(std::move(request));
            changed.notify_one();
            return;
        }
    }
    request.answer(std::nullopt);
}

void ControlServer::State::work()
{
    std::unique_lock lock{mutex};
    for (;;) {
        changed.wait(lock, [&] { return stopping || !requests.empty(); });
        if (stopping) {
            return;
        }
        Request request = std::move(requests.front());
        requests.pop_front();
        lock.unlock();
        request.answer(handle_one(request));
        lock.lock();
    }
}

ControlServer::State::Answer ControlServer::State::handle_one(Request& request)
{
    // Who has waited so long may have gone and asked again: nothing is done twice.
    if (std::chrono::steady_clock::now() > request.came + std::chrono::seconds{limits.control_wait_max}) {
        bounds.count(&core::Limits::control_wait_max);
        return std::nullopt;
    }
    try {
        request.peer.login = login_of(request.peer.uid);
        Answer answer = handler(request.peer, request.octets);
        if (answer->size() <= limits.control_answer_max) {
            return answer;
        }
        bounds.count(&core::Limits::control_answer_max);
        log.line(
            core::Severity::error, "control_failed",
            {{"who", request.peer.login}, {"error", "an answer of " + std::to_string(answer->size()) + " octets"}});
    } catch (const std::exception& failure) {
        log.line(core::Severity::error, "control_failed", {{"who", request.peer.login}, {"error", failure.what()}});
    }
    return std::nullopt;
}

void ControlServer::State::stop()
{
    std::deque<Request> unanswered;
    {
        const std::lock_guard lock{mutex};
        stopping = true;
        unanswered.swap(requests);
        changed.notify_all();
    }
    for (auto& request : unanswered) {
        request.answer(std::nullopt);
    }
    for (std::thread& worker : workers) {
        worker.join();
    }
    listener->close();
    listener.reset();
    ::unlink(path.c_str());
}

ControlServer::ControlServer(IoContext& io, const std::filesystem::path& path, Handler handler,
                             const core::Limits& limits, core::Log& log, core::Metrics& metrics)
    : state_{std::make_shared<State>(io, path, std::move(handler), limits, log, metrics)}
{
    state_->listen();
}

ControlServer::~ControlServer()
{
    state_->stop();
    state_->population->wait_empty(state_->io, std::chrono::seconds{state_->limits.control_wait_max});
}

}  // namespace shield::net
