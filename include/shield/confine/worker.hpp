// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/confine/descriptor.hpp>
#include <shield/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace shield::confine {

/// Which walls stand around a worker; what the kernel does not have is missing.
struct Walls {
    bool files{false};
    bool calls{false};
};

/// The daemon's hold on one process that answers questions, in their order. It may be taken over by what it is
/// asked about, so nothing is believed of its answers but that they are no larger than they may be.
///
/// Owned by one thread. The first failed answer is its last: the process is dead, hangs or does not keep to the
/// rules, and the error says which in a sentence. The destructor ends the process, whatever it is doing.
class Worker {
public:
    /// Questions may be asked ahead. `octets` are not copied: they stay where they are until the answer is there.
    void ask(std::string head, std::string_view octets);

    /// The answer to the oldest question that has none, of at most `size_max` octets. The process has `time_max`
    /// for it from now on.
    [[nodiscard]] core::result<std::string> answer(std::uint64_t size_max, std::chrono::milliseconds time_max);

    /// Whether the process has ended, without waiting: better known before it is asked.
    [[nodiscard]] bool ended() const noexcept;

    [[nodiscard]] Walls walls() const noexcept { return walls_; }

private:
    friend class Zygote;
    struct Outgoing {
        std::string head;
        std::string_view octets;
        std::size_t sent{0};
    };
    enum class Pumped { something, ended, too_late };

    Worker(Descriptor channel, Descriptor lifeline) noexcept
        : channel_{std::move(channel)}, lifeline_{std::move(lifeline)}
    {
    }
    void await_walls(std::chrono::milliseconds time_max);
    Pumped pump(std::chrono::steady_clock::time_point end);
    bool send_some();
    bool receive_some();
    [[nodiscard]] core::Error how_it_ended() const;

    Descriptor channel_;   // questions and answers
    Descriptor lifeline_;  // closed: the zygote kills it; readable: it has ended, and how
    std::deque<Outgoing> outgoing_;
    std::string incoming_;
    Walls walls_;
};

}  // namespace shield::confine
