// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/scripted_peer.hpp"

#include <shield/net/smtp_client.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace shield::net {

/// One client and what came of the mails given to it.
class Sending {
public:
    explicit Sending(const std::string& address, core::Limits limits = {}, unsigned threads = 2) : io_{threads}
    {
        client_ = std::make_unique<SmtpClient>(io_, address, "mx.example.com", limits, log_, metrics_);
    }

    ~Sending()
    {
        client_.reset();
        for (auto& thread : answering_) {
            thread.join();
        }
    }

    void send(const std::string& body, bool may_commit = true)
    {
        client_->send(
            {"", "reporter@example.net", "Subject: re\r\n\r\n" + body + "\r\n"},
            [this, may_commit](const std::function<void(bool)>& answer) {
                ++asked_;
                const std::lock_guard lock{mutex_};
                answering_.emplace_back([answer, may_commit] { answer(may_commit); });
            },
            [this](smtp::DeliveryOutcome outcome) {
                const std::lock_guard lock{mutex_};
                outcomes_.push_back(std::move(outcome));
                changed_.notify_all();
            });
    }

    smtp::DeliveryOutcome outcome_of(const std::string& body, bool may_commit = true)
    {
        const auto before = outcomes().size();
        send(body, may_commit);
        wait_for(before + 1);
        return outcomes().back();
    }

    void wait_for(std::size_t count)
    {
        std::unique_lock lock{mutex_};
        EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds{15}, [&] { return outcomes_.size() >= count; }));
    }
    [[nodiscard]] std::vector<smtp::DeliveryOutcome> outcomes()
    {
        const std::lock_guard lock{mutex_};
        return outcomes_;
    }
    [[nodiscard]] int asked() const { return asked_; }
    [[nodiscard]] std::int64_t counted(std::string_view name) { return metrics_.counter(name, {}); }
    void end() { client_.reset(); }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<smtp::DeliveryOutcome> outcomes_;
    std::vector<std::thread> answering_;
    std::atomic<int> asked_{0};
    core::NoLog log_;
    core::Metrics metrics_;
    IoContext io_;
    std::unique_ptr<SmtpClient> client_;
};

/// Greets, and answers EHLO without extensions.
inline void introduce(support::TcpClient& peer)
{
    peer.send("220 relay.example\r\n");
    peer.line();
    peer.send("250 relay.example\r\n");
}

/// Takes the next command and says `reply`; false when there is no more.
inline bool answer(support::TcpClient& peer, const std::string& reply)
{
    const auto said = peer.line();
    return !said.empty() && peer.send(reply + "\r\n");
}

inline std::string content(support::TcpClient& peer)
{
    std::string all;
    for (std::string line = peer.line(); line != "."; line = peer.line()) {
        all += line + "\n";
        if (all.size() > 1'000'000 || (line.empty() && all.ends_with("\n\n\n"))) {
            break;
        }
    }
    return all;
}

inline void take_one(support::TcpClient& peer)
{
    answer(peer, "250 sender");
    answer(peer, "250 recipient");
    answer(peer, "354 go on");
    content(peer);
    peer.send("250 taken as 1\r\n");
}

}  // namespace shield::net
