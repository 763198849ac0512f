// SPDX-License-Identifier: Apache-2.0
#include "smtp_metrics.hpp"

namespace shield::net {
namespace {

std::string_view name_of(core::Refusal why)
{
    switch (why) {
        case core::Refusal::disk_full:
            return R"(result="disk_full")";
        case core::Refusal::store_failed:
            return R"(result="store_failed")";
        case core::Refusal::overloaded:
            return R"(result="overloaded")";
        case core::Refusal::shutting_down:
            return R"(result="shutting_down")";
        case core::Refusal::row_refused:
            return R"(result="row_refused")";
    }
    return {};
}

}  // namespace

SmtpMetrics::SmtpMetrics(core::Metrics& metrics)
    : connections{metrics.gauge("shield_smtp_connections", "SMTP and LMTP connections that are open")},
      reply_backlog{
          metrics.gauge("shield_smtp_reply_backlog_octets", "Replies that wait for clients to read them")},
      proxy_headers_refused{metrics.counter("shield_proxy_headers_refused_total",
                                            "Connections of gateways that did not begin with a PROXY header")},
      sessions{metrics.counter("shield_smtp_sessions_total", "SMTP and LMTP connections accepted")},
      octets{metrics.counter("shield_smtp_octets_total", "Octets read from SMTP and LMTP clients")},
      accepted{metrics.counter("shield_smtp_messages_total", "Messages that arrived whole, by what became of them",
                               R"(result="accepted")")},
      handshakes{metrics.counter("shield_tls_handshakes_total",
                                 "TLS handshakes with SMTP and LMTP clients, by result", R"(result="done")")},
      handshakes_failed{metrics.counter("shield_tls_handshakes_total",
                                        "TLS handshakes with SMTP and LMTP clients, by result",
                                        R"(result="failed")")},
      bounds{metrics}
{
    using enum core::Refusal;
    for (const auto why : {disk_full, store_failed, overloaded, shutting_down, row_refused}) {
        refused_[why] = &metrics.counter("shield_smtp_messages_total",
                                         "Messages that arrived whole, by what became of them", name_of(why));
    }
}

void SmtpMetrics::count(core::Refusal why)
{
    ++*refused_.at(why);
}

}  // namespace shield::net
