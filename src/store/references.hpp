// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <shield/core/reference.hpp>

#include <cstdint>
#include <functional>
#include <optional>

namespace shield::store {

/// Gives messages their references. One for a process: its messages are a run of positions that begins at a random
/// place, between the runs of the processes before it. Writer thread only.
class References {
public:
    /// Writes the run down, and the key if there is none; durable before the first reference is given. `draw`
    /// returns random bits. Throws Unavailable when no place is free.
    static References begin(Connection& connection, std::int64_t next_message_id,
                            const std::function<std::uint64_t()>& draw);

    /// Throws when the run has met the next one: a restart begins another.
    [[nodiscard]] core::Reference reference_of(Connection& connection, std::int64_t message_id) const;

private:
    References(std::uint64_t first_position, std::uint64_t end, std::int64_t first_message_id) noexcept
        : first_position_{first_position}, end_{end}, first_message_id_{first_message_id}
    {
    }
    std::uint64_t first_position_, end_;
    std::int64_t first_message_id_;
};

/// The message that was given this reference.
[[nodiscard]] std::optional<std::int64_t> message_of(Connection& connection, core::Reference reference);

}  // namespace shield::store
