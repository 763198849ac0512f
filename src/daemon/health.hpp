// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/metrics.hpp>
#include <shield/core/time.hpp>
#include <shield/net/http_server.hpp>
#include <shield/store/store.hpp>

#include <atomic>
#include <functional>
#include <string>

namespace shield::daemon {

/// What machines that watch are told: /metrics, /healthz (is the store sound?) and /readyz (should mail come
/// here?). Thread-safe; never waits.
class Health {
public:
    /// `notice` is what /readyz says beside "ready", or nothing; called from any thread.
    Health(const store::Store& store, core::Metrics& metrics, core::Clock clock,
           std::function<std::string()> notice = {});

    enum class Phase { starting, serving, without_workers, draining };
    void set(Phase phase) noexcept { phase_.store(phase, std::memory_order_relaxed); }

    [[nodiscard]] net::HttpResponse answer(std::string_view path) const;

private:
    [[nodiscard]] net::HttpResponse healthz() const;
    [[nodiscard]] net::HttpResponse readyz() const;
    [[nodiscard]] net::HttpResponse metrics() const;

    const store::Store& store_;
    core::Metrics& metrics_;
    core::Clock clock_;
    std::function<std::string()> notice_;
    core::Time started_at_;
    core::Metrics::Value& uptime_;
    std::atomic<Phase> phase_{Phase::starting};
};

}  // namespace shield::daemon
