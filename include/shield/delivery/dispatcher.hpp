// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/log.hpp>
#include <shield/core/metrics.hpp>
#include <shield/core/time.hpp>
#include <shield/delivery/breaker.hpp>
#include <shield/delivery/transport.hpp>
#include <shield/store/outbox.hpp>

#include <functional>
#include <memory>

namespace shield::delivery {

/// Takes what is due from the outbox, gives it to the transport and records what came of it. A thread of its own
/// waits for due mail; at most `delivery_concurrency_max` are under way. Automatic ones begin only as a Breaker
/// allows; while it is open they stay queued until their time is over.
class Dispatcher {
public:
    struct Options {
        core::Limits limits;
        core::Clock clock;
        core::Log* log{nullptr};
        core::Metrics* metrics{nullptr};
    };
    Dispatcher(store::Outbox& outbox, Transport& transport, Options options);

    /// Takes nothing new and waits for what is under way, at most `drain_time_max`; what is left is settled by the
    /// next start.
    ~Dispatcher();

    /// Whether automatic replies go out. What it gives is callable from any thread, also when the dispatcher is
    /// gone.
    [[nodiscard]] std::function<Breaker::Standing()> standing() const;

    struct State;

private:
    std::shared_ptr<State> state_;
};

}  // namespace shield::delivery
