// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/log.hpp>
#include <shield/core/metrics.hpp>
#include <shield/net/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace shield::net {

struct HttpResponse {
    unsigned status{200};
    std::string content_type{"text/plain; charset=utf-8"};
    std::string body;
};

/// Answers GET and HEAD for machines that watch (metrics, health). Bounded in size, time and number of connections.
class HttpServer {
public:
    /// Called on an I/O thread with the path; must not block.
    using Handler = std::function<HttpResponse(std::string_view path)>;

    HttpServer(IoContext& io, Handler handler, const core::Limits& limits, core::Log& log, core::Metrics& metrics);
    ~HttpServer();

    /// Like SmtpServer::listen().
    std::string listen(const std::string& address);

    struct State;

private:
    std::shared_ptr<State> state_;
};

}  // namespace shield::net
