// SPDX-License-Identifier: Apache-2.0
#include "http_request.hpp"
#include "listener.hpp"

#include <shield/core/reached_bounds.hpp>
#include <shield/net/http_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <mutex>
#include <vector>

namespace shield::net {
namespace asio = boost::asio;

struct HttpServer::State : std::enable_shared_from_this<HttpServer::State> {
    State(IoContext& context, Handler handle, const core::Limits& given, core::Log& sink, core::Metrics& metrics);

    void accept(Descriptor socket);
    Awaitable<void> serve(std::shared_ptr<Stream> stream);
    Awaitable<std::string> receive(Stream& stream, Moment deadline);
    std::string answer(std::string_view head);
    void stop();

    IoContext& io;
    const Handler handler;
    const core::Limits limits;
    core::Log& log;
    const core::ReachedBounds bounds;
    std::shared_ptr<Population> population{std::make_shared<Population>()};
    std::shared_ptr<Population> connected{std::make_shared<Population>()};

    std::mutex mutex;  // of what follows
    std::vector<std::shared_ptr<Listener>> listeners;
};

namespace {

std::string_view reason_of(unsigned status)
{
    switch (status) {
        case 200:
            return "OK";
        case 400:
            return "Bad Request";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Unnamed";
    }
}

std::string message_of(const HttpResponse& response, bool head_only, std::string_view more_fields = {})
{
    std::string message = "HTTP/1.1 " + std::to_string(response.status) + " ";
    message += reason_of(response.status);
    message += "\r\nContent-Type: " + response.content_type;
    message += "\r\nContent-Length: " + std::to_string(response.body.size());
    message += "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n";
    message += more_fields;
    message += "\r\n";
    if (!head_only) {
        message += response.body;
    }
    return message;
}

std::string refusal(unsigned status, std::string_view more_fields = {})
{
    HttpResponse response;
    response.status = status;
    response.body = std::string{reason_of(status)} + "\n";
    return message_of(response, false, more_fields);
}

}  // namespace

HttpServer::State::State(IoContext& context, Handler handle, const core::Limits& given, core::Log& sink,
                         core::Metrics& metrics)
    : io{context}, handler{std::move(handle)}, limits{given}, log{sink}, bounds{metrics}
{
}

void HttpServer::State::accept(Descriptor socket)
{
    if (connected->count() >= limits.http_connections_max) {
        bounds.count(&core::Limits::http_connections_max);
        return;
    }
    const auto strand = make_strand(io);
    const auto stream = std::make_shared<Stream>(strand, std::move(socket));
    asio::co_spawn(
        strand,
        [present = population->enter(), place = connected->enter(), self = shared_from_this(),
         stream]() -> Awaitable<void> { co_await self->serve(stream); },
        asio::detached);
}

Awaitable<void> HttpServer::State::serve(std::shared_ptr<Stream> stream)
{
    const auto deadline = seconds_from_now(limits.http_wait_max);
    const std::string message = co_await receive(*stream, deadline);
    if (message.empty()) {
        co_return;
    }
    const auto status = co_await stream->write(message, seconds_from_now(limits.http_wait_max));
    if (status == Stream::Status::late) {
        bounds.count(&core::Limits::http_wait_max);
    }
    if (status == Stream::Status::done) {
        co_await stream->finish(seconds_from_now(limits.close_wait_max));
    }
}

/// The answer to the request that comes, or nothing when its client has gone.
Awaitable<std::string> HttpServer::State::receive(Stream& stream, Moment deadline)
{
    std::string received;
    for (;;) {
        const auto size = http_head_size(received);
        if (received.size() > limits.http_request_max && (!size || *size > limits.http_request_max)) {
            bounds.count(&core::Limits::http_request_max);
            co_return refusal(431);
        }
        if (size) {
            co_return answer(std::string_view{received}.substr(0, *size));
        }
        const auto got = co_await stream.read(deadline);
        if (got.status == Stream::Status::late) {
            bounds.count(&core::Limits::http_wait_max);
            co_return refusal(408);
        }
        if (got.status != Stream::Status::done) {
            co_return std::string{};
        }
        received += got.octets;
    }
}

std::string HttpServer::State::answer(std::string_view head)
{
    const auto request = HttpRequest::parse(head);
    if (!request) {
        switch (request.error()) {
            case HttpRequest::Fault::malformed:
                return refusal(400);
            case HttpRequest::Fault::method:
                return refusal(405, "Allow: GET, HEAD\r\n");
            case HttpRequest::Fault::version:
                return refusal(505);
        }
    }
    try {
        return message_of(handler(request->path), request->head);
    } catch (const std::exception& failure) {
        log.line(core::Severity::error, "http_failed", {{"path", request->path}, {"error", failure.what()}});
        return refusal(500);
    }
}

void HttpServer::State::stop()
{
    const std::lock_guard lock{mutex};
    for (const auto& listener : listeners) {
        listener->close();
    }
    listeners.clear();
}

HttpServer::HttpServer(IoContext& io, Handler handler, const core::Limits& limits, core::Log& log,
                       core::Metrics& metrics)
    : state_{std::make_shared<State>(io, std::move(handler), limits, log, metrics)}
{
}

HttpServer::~HttpServer()
{
    state_->stop();
    state_->population->wait_empty(state_->io, std::chrono::seconds{state_->limits.http_wait_max});
}

std::string HttpServer::listen(const std::string& address)
{
    auto socket = listen_at(address);
    auto bound = local_endpoint(socket).to_string();
    auto accepted = [self = state_](Descriptor client, const Endpoint&) { self->accept(std::move(client)); };
    const auto listener =
        std::make_shared<Listener>(state_->io, std::move(socket), bound, std::move(accepted), state_->log);
    {
        const std::lock_guard lock{state_->mutex};
        state_->listeners.push_back(listener);
    }
    listener->start(state_->population->enter());
    return bound;
}

}  // namespace shield::net
