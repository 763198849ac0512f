// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <shield/core/result.hpp>
#include <shield/store/cases.hpp>

#include <optional>
#include <string_view>

/// What happens to cases, inside somebody's transaction.
namespace shield::store {

/// Thrown inside a job: undoes its savepoint and carries the sentence to who asked.
struct Declined {
    core::Error error;
};

/// On an error nothing may be kept: the caller undoes its savepoint.
[[nodiscard]] std::optional<core::Error> apply(Connection& connection, std::int64_t case_id, std::string_view who,
                                               const Change& change, core::Time now);

/// All messages of `from` become messages of `into`; the emptied case stays as a name for it.
void move_messages(Connection& connection, std::int64_t from, std::int64_t into, core::Time now);

}  // namespace shield::store
