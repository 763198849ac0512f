// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/confine/zygote.hpp>
#include <shield/core/assessment.hpp>
#include <shield/core/limits.hpp>
#include <shield/core/metrics.hpp>
#include <shield/core/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shield::daemon {

/// What a worker does with a question of mime's exchange. Of a message that is to be read it tells what it says,
/// behind the length of that, and who signed it.
[[nodiscard]] std::string answer_to(std::string_view question);

/// Whoever forks the workers that do it.
[[nodiscard]] confine::Zygote::Options reading_in_workers(std::function<void()> drop);

/// What the octets of a message say.
struct Read {
    core::Assessment assessment;
    std::string signatures;  ///< what authenticate needs of them
    std::string trace{};     ///< auth::Trace as octets, not looked at yet
};

/// Reads the messages of one thread: in a worker process of its own, which is asked ahead so that neither waits for
/// the other, and is replaced when it has read enough. A message whose worker crashes, hangs, takes too much or
/// says what cannot be is an error; those asked after it are asked again in a fresh worker, and nothing is held
/// against them.
///
/// Without a zygote it reads in its own process, which is for debuggers. Owned by one thread. Throws
/// std::runtime_error when there are no workers to be had, which is no message's fault.
class Reader {
public:
    Reader(const confine::Zygote* zygote, const core::Limits& limits, core::Metrics& metrics);

    struct Message {
        std::string_view octets;
        bool tried_before{false};  ///< it gets a worker that nobody could have taken over before
    };
    /// The messages whose turn is next, in this order; they stay where they are until the last is read or the next
    /// begin(). What was begun before is forgotten.
    void begin(std::vector<Message> messages);

    /// What the next of them says, or why that cannot be told.
    [[nodiscard]] core::result<Read> next();

private:
    core::result<Read> next_from_worker(std::string_view octets);
    void ask_ahead();
    [[nodiscard]] bool may_ask() const noexcept;
    [[nodiscard]] bool needs_another_worker() const noexcept;
    void replace_worker();

    const confine::Zygote* zygote_;
    core::Limits limits_;
    std::string head_;  // of every question
    core::Metrics::Value& workers_;
    std::vector<Message> messages_;
    std::size_t asked_{0};
    std::size_t read_{0};

    std::optional<confine::Worker> worker_;
    std::uint64_t worker_asked_{0};
    std::chrono::steady_clock::duration worker_busy_{};
    std::chrono::steady_clock::time_point busy_since_;
};

/// The decoded octets of an attachment, by a worker that does nothing else, or in this process without a zygote.
[[nodiscard]] core::result<std::optional<std::string>> read_attachment(const confine::Zygote* zygote,
                                                                       std::string_view octets, std::size_t number,
                                                                       const core::Limits& limits);

}  // namespace shield::daemon
