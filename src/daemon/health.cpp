// SPDX-License-Identifier: Apache-2.0
#include "health.hpp"

#include <shield/daemon/shieldd.hpp>

#include <utility>

namespace shield::daemon {

Health::Health(const store::Store& store, core::Metrics& metrics, core::Clock clock,
               std::function<std::string()> notice)
    : store_{store},
      metrics_{metrics},
      clock_{std::move(clock)},
      notice_{std::move(notice)},
      started_at_{clock_()},
      uptime_{metrics.gauge("shield_uptime_seconds", "Seconds since the start")}
{
    metrics
        .gauge("shield_build_info", "Always 1; the version is the label",
               "version=\"" + std::string{version()} + "\"")
        .store(1, std::memory_order_relaxed);
}

net::HttpResponse Health::answer(std::string_view path) const
{
    if (path == "/metrics") {
        return metrics();
    }
    if (path == "/healthz") {
        return healthz();
    }
    if (path == "/readyz") {
        return readyz();
    }
    return {404, "text/plain; charset=utf-8", "/metrics, /healthz and /readyz are here\n"};
}

net::HttpResponse Health::healthz() const
{
    switch (store_.health()) {
        case store::Health::open:
        case store::Health::reserved:
            return {200, "text/plain; charset=utf-8", "ok\n"};
        case store::Health::full:
            return {200, "text/plain; charset=utf-8", "the disk is full\n"};
        case store::Health::failed:
            break;
    }
    return {503, "text/plain; charset=utf-8", "the store failed and is closed until a restart\n"};
}

net::HttpResponse Health::readyz() const
{
    const auto no = [](std::string why) {
        return net::HttpResponse{503, "text/plain; charset=utf-8", std::move(why)};
    };
    switch (phase_.load(std::memory_order_relaxed)) {
        case Phase::starting:
            return no("starting\n");
        case Phase::without_workers:
            return no("the process that workers come from ended; a restart is needed\n");
        case Phase::draining:
            return no("draining\n");
        case Phase::serving:
            break;
    }
    switch (store_.health()) {
        case store::Health::open:
        case store::Health::reserved: {
            const char* ready =
                store_.health() == store::Health::open
                    ? "ready\n"
                    : "ready, but the last part of the disk takes only mail for attack mailboxes and "
                      "from networks that sent verified mail\n";
            // Still ready when automatic replies are stopped: mail should come here, and whoever takes us away for
            // it would turn a next hop that refuses into mail that nobody takes.
            const std::string notice = notice_ ? notice_() : std::string{};
            return {200, "text/plain; charset=utf-8", ready + (notice.empty() ? notice : notice + "\n")};
        }
        case store::Health::full:
            return no("the disk is full\n");
        case store::Health::failed:
            break;
    }
    return no("the store failed and is closed until a restart\n");
}

net::HttpResponse Health::metrics() const
{
    const auto up = std::chrono::duration_cast<std::chrono::seconds>(clock_() - started_at_);
    uptime_.store(up.count(), std::memory_order_relaxed);
    return {200, "text/plain; version=0.0.4; charset=utf-8", metrics_.render()};
}

}  // namespace shield::daemon
