// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

namespace shield::net {

/// The event loop and its threads. Everything else in net lives on it. Owned by the daemon's main; outlives all
/// servers and clients made on it.
class IoContext {
public:
    explicit IoContext(unsigned threads);
    ~IoContext();
    IoContext(const IoContext&) = delete;
    IoContext& operator=(const IoContext&) = delete;

    /// Runs `work`, which must not throw, on one of the threads, soon. From any thread.
    void post(std::function<void()> work);

    /// Ends the threads; what has not run by then never will.
    void stop();

    struct State;  // src/net/io_state.hpp: the only place that names the event loop's type
    [[nodiscard]] State& state() noexcept { return *state_; }

private:
    std::unique_ptr<State> state_;
};

}  // namespace shield::net
