// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <shield/core/reference.hpp>

#include <cstdint>
#include <functional>
#include <optional>

namespace shield::store {

/// Gives messages their references. The messages of a process are a run of positions that begins at a random place,
/// between the runs of the processes before it; where it meets the next, it begins another. Writer thread only.
class References {
public:
    /// `draw` returns random bits.
    explicit References(std::function<std::uint64_t()> draw) : draw_{std::move(draw)} {}

    /// Makes the key, once for a database; nothing else is written before the first message.
    static void make_key(Connection& connection);

    /// Inside the transaction of the message; the first one begins the run in it.
    [[nodiscard]] core::Reference reference_of(Connection& connection, std::int64_t message_id);

    /// A message with one of these references is durable, and so is the run.
    void settle() noexcept { durable_ = true; }

private:
    struct Run {
        std::uint64_t first_position{0}, end{0};
        std::int64_t first_message_id{0};
    };
    [[nodiscard]] Run begin(Connection& connection, std::int64_t message_id) const;
    [[nodiscard]] bool is_in_run(Connection& connection, std::int64_t message_id) const;
    [[nodiscard]] static std::uint64_t position_in(const Run& run, std::int64_t message_id) noexcept;

    std::function<std::uint64_t()> draw_;
    std::optional<Run> run_;
    bool durable_{false};
};

/// The message that was given this reference.
[[nodiscard]] std::optional<std::int64_t> message_of(Connection& connection, core::Reference reference);

}  // namespace shield::store
