// SPDX-License-Identifier: Apache-2.0
#include "migrate.hpp"

#include <shield/store/store.hpp>

namespace shield::store {

namespace {

std::int64_t pragma_number(Connection& connection, const char* sql)
{
    return std::stoll(connection.pragma(sql));
}

}  // namespace

std::int64_t version_of(Connection& connection, std::size_t known)
{
    const std::int64_t version = pragma_number(connection, "PRAGMA user_version");
    const std::int64_t owner = pragma_number(connection, "PRAGMA application_id");
    const bool empty = connection.pragma("SELECT count(*) FROM sqlite_master") == "0";
    if (owner != application_id && !(owner == 0 && empty)) {
        throw Unavailable{Unavailable::Kind::corrupt, "The database is another program's, not Shield's."};
    }
    if (version > static_cast<std::int64_t>(known)) {
        throw Unavailable{Unavailable::Kind::newer, "The database has version " + std::to_string(version) +
                                                        " and was written by a newer Shield; this program knows " +
                                                        std::to_string(known) + ". Install the newer program."};
    }
    if (version < 0 || (version == 0) != empty) {
        throw Unavailable{Unavailable::Kind::corrupt, "The database has a version that does not fit its tables."};
    }
    return version;
}

void migrate(Connection& connection, const std::vector<Migration>& migrations)
{
    const auto known = static_cast<std::int64_t>(migrations.size());
    const std::int64_t version = version_of(connection, migrations.size());
    for (std::int64_t next = version + 1; next <= known; ++next) {
        connection.execute("BEGIN IMMEDIATE");
        try {
            connection.execute(migrations[static_cast<std::size_t>(next - 1)].sql);
            connection.execute("PRAGMA application_id = " + std::to_string(application_id));
            connection.execute("PRAGMA user_version = " + std::to_string(next));
            connection.execute("COMMIT");
        } catch (...) {
            if (connection.in_transaction()) {
                connection.execute("ROLLBACK");
            }
            throw;
        }
    }
}

}  // namespace shield::store
