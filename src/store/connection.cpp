// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include <sqlite3.h>

namespace shield::store {

Query::~Query()
{
    if (statement_ != nullptr) {
        (void)statement_->tryReset();
        statement_->clearBindings();  // what was bound without a copy may go away now
    }
}

Connection::Connection(const std::string& file, int flags, const std::string& vfs)
    : database_{file, flags | SQLite::OPEN_NOMUTEX, 0, vfs}
{
    // What is in the file is never trusted to run as code, and double quotes never turn a misspelt name into a
    // string.
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    execute("PRAGMA trusted_schema = OFF");
    execute("PRAGMA cell_size_check = ON");
    execute("PRAGMA foreign_keys = ON");
    execute("PRAGMA temp_store = MEMORY");  // savepoints keep old pages: in memory, not in files of /tmp
}

std::string Connection::pragma(const std::string& sql)
{
    SQLite::Statement statement{database_, sql};
    return statement.executeStep() ? statement.getColumn(0).getString() : std::string{};
}

bool Connection::in_transaction() const noexcept
{
    return sqlite3_get_autocommit(handle()) == 0;
}

core::ReferenceCipher& Connection::references()
{
    if (!references_) {
        Query row = query("SELECT secret FROM reference_key");
        references_.emplace(row.next() ? row.text(0) : std::string{});
    }
    return *references_;
}

SQLite::Statement& Connection::statement(std::string_view sql)
{
    const auto found = statements_.find(sql);
    if (found != statements_.end()) {
        return *found->second;
    }
    std::string text{sql};
    auto made = std::make_unique<SQLite::Statement>(database_, text);
    return *statements_.emplace(std::move(text), std::move(made)).first->second;
}

Trouble trouble_of(const SQLite::Exception& error) noexcept
{
    switch (error.getErrorCode() & 0xff) {
        case SQLITE_FULL:
            return Trouble::full;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Trouble::busy;
        case SQLITE_IOERR:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_PROTOCOL:
        case SQLITE_NOMEM:
            return Trouble::broken;
        default:
            return Trouble::row;
    }
}

}  // namespace shield::store
