// SPDX-License-Identifier: Apache-2.0
#include "readers.hpp"

#include <shield/store/store.hpp>

#include <sqlite3.h>

namespace shield::store {

namespace {

constexpr std::size_t idle_max = 4;
constexpr int steps_between_looks = 20'000;  // of SQLite's virtual machine; well under a millisecond

}  // namespace

struct Readers::Reader {
    explicit Reader(const std::string& file, const std::string& vfs, const std::atomic<bool>& end_of_long)
        : connection{file, SQLite::OPEN_READONLY, vfs}, long_ended{end_of_long}
    {
        sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        connection.database().setBusyTimeout(2000);
        connection.execute("PRAGMA wal_autocheckpoint = 0");
        connection.execute("PRAGMA query_only = ON");
        connection.execute("PRAGMA cache_size = -8192");
        sqlite3_progress_handler(connection.handle(), steps_between_looks, &Reader::too_long, this);
    }
    static int too_long(void* self) noexcept
    {
        const auto* reader = static_cast<const Reader*>(self);
        const bool over =
            reader->until ? std::chrono::steady_clock::now() > *reader->until : reader->long_ended.load();
        return over ? 1 : 0;
    }

    Connection connection;
    const std::atomic<bool>& long_ended;
    std::optional<std::chrono::steady_clock::time_point> until;  // nothing: a long one
};

Readers::Readers(std::string file, std::string vfs, std::chrono::milliseconds time_max, core::Metrics& metrics)
    : file_{std::move(file)},
      vfs_{std::move(vfs)},
      time_max_{time_max},
      too_long_{metrics.counter("shield_limit_query_time_total", "Queries that took longer than query_time_max")}
{
}

Readers::~Readers() = default;

Readers::Loan::Loan(Readers& readers, std::optional<std::chrono::milliseconds> time) : readers_{readers}
{
    {
        const std::lock_guard lock{readers_.mutex_};
        if (!readers_.idle_.empty()) {
            reader_ = std::move(readers_.idle_.back());
            readers_.idle_.pop_back();
        }
    }
    if (!reader_) {
        reader_ = std::make_unique<Reader>(readers_.file_, readers_.vfs_, readers_.long_ended_);
    }
    reader_->until = time ? std::optional{std::chrono::steady_clock::now() + *time} : std::nullopt;
    reader_->connection.execute("BEGIN");
}

Readers::Loan::~Loan()
{
    if (sqlite3_exec(reader_->connection.handle(), "ROLLBACK", nullptr, nullptr, nullptr) != SQLITE_OK) {
        return;  // an unwell connection is not lent again
    }
    const std::lock_guard lock{readers_.mutex_};
    if (readers_.idle_.size() < idle_max) {
        readers_.idle_.push_back(std::move(reader_));
    }
}

Connection& Readers::Loan::connection() const noexcept
{
    return reader_->connection;
}

void Readers::require_long() const
{
    if (long_ended_) {
        throw Unavailable{Unavailable::Kind::failed, "The daemon is going down; ask again when it is up."};
    }
}

void Readers::rethrow(const SQLite::Exception& error)
{
    switch (error.getErrorCode() & 0xff) {
        case SQLITE_INTERRUPT:
            require_long();
            ++too_long_;
            throw Unavailable{Unavailable::Kind::failed, "The query took too long and was ended; ask for less."};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            throw Unavailable{Unavailable::Kind::corrupt,
                              "The database is damaged (" + std::string{error.what()} + "): restore a backup."};
        default:
            throw Unavailable{Unavailable::Kind::failed,
                              "The database cannot be read: " + std::string{error.what()} + "."};
    }
}

}  // namespace shield::store
