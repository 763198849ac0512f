// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace shield::net {

class IoContext;

/// How many coroutines of one server or client still live. Each holds a Member, which cannot be copied or
/// forgotten; whoever wants to end them all waits here. Thread-safe.
class Population : public std::enable_shared_from_this<Population> {
public:
    class Member {
    public:
        Member() = default;
        Member(Member&& other) noexcept : population_{std::move(other.population_)} {}
        Member& operator=(Member&&) = delete;
        ~Member()
        {
            if (population_)
                population_->leave();
        }

    private:
        friend class Population;
        explicit Member(std::shared_ptr<Population> population) noexcept : population_{std::move(population)} {}
        std::shared_ptr<Population> population_;
    };

    [[nodiscard]] Member enter();
    [[nodiscard]] std::uint64_t count() const;

    /// Calls `work` once, when nobody is left; at once if nobody is there now.
    void when_empty(std::function<void()> work);

    /// For destructors: returns when nobody is left, when the threads of `io` have ended or are asked to wait for
    /// themselves, or after `at_most`.
    void wait_empty(IoContext& io, std::chrono::milliseconds at_most);

private:
    void leave();

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t count_{0};
    std::function<void()> when_empty_;
};

}  // namespace shield::net
