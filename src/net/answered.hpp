// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "stream.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace shield::net {

/// Suspends the coroutine until the function given to `ask` is called, on any thread, with a value; goes on with it
/// on the coroutine's own strand. Only the first call counts. Whoever keeps that function keeps the coroutine
/// alive, so it must be called or dropped before the IoContext ends.
template <typename Value, typename Ask>
Awaitable<Value> answered(Ask ask)
{
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Value)>(
        [](auto handler, Ask start) {
            using Handler = decltype(handler);
            struct Waiting {
                explicit Waiting(Handler&& h) : handler{std::move(h)} {}
                Handler handler;
                std::atomic_flag answered;
            };
            const auto waiting = std::make_shared<Waiting>(std::move(handler));
            start(std::function<void(Value)>{[waiting](Value value) {
                if (waiting->answered.test_and_set())
                    return;
                const auto executor = boost::asio::get_associated_executor(waiting->handler);
                boost::asio::post(executor, [handler = std::move(waiting->handler),
                                             value = std::move(value)]() mutable { handler(std::move(value)); });
            }});
        },
        boost::asio::use_awaitable, std::move(ask));
}

}  // namespace shield::net
