// SPDX-License-Identifier: Apache-2.0
#include "case_rows.hpp"
#include "database.hpp"
#include "record.hpp"

#include <shield/core/ascii.hpp>
#include <shield/store/assessments.hpp>

namespace shield::store {

namespace {

struct Leased {
    std::int64_t message_id{0};
    std::uint64_t attempts{0}, size{0};
};

// Free: never leased, given back, run out, or of a process that is gone (the directory has one at a time).
std::vector<Leased> free_work(Connection& connection, const Store::Database& database, std::uint64_t limit)
{
    std::vector<Leased> free;
    std::uint64_t octets = 0;
    Query row = connection.query(
        "SELECT w.message_id, w.attempts, m.size FROM assessment_work w JOIN messages m ON m.id = w.message_id "
        "WHERE w.leased_until <= ? OR w.owner != ? ORDER BY w.message_id LIMIT ?",
        database.now(), database.owner(), limit);
    while (row.next()) {
        octets += row.natural(2);
        // One that was tried before is read alone: it may end this program, and must not take others with it.
        const bool tried = row.natural(1) != 0;
        if (!free.empty() && (tried || octets > database.limits().assessment_batch_octets_max)) {
            break;
        }
        free.push_back({row.integer(0), row.natural(1), row.natural(2)});
        if (tried) {
            break;
        }
    }
    return free;
}

/// The outcome of a batch, on the stack of who waits for it.
struct Recorded {
    std::mutex mutex;
    std::condition_variable ready;
    std::size_t left{0};
    Fate worst{Fate::committed};  // of those that did not fail alone
    std::vector<std::pair<std::int64_t, std::string>> refused;
};

/// One assessment; fails alone.
class Recording final : public Job {
public:
    Recording(Store::Database& database, Assessed assessed, Recorded& recorded)
        : database_{database}, item_{recordable(std::move(assessed))}, recorded_{recorded}
    {
    }

    void run(Connection& connection) override { result_ = record_one(connection, database_, item_); }

    Completion ended(Fate fate, std::exception_ptr why) override
    {
        if (fate == Fate::committed && result_ != RecordResult::known_before) {
            database_.figures().backlog = --database_.assessment_backlog;
            database_.figures().unreadable += item_.assessed.assessment ? 0 : 1;
        }
        if (fate == Fate::committed && result_ == RecordResult::mail_queued) {
            database_.outbox_bell.ring();
        }
        const std::lock_guard lock{recorded_.mutex};
        if (fate == Fate::refused) {
            recorded_.refused.emplace_back(item_.assessed.message_id, sentence_of(why));
        } else if (fate != Fate::committed) {
            recorded_.worst = fate;
        }
        if (--recorded_.left == 0) {
            recorded_.ready.notify_one();  // under the lock: the waiter may be gone at once
        }
        return {};
    }

private:
    static std::string sentence_of(const std::exception_ptr& why)
    {
        try {
            std::rethrow_exception(why);
        } catch (const std::exception& error) {
            return error.what();
        } catch (...) {
            return "an unknown error";
        }
    }

