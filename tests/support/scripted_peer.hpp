// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tcp_client.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace shield::support {

/// A next hop that follows a script: one function a connection, in the order of the calls, on a thread of its own
/// each. When a function returns, its connection closes; a call too many is never accepted.
class ScriptedPeer {
public:
    using Script = std::function<void(TcpClient&)>;

    explicit ScriptedPeer(std::vector<Script> scripts)
        : address_{listener_.address()}, thread_{[this, all = std::move(scripts)] { play(all); }}
    {
    }
    ~ScriptedPeer()
    {
        ended_ = true;
        thread_.join();
    }
    ScriptedPeer(const ScriptedPeer&) = delete;
    ScriptedPeer& operator=(const ScriptedPeer&) = delete;

    [[nodiscard]] const std::string& address() const noexcept { return address_; }
    [[nodiscard]] int calls() const noexcept { return calls_; }

private:
    void play(const std::vector<Script>& scripts)
    {
        std::vector<std::thread> talks;
        for (const auto& script : scripts) {
            while (!ended_ && !listener_.called_within(20)) {
            }
            if (ended_) {
                break;
            }
            ++calls_;
            talks.emplace_back([&script, client = listener_.accept()]() mutable { script(client); });
        }
        for (auto& talk : talks) {
            talk.join();
        }
    }

    TcpListener listener_;
    std::string address_;
    std::atomic<bool> ended_{false};
    std::atomic<int> calls_{0};
    std::thread thread_;
};

}  // namespace shield::support
