// SPDX-License-Identifier: Apache-2.0
#include "population.hpp"

#include "io_state.hpp"

namespace shield::net {

Population::Member Population::enter()
{
    const std::lock_guard lock{mutex_};
    ++count_;
    return Member{shared_from_this()};
}

std::uint64_t Population::count() const
{
    const std::lock_guard lock{mutex_};
    return count_;
}

void Population::leave()
{
    std::function<void()> work;
    {
        const std::lock_guard lock{mutex_};
        if (--count_ == 0)
            work = std::exchange(when_empty_, nullptr);
        changed_.notify_all();
    }
    if (work)
        work();
}

void Population::when_empty(std::function<void()> work)
{
    {
        const std::lock_guard lock{mutex_};
        if (count_ != 0) {
            when_empty_ = std::move(work);
            return;
        }
    }
    work();
}

void Population::wait_empty(IoContext& io, std::chrono::milliseconds at_most)
{
    auto& context = io.state().context;
    if (context.get_executor().running_in_this_thread())
        return;
    constexpr std::chrono::milliseconds look_again{50};  // stop() of the event loop tells nobody
    const auto until = std::chrono::steady_clock::now() + at_most;
    std::unique_lock lock{mutex_};
    while (count_ != 0 && !context.stopped() && std::chrono::steady_clock::now() < until)
        changed_.wait_for(lock, look_again);
}

}  // namespace shield::net