    Store::Database& database_;
    Recordable item_;
    Recorded& recorded_;
    RecordResult result_{RecordResult::known_before};
};

AssessmentWork read_work(Connection& connection, const Leased& leased)
{
    static const std::string sql =
        "SELECT m.reference, m.kind, " + std::string{select_envelope} + " FROM messages m WHERE m.id = ?";
    AssessmentWork work;
    {
        Query row = connection.query(sql, leased.message_id);
        if (!row.next()) {
            throw Damaged{"its row is missing"};
        }
        work.message_id = leased.message_id;
        work.reference = reference_of(row.integer(0));
        work.kind = parse_kind(row.text(1));
        work.envelope = read_envelope(row, 2);
    }
    auto octets = read_octets(connection, leased.message_id, leased.size);
    if (!octets) {
        throw Damaged{"octets are missing"};
    }
    work.octets = std::move(*octets);
    work.attempt = static_cast<unsigned>(leased.attempts);
    return work;
}

struct Indexable {
    std::int64_t message_id{0};
    std::string subject, sender, text;
};

std::vector<Indexable> read_indexable(Connection& connection, const core::Limits& limits)
{
    std::vector<Indexable> batch;
    std::uint64_t octets = 0;
    Query row = connection.query(
        "SELECT message_id, assessment FROM assessments WHERE indexed = 0 ORDER BY message_id LIMIT ?",
        limits.index_batch_max);
    while (octets < limits.index_octets_max && row.next()) {
        Indexable item{row.integer(0), {}, {}, {}};
        try {
            core::Assessment assessment = assessment_from_json(row.text(1));
            item.subject = std::move(assessment.subject);
            item.sender = std::move(assessment.from_shown);
            item.text = core::cut_utf8(assessment.text, limits.text_max);
        } catch (const Damaged&) {
            // Nothing to be found in it; the case itself says that it is damaged.
        }
        octets += item.subject.size() + item.sender.size() + item.text.size();
        batch.push_back(std::move(item));
    }
    return batch;
}

}  // namespace

Assessments::Assessments(Store::Database& database) : database_{database} {}

std::vector<AssessmentWork> Assessments::lease(std::uint64_t limit)
{
    database_.assessment_bell.silence();
    if (backlog() == 0 || limit == 0) {
        return {};
    }
    std::uint64_t given_up = 0;
    const auto leased = database_.writer().call(
        [&](Connection& connection) {
            std::vector<Leased> taken;
            given_up = 0;
            const core::Time until = database_.now() + std::chrono::seconds{database_.limits().assessment_lease};
            for (Leased& work : free_work(connection, database_, limit)) {
                // The attempts were made and nothing came of them, not even a word: the message kills who reads it.
                if (work.attempts >= database_.limits().assessment_attempts_max) {
                    given_up += record_unreadable(connection, database_, work.message_id,
                                                  "every attempt to read it ended without a result")
                                    ? 1
                                    : 0;
                    continue;
                }
                connection.run(
                    "UPDATE assessment_work SET attempts = attempts + 1, owner = ?, leased_until = ? "
                    "WHERE message_id = ?",
                    database_.owner(), until, work.message_id);
                ++work.attempts;
                taken.push_back(work);
            }
            return taken;
        },
        Lane::record);
    database_.assessment_backlog -= static_cast<std::int64_t>(given_up);
    database_.figures().backlog = database_.assessment_backlog.load();
    database_.figures().unreadable += static_cast<std::int64_t>(given_up);
    if (leased.size() + given_up > 0) {
        database_.assessment_bell.ring();  // there may be more
    }
    std::vector<AssessmentWork> work;
    std::vector<std::pair<std::int64_t, std::string>> damaged;
    if (!leased.empty()) {
        database_.readers().read([&](Connection& connection) {
            for (const Leased& one : leased) {
                try {
                    work.push_back(read_work(connection, one));
                    database_.figures().retries += one.attempts > 1 ? 1 : 0;
                } catch (const Damaged& damage) {
                    damaged.emplace_back(one.message_id, damage.what());
                }
            }
        });
    }
    for (const auto& [message_id, why] : damaged) {
        ++database_.figures().damaged;
        give_up(message_id, "damaged in the database: " + why);
    }
    return work;
}

void Assessments::give_up(std::int64_t message_id, const std::string& failure)
{
    const bool done = database_.writer().call(
        [&](Connection& connection) { return record_unreadable(connection, database_, message_id, failure); });
    if (done) {
        database_.figures().backlog = --database_.assessment_backlog;
        ++database_.figures().unreadable;
    }
}

void Assessments::wait(std::chrono::milliseconds at_most)
{
    database_.assessment_bell.wait(at_most);
}

void Assessments::wake()
{
    database_.assessment_bell.end();
}

void Assessments::record(std::vector<Assessed> batch)
{
    Recorded recorded;
    recorded.left = batch.size();
    const core::Time late = database_.now() - std::chrono::seconds{database_.limits().assessment_wait_max};
    for (Assessed& assessed : batch) {
        const bool waited = assessed.received_at < late;
        database_.figures().late += waited ? 1 : 0;
        database_.writer().submit(std::make_unique<Recording>(database_, std::move(assessed), recorded),
                                  waited ? Lane::work : Lane::record, 0);
    }
    {
        std::unique_lock lock{recorded.mutex};
        recorded.ready.wait(lock, [&] { return recorded.left == 0; });
    }
    for (const auto& [message_id, why] : recorded.refused) {
        try_again_or_give_up(message_id, why);
    }
    require_committed(recorded.worst, nullptr);
}

void Assessments::try_again_or_give_up(std::int64_t message_id, const std::string& why)
{
    database_.options().log->line(core::Severity::warning, "assessment_not_recorded",
                                  {{"message", std::to_string(message_id)}, {"why", why}});
    const auto attempts = database_.writer().call([&](Connection& connection) {
        connection.run("UPDATE assessment_work SET leased_until = 0 WHERE message_id = ?", message_id);
        return connection.number("SELECT attempts FROM assessment_work WHERE message_id = ?", message_id);
    });
    if (static_cast<std::uint64_t>(attempts) >= database_.limits().assessment_attempts_max) {
        give_up(message_id, "it could not be recorded: " + why);
    }
    database_.assessment_bell.ring();
}

std::uint64_t Assessments::index_some()
{
    const auto batch = database_.readers().read(
        [&](Connection& connection) { return read_indexable(connection, database_.limits()); });
    if (batch.empty()) {
        return 0;
    }
    database_.writer().call([&](Connection& connection) {
        for (const Indexable& item : batch) {
            if (connection.run("UPDATE assessments SET indexed = 1 WHERE message_id = ? AND indexed = 0",
                               item.message_id) == 1) {
                connection.run("INSERT INTO search (rowid, subject, sender, text) VALUES (?, ?, ?, ?)",
                               item.message_id, item.subject, item.sender, item.text);
            }
        }
    });
    return batch.size();
}

std::uint64_t Assessments::backlog() const
{
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, database_.assessment_backlog.load()));
}

}  // namespace shield::store
