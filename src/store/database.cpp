// SPDX-License-Identifier: Apache-2.0
#include "database.hpp"

#include "migrate.hpp"
#include "random.hpp"
#include "stages.hpp"

#include <shield/core/network.hpp>

#include <fcntl.h>
#include <sqlite3.h>

namespace shield::store {

std::filesystem::path database_file(const std::filesystem::path& directory)
{
    return directory / "shield.db";
}

std::filesystem::path check_mark(const std::filesystem::path& directory)
{
    return directory / "shield.db.check";
}

Store::Database::Figures::Figures(core::Metrics& metrics)
    : received{metrics.counter("shield_received_total", "Messages made durable")},
      repeats{metrics.counter("shield_repeats_total", "Messages that had come before, octet for octet")},
      spooled{metrics.counter("shield_spooled_total", "Messages that waited in a file")},
      retries{metrics.counter("shield_assessment_retries_total", "Assessments begun again")},
      late{metrics.counter("shield_limit_assessment_wait_total",
                           "Messages that had waited longer than assessment_wait_max when they were assessed")},
      unreadable{metrics.counter("shield_unreadable_total", "Messages that could not be assessed")},
      backlog{metrics.gauge("shield_assessment_backlog", "Messages that wait to be assessed")},
      outbox_queued{metrics.gauge("shield_outbox_queued", "Mails that wait to be delivered")},
      damaged{metrics.counter("shield_damaged_rows_total", "Rows that were read and made no sense")}
{
}

namespace {

Options completed(Options options)
{
    if (!options.release) {
        options.release = [](std::vector<Completion> completions) {
            for (Completion& completion : completions) {
                completion();
            }
        };
    }
    return options;
}

// SQLite would make the file with the umask alone.
void make_file(const std::filesystem::path& file, bool create)
{
    const Descriptor made{::open(file.c_str(), O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0640)};
    if (!made && !create && errno == ENOENT) {
        throw Unavailable{Unavailable::Kind::missing,
                          "There is no database " + file.string() +
                              "; start shieldd first, or name its configuration with --config."};
    }
    if (!made) {
        throw Unavailable{Unavailable::Kind::failed,
                          file.string() + " cannot be opened: " + std::generic_category().message(errno) + "."};
    }
}

Unavailable unavailable(const std::string& file, const SQLite::Exception& error)
{
    const int code = error.getErrorCode() & 0xff;
    if (code == SQLITE_NOTADB) {
        return {Unavailable::Kind::corrupt, file + " is not a database."};
    }
    if (code == SQLITE_CORRUPT) {
        return {Unavailable::Kind::corrupt, file + " is damaged: " + error.what() + ". Restore a backup."};
    }
    return {Unavailable::Kind::failed, file + " cannot be used: " + error.what() + "."};
}

}  // namespace

Store::Database::Database(Options options, Descriptor lock)
    : assessments_waiting{fair_assessments()},
      authentications_waiting{fair_authentications()},
      options_{completed(std::move(options))},
      lock_{std::move(lock)},
      owner_{static_cast<std::int64_t>(random_bits() >> 1) | 1},
      references_{options_.random_bits ? options_.random_bits : &random_bits},
      repeats_{options_.limits.repeat_window == 0 ? 0 : options_.limits.repeats_remembered_max},
      figures_{*options_.metrics},
      bounds_{*options_.metrics}
{
}

Store::Database::~Database()
{
    assessment_bell.end();
    authentication_bell.end();
    gathering_bell.end();
    outbox_bell.end();
    if (writer_) {
        writer_->stop();
    }
    readers_.reset();
}

std::unique_ptr<Store::Database> Store::Database::open(Options options)
{
    // Statistics of SQLite's memory cost a lock at every allocation. Refused, and no harm, once SQLite is in use.
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    Descriptor lock = lock_directory(options.directory, options.create);
    std::unique_ptr<Database> database{new Database{std::move(options), std::move(lock)}};
    const Options& given = database->options_;
    const std::string file = database_file(given.directory).string();
    make_file(file, given.create);
    // A clean end writes the log back and removes it.
    std::error_code none;
    const auto log_size = std::filesystem::file_size(file + "-wal", none);
    const bool ended_cleanly = none || log_size == 0;
    try {
        auto connection = std::make_unique<Connection>(file, SQLite::OPEN_READWRITE, given.vfs);
        (void)version_of(*connection, embedded_migrations().size());  // before anything is written
        database->prepare(*connection);
        database->check(*connection, ended_cleanly);
        if (connection->number("PRAGMA user_version") == 0) {
            given.log->line(core::Severity::info, "new_store", {{"file", file}});
        }
        migrate(*connection, embedded_migrations());
        database->remember(*connection);
        database->readers_ = std::make_unique<Readers>(
            file, given.vfs, std::chrono::seconds{given.limits.query_time_max}, *given.metrics);
        database->writer_ = std::make_unique<Writer>(std::move(connection), given);
    } catch (const SQLite::Exception& error) {
        throw unavailable(file, error);
    }
    return database;
}

Claim Store::Database::claim_of(std::string_view client_address, const core::Recipient& most_pressing) const
{
    const std::uint64_t network = core::network_key(client_address);
    return {network, most_pressing.category == core::Category::attack, known_networks_.contains(network, now())};
}

void Store::Database::give_back_assessments(const std::vector<ReturnedWork>& returned)
{
    for (const ReturnedWork& one : returned) {
        assessments_waiting.give_back(one.message_id, one.attempted);
    }
    returned_work_.add(returned);
    assessment_bell.ring();
}

void Store::Database::give_back_authentications(const std::vector<ReturnedWork>& returned)
{
    for (const ReturnedWork& one : returned) {
        authentications_waiting.give_back(one.message_id, one.attempted,
                                          one.attempted ? now() + pause_after_refusal : core::Time{});
    }
    returned_authentications_.add(returned);
    authentication_bell.ring();
}

void Store::Database::prepare(Connection& connection) const
{
    connection.database().setBusyTimeout(busy_wait_ms);
    connection.execute("PRAGMA page_size = " + std::to_string(page_size));
    if (connection.pragma("PRAGMA journal_mode = WAL") != "wal") {
        throw Unavailable{Unavailable::Kind::failed, "The database cannot use a write-ahead log here."};
    }
    connection.execute("PRAGMA synchronous = FULL");  // invariant 1
    connection.execute("PRAGMA cache_size = -32768");
    connection.execute("PRAGMA max_page_count = " + std::to_string(options_.limits.database_size_max / page_size));
}

void Store::Database::check(Connection& connection, bool ended_cleanly) const
{
    const auto mark = check_mark(options_.directory);
    const bool thorough = std::filesystem::exists(mark);
    if (ended_cleanly && !thorough) {
        return;  // a large database must start fast
    }
    const std::string found = connection.pragma(thorough ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)");
    if (found != "ok") {
        throw Unavailable{Unavailable::Kind::corrupt, database_file(options_.directory).string() +
                                                          " is damaged: " + found + ". Restore a backup."};
    }
    std::filesystem::remove(mark);
}

void Store::Database::remember(Connection& connection)
{
    next_message_id_ = connection.number("SELECT ifnull(max(id), 0) + 1 FROM messages");
    References::make_key(connection);
    repeats_.load(connection, now() - std::chrono::seconds{options_.limits.repeat_window});
    assessment_backlog = connection.number("SELECT count(*) FROM assessment_work");
    figures_.backlog = assessment_backlog.load();
    authentication_backlog = connection.number("SELECT count(*) FROM authentication_work");
    figures_.outbox_queued = outgoing_count(connection, "queued");
    known_networks_.load(connection, now());
    load_token_keys(connection);
}

}  // namespace shield::store
