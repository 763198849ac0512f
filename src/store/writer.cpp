// SPDX-License-Identifier: Apache-2.0
#include "writer.hpp"

#include "database.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace shield::store {

namespace {

constexpr int checkpoint_pages = 2000;   // 32 MB: a busy server syncs the database seldom, a full disk has room
constexpr std::chrono::seconds idle{1};  // after which the log is written back

}  // namespace

struct Writer::Figures {
    explicit Figures(core::Metrics& metrics)
        : batches{metrics.counter("shield_store_batches_total", "Transactions of the store's writer")},
          jobs{metrics.counter("shield_store_jobs_total", "What was written in them")},
          refused{metrics.counter("shield_store_jobs_refused_total", "What could not be written and failed alone")},
          commit_time{metrics.counter("shield_store_commit_microseconds_total", "Time spent in COMMIT")},
          checkpoints{
              metrics.counter("shield_store_checkpoints_total", "Times the write-ahead log was written back")},
          backlog_limit{
              metrics.counter("shield_limit_intake_backlog_total", "Messages refused at intake_backlog_max")},
          size_limit{metrics.counter("shield_limit_database_size_total",
                                     "Times a write met a full disk or database_size_max")}
    {
    }
    core::Metrics::Value &batches, &jobs, &refused, &commit_time, &checkpoints, &backlog_limit, &size_limit;
};

void require_committed(Fate fate, const std::exception_ptr& why)
{
    using Kind = Unavailable::Kind;
    switch (fate) {
        case Fate::committed:
            return;
        case Fate::refused:
            if (why) {
                std::rethrow_exception(why);
            }
            throw Unavailable{Kind::failed, "This could not be written."};
        case Fate::full:
            throw Unavailable{Kind::failed, "The disk is full; nothing was written."};
        case Fate::overloaded:
            throw Unavailable{Kind::failed, "Too much waits to be written."};
        case Fate::failed:
            throw Unavailable{Kind::failed,
                              "The disk failed; nothing is written until a restart has checked the database."};
        case Fate::busy:
            throw Unavailable{Kind::failed, "Another program holds the database; nothing was written."};
        case Fate::stopped:
            throw Unavailable{Kind::failed, "The store is closed."};
    }
}

Writer::Writer(std::unique_ptr<Connection> connection, const Options& options)
    : options_{options},
      connection_{std::move(connection)},
      gate_{options},
      figures_{std::make_unique<Figures>(*options.metrics)}
{
    // The log is written back by checkpoint() alone, after the senders have their answer: SQLite's own hook does it
    // before, and drops its errors.
    sqlite3_wal_hook(
        connection_->handle(),
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Writer*>(self)->pages_logged_ = pages;
            return SQLITE_OK;
        },
        this);
    thread_ = std::thread{[this] { loop(); }};
}

Writer::~Writer()
{
    stop();
}

