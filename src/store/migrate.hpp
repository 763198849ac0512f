// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <string>
#include <vector>

namespace shield::store {

/// "Shld": says that a file is ours before anything is read from it.
inline constexpr std::int64_t application_id = 0x53686c64;

/// One file of migrations/.
struct Migration {
    std::string name;
    std::string sql;
};

/// All of them, in order; the n-th (from 1) leaves user_version n.
[[nodiscard]] std::vector<Migration> embedded_migrations();

/// The version of a database that may be opened; changes nothing. Throws Unavailable: newer when it has more
/// migrations than are `known`, corrupt when it is not ours.
[[nodiscard]] std::int64_t version_of(Connection& connection, std::size_t known);

/// Takes the database to the version of the last migration: each file and its user_version in one transaction.
void migrate(Connection& connection, const std::vector<Migration>& migrations);

}  // namespace shield::store
