// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/metrics.hpp>
#include <shield/core/reached_bounds.hpp>
#include <shield/core/receipt.hpp>

#include <map>

namespace shield::net {

/// What an SMTP server counts, looked up once. Its gauges are also what bounds of all connections are held to.
class SmtpMetrics {
public:
    using Value = core::Metrics::Value;

    explicit SmtpMetrics(core::Metrics& metrics);

    Value& connections;
    Value& reply_backlog;
    Value& proxy_headers_refused;
    Value& sessions;
    Value& octets;
    Value& accepted;
    Value& handshakes;
    Value& handshakes_failed;
    const core::ReachedBounds bounds;

    void count(core::Refusal why);

private:
    std::map<core::Refusal, Value*> refused_;
};

}  // namespace shield::net