void Writer::stop()
{
    const std::lock_guard one_at_a_time{stop_mutex_};
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Writer::submit(std::unique_ptr<Job> job, Lane lane, std::uint64_t octets, const Claim& claim)
{
    Batch left_over;
    {
        const std::lock_guard lock{mutex_};
        const auto closed = closed_for(lane, octets, claim);
        Entry entry{std::move(job), lane, octets, closed.value_or(Fate::committed), nullptr};
        if (stopped_) {
            left_over.push_back(std::move(entry));  // the writer thread is gone
        } else if (closed) {
            lanes_.turn_away(std::move(entry));
        } else {
            lanes_.add(std::move(entry));
        }
    }
    wake_.notify_one();
    release(left_over);
}

/// What waits is written to the log and then to the database, what is in the log still to the database.
std::uint64_t Writer::owed() const
{
    const auto in_log = static_cast<std::uint64_t>(std::max(0, pages_logged_ - pages_at_checkpoint_));
    return 2 * lanes_.all_octets() + in_log * page_size;
}

std::optional<Fate> Writer::closed_for(Lane lane, std::uint64_t octets, const Claim& claim)
{
    if (stopping_ || gate_.health() == Health::failed) {
        return stopping_ ? Fate::stopped : Fate::failed;
    }
    if (lane == Lane::work && octets == 0) {
        return std::nullopt;  // the reserve is for this: triage and delivery go on
    }
    if (lane == Lane::work || lane == Lane::record) {
        return gate_.admits_finding(octets, owed()) ? std::nullopt : std::optional{Fate::full};
    }
    if (lanes_.octets() != 0 && lanes_.octets() + octets > options_.limits.intake_backlog_max) {
        ++figures_->backlog_limit;
        return Fate::overloaded;
    }
    return gate_.admits(octets, owed(), claim) ? std::nullopt : std::optional{Fate::full};
}

void Writer::fail(const std::string& why)
{
    if (gate_.fail(why)) {
        // Nothing is written back from a log that may be damaged; the next start looks at everything first.
        sqlite3_db_config(connection_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    }
}

/// False when nothing came for a while.
bool Writer::wait_for_work(std::unique_lock<std::mutex>& lock)
{
    using Clock = std::chrono::steady_clock;
    const auto idle_at = Clock::now() + idle;
    while (!stopping_ && !lanes_.anything_is_due(Clock::now())) {
        if (Clock::now() >= idle_at) {
            return false;
        }
        wake_.wait_until(lock, std::min(idle_at, lanes_.records_due_at().value_or(idle_at)));
    }
    return true;
}

void Writer::loop()
{
    std::unique_lock lock{mutex_};
    for (;;) {
        if (!wait_for_work(lock)) {
            gate_.look_around(owed());
            lock.unlock();
            make_room();
            if (pages_logged_ != pages_at_checkpoint_) {
                checkpoint(SQLITE_CHECKPOINT_PASSIVE);
            }
            lock.lock();
            continue;
        }
        if (lanes_.empty()) {
            break;  // stopping, and all is done
        }
        if (stopping_) {
            lanes_.stop_riding();
        }
        std::vector<Batch> batches =
            lanes_.take(options_.limits.commit_batch_max, std::chrono::steady_clock::now());
        lock.unlock();
        const bool intake = !batches.front().empty() && batches.front().front().lane == Lane::intake;
        for (Batch& batch : batches) {
            process(batch);
        }
        lock.lock();
        if (intake) {
            lanes_.mail_came(std::chrono::steady_clock::now());
        }
    }
    stopped_ = true;
    lock.unlock();
    checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
}

void Writer::process(Batch& batch)
{
    const bool to_do = !batch.empty() && batch.front().fate == Fate::committed;
    make_room();
    if (to_do && gate_.health() == Health::failed) {
        set_all(batch, Fate::failed);
    } else if (to_do) {
        commit(batch);
    }
    release(batch);
    if (pages_logged_ < pages_at_checkpoint_) {
        pages_at_checkpoint_ = 0;  // all of it was written back, and it began anew
    }
    if (pages_logged_ - pages_at_checkpoint_ >= checkpoint_pages) {
        const auto log_size = static_cast<std::uint64_t>(pages_logged_) * page_size;
        checkpoint(log_size > options_.limits.write_ahead_log_max ? SQLITE_CHECKPOINT_TRUNCATE
                                                                  : SQLITE_CHECKPOINT_PASSIVE);
    }
}

void Writer::commit(Batch& batch)
{
    const bool full = gate_.health() == Health::full;
    try {
        run_all(batch);
        connection_->tally().write(*connection_);
        const auto start = std::chrono::steady_clock::now();
        connection_->run("COMMIT");
        const auto took = std::chrono::steady_clock::now() - start;
        figures_->commit_time += std::chrono::duration_cast<std::chrono::microseconds>(took).count();
        ++figures_->batches;
        figures_->jobs += static_cast<std::int64_t>(batch.size());
    } catch (const SQLite::Exception& error) {
        give_up(batch, error);
        return;
    }
    const bool kept = std::any_of(batch.begin(), batch.end(), [](const Entry& entry) {
        return (entry.lane == Lane::intake || entry.lane == Lane::large) && entry.fate == Fate::committed;
    });
    if (full && kept) {
        gate_.open_again();
    }
}

bool Writer::hardly_fails(const Entry& entry)
{
    return entry.lane == Lane::intake || entry.lane == Lane::record;
}

// A savepoint keeps a copy of every page its job touches, a fifth of what a message costs, and what senders have
// sent and what was found in it hardly ever fails. So these jobs, which are first in a batch, run without; when one
// fails they are all undone and run again, a savepoint each.
void Writer::run_all(Batch& batch)
{
    begin();
    std::size_t done = 0;
    try {
        for (; done < batch.size() && hardly_fails(batch[done]); ++done) {
            batch[done].job->run(*connection_);
        }
    } catch (const SQLite::Exception& error) {
        if (trouble_of(error) != Trouble::row) {
            throw;
        }
        done = begin_again();
    } catch (...) {
        done = begin_again();
    }
    for (; done < batch.size(); ++done) {
        run_one(batch[done]);
    }
}

std::size_t Writer::begin_again()
{
    if (connection_->in_transaction()) {
        connection_->run("ROLLBACK");
    }
    begin();
    return 0;
}

void Writer::begin()
{
    connection_->tally().back_to(0);
    connection_->run("BEGIN IMMEDIATE");
}

void Writer::run_one(Entry& entry)
{
    connection_->run("SAVEPOINT job");
    const Tally::Mark mark = connection_->tally().mark();
    try {
        entry.job->run(*connection_);
    } catch (const SQLite::Exception& error) {
        // SQLite undoes the whole transaction by itself after some errors; then there is no savepoint to go back
        // to.
        if (trouble_of(error) != Trouble::row || !connection_->in_transaction()) {
            throw;
        }
        refuse(entry);
        connection_->tally().back_to(mark);
    } catch (...) {
        refuse(entry);
        connection_->tally().back_to(mark);
    }
    connection_->run("RELEASE job");
}

void Writer::refuse(Entry& entry)
{
    entry.fate = Fate::refused;
    entry.why = std::current_exception();
    ++figures_->refused;
    connection_->run("ROLLBACK TO job");
}

void Writer::give_up(Batch& batch, const SQLite::Exception& error)
{
    Trouble trouble = trouble_of(error);
    try {
        if (connection_->in_transaction()) {
            connection_->run("ROLLBACK");
        }
    } catch (const SQLite::Exception&) {
        trouble = Trouble::broken;
    }
    if (trouble == Trouble::full) {
        ++figures_->size_limit;
        gate_.fill();
    } else if (trouble != Trouble::busy) {
        fail(error.what());
    }
    set_all(batch, trouble == Trouble::full ? Fate::full : trouble == Trouble::busy ? Fate::busy : Fate::failed);
}

void Writer::set_all(Batch& batch, Fate fate)
{
    for (Entry& entry : batch) {
        entry.fate = fate;
        entry.why = nullptr;
    }
}

void Writer::release(Batch& batch)
{
    std::vector<Completion> completions;
    for (Entry& entry : batch) {
        try {
            if (Completion completion = entry.job->ended(entry.fate, entry.why)) {
                completions.push_back(std::move(completion));
            }
        } catch (const std::exception& error) {
            options_.log->line(core::Severity::error, "store_completion_failed", {{"why", error.what()}});
        }
        entry.job.reset();
    }
    if (completions.empty()) {
        return;
    }
    try {
        options_.release(std::move(completions));
    } catch (const std::exception& error) {
        options_.log->line(core::Severity::error, "store_completion_failed", {{"why", error.what()}});
    }
}

// A full disk may be full of our own log: what it holds is written back, and the log cut, as soon as there is room
// for that.
void Writer::make_room()
{
    const auto now = std::chrono::steady_clock::now();
    if (gate_.health() == Health::full && now >= room_sought_at_ + idle) {
        room_sought_at_ = now;
        checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
    }
}

void Writer::checkpoint(int mode)
{
    if (gate_.health() == Health::failed) {
        return;
    }
    sqlite3_busy_timeout(connection_->handle(), 0);  // a reader is not waited for
    const int code = sqlite3_wal_checkpoint_v2(connection_->handle(), "main", mode, nullptr, nullptr);
    sqlite3_busy_timeout(connection_->handle(), busy_wait_ms);
    if (code == SQLITE_FULL) {
        gate_.fill();
        return;
    }
    if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED) {
        fail(std::string{"checkpoint: "} + sqlite3_errstr(code));
        return;
    }
    figures_->checkpoints += code == SQLITE_OK ? 1 : 0;
    pages_at_checkpoint_ = pages_logged_.load();
}

}  // namespace shield::store
