// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "address.hpp"
#include "population.hpp"
#include "stream.hpp"

#include <shield/core/log.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string>

namespace shield::net {

/// Accepts connections on one listening socket and hands each on. When the process has no descriptors left it waits
/// a moment instead of spinning or dying. Its coroutine keeps it alive until close().
class Listener : public std::enable_shared_from_this<Listener> {
public:
    /// Called on the listener's strand. What it throws costs this one connection.
    using Accepted = std::function<void(Descriptor, Endpoint)>;

    Listener(IoContext& io, Descriptor socket, std::string name, Accepted accepted, core::Log& log);

    void start(Population::Member member);

    /// From any thread; soon nothing is accepted any more.
    void close();

private:
    Awaitable<void> run();
    bool accept_all();

    Strand strand_;
    boost::asio::posix::stream_descriptor socket_;
    boost::asio::steady_timer pause_;
    std::string name_;
    Accepted accepted_;
    core::Log& log_;
    bool closed_{false};
};

}  // namespace shield::net
