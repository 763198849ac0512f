// SPDX-License-Identifier: Apache-2.0
#include "io_state.hpp"

#include <shield/net/io_context.hpp>

#include <boost/asio/impl/src.hpp>
#include <boost/asio/post.hpp>
#include <signal.h>

#include <algorithm>

namespace shield::net {

IoContext::State::State(unsigned thread_count)
    : context{static_cast<int>(thread_count)}, work{context.get_executor()}
{
}

IoContext::IoContext(unsigned threads) : state_{std::make_unique<State>(std::max(threads, 1U))}
{
    // Signals are the business of the thread that waits for them; a new thread inherits the mask of its maker.
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    for (unsigned i = 0; i < std::max(threads, 1U); ++i)
        state_->threads.emplace_back([state = state_.get()] { state->context.run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

IoContext::~IoContext()
{
    stop();
}

void IoContext::post(std::function<void()> work)
{
    boost::asio::post(state_->context, std::move(work));
}

void IoContext::stop()
{
    state_->context.stop();
    for (auto& thread : state_->threads)
        if (thread.joinable())
            thread.join();
}

}  // namespace shield::net
