// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/net/io_context.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <thread>
#include <vector>

namespace shield::net {

struct IoContext::State {
    using Executor = boost::asio::io_context::executor_type;

    explicit State(unsigned thread_count);

    boost::asio::io_context context;
    boost::asio::executor_work_guard<Executor> work;
    std::vector<std::thread> threads;
};

/// What belongs to one connection runs on one of these, never at the same time, on any thread.
using Strand = boost::asio::strand<IoContext::State::Executor>;

[[nodiscard]] inline Strand make_strand(IoContext& io)
{
    return Strand{io.state().context.get_executor()};
}

}  // namespace shield::net
