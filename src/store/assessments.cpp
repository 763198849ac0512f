// SPDX-License-Identifier: Apache-2.0
#include "case_rows.hpp"
#include "database.hpp"
#include "disk_space.hpp"
#include "record.hpp"
#include "recording.hpp"
#include "stages.hpp"

#include <shield/core/ascii.hpp>
#include <shield/store/assessments.hpp>

#include <algorithm>

namespace shield::store {

namespace {

using Leased = WaitingWork::Entry;

/// In the order of their rows.
std::vector<Leased> read_rows(Connection& connection, std::int64_t behind, std::size_t limit)
{
    std::vector<Leased> rows;
    Query row = connection.query(
        "SELECT w.message_id, w.attempts, m.size, m.client_address, c.category FROM assessment_work w "
        "JOIN messages m ON m.id = w.message_id JOIN cases c ON c.id = m.case_id "
        "WHERE w.message_id > ? ORDER BY w.message_id LIMIT ?",
        behind, limit);
    while (row.next()) {
        const auto category = core::parse_category(row.text(4)).value_or(core::Category::attack);
        Leased found = to_assess(row.integer(0), row.text(3), category, row.natural(2));
        found.attempts = static_cast<unsigned>(row.natural(1));
        rows.push_back(found);
    }
    return rows;
}

/// Writes down which leases ended without a result, and those that begin. Answers whose rows are gone.
std::vector<std::int64_t> write_leases(Store::Database& database, const std::vector<Leased>& begun)
{
    const std::vector<ReturnedWork> returned = database.returned_work().take();
    if (returned.empty() && begun.empty()) {
        return {};
    }
    try {
        return database.writer().call(
            [&](Connection& connection) {
                for (const ReturnedWork& one : returned) {
                    connection.run(
                        "UPDATE assessment_work SET attempts = attempts - ?, owner = 0 WHERE message_id = ? AND "
                        "owner = ?",
                        one.attempted ? 0 : 1, one.message_id, database.owner());
                }
                std::vector<std::int64_t> gone;
                for (const Leased& work : begun) {
                    if (connection.run(
                            "UPDATE assessment_work SET attempts = attempts + 1, owner = ? WHERE message_id = ?",
                            database.owner(), work.id) == 0) {
                        gone.push_back(work.id);
                    }
                }
                return gone;
            },
            Lane::record);
    } catch (...) {
        database.returned_work().add(returned);
        throw;
    }
}

std::vector<Leased> take_work(Store::Database& database, std::uint64_t limit)
{
    database.assessments_waiting.load([&](std::int64_t behind, std::size_t rows) {
        return database.readers().read([&](Connection& connection) { return read_rows(connection, behind, rows); });
    });
    WaitingWork::Room room;
    room.entries = limit;
    room.cost = database.limits().assessment_batch_octets_max;
    return database.assessments_waiting.lease(
        database.now(), room, [&](const std::vector<Leased>& begun) { return write_leases(database, begun); });
}

/// One assessment; fails alone.
class AssessmentRecording final : public Recording {
public:
    AssessmentRecording(Store::Database& database, Assessed assessed)
        : Recording{database, assessed.message_id, "assessment_not_recorded"},
          item_{recordable(std::move(assessed))}
    {
    }

    [[nodiscard]] std::uint64_t octets() const noexcept override { return item_.assessment_json.size(); }

    void run(Connection& connection) override { result_ = record_one(connection, database(), item_); }

private:
    void committed() override
    {
        database().assessments_waiting.done(item_.assessed.message_id);
        if (result_.known_before) {
            return;
        }
        database().figures().backlog = --database().assessment_backlog;
        database().figures().unreadable += item_.assessed.assessment ? 0 : 1;
        if (result_.mail_queued) {
            database().outbox_bell.ring();
        }
        if (result_.to_authenticate) {
            database().authentications_waiting.add(*result_.to_authenticate);
            ++database().authentication_backlog;
            database().authentication_bell.ring();
        }
        database().gathering_bell.ring();
    }

    Recordable item_;
    RecordResult result_;
};

std::vector<ReturnedWork> unattempted(const std::vector<Leased>& leased)
{
    std::vector<ReturnedWork> returned;
    for (const Leased& one : leased) {
        returned.push_back({one.id, false});
    }
    return returned;
}

AssessmentWork read_work(Connection& connection, const Leased& leased)
{
    static const std::string sql =
        "SELECT m.reference, m.kind, m.size, " + std::string{select_envelope} + " FROM messages m WHERE m.id = ?";
    AssessmentWork work;
    std::uint64_t size = 0;
    {
        Query row = connection.query(sql, leased.id);
        if (!row.next()) {
            throw Damaged{"its row is missing"};
        }
        work.message_id = leased.id;
        work.reference = reference_of(row.integer(0));
        work.kind = parse_kind(row.text(1));
        size = row.natural(2);
        work.envelope = read_envelope(row, 3);
    }
    auto octets = read_octets(connection, leased.id, size);
    if (!octets) {
        throw Damaged{"octets are missing"};
    }
    work.octets = std::move(*octets);
    work.attempt = leased.attempts;
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
    if (backlog() == 0 || limit == 0 || !DiskSpace{database_.options()}.has_room_for_findings()) {
        return {};
    }
    const std::vector<Leased> leased = take_work(database_, limit);
    if (leased.empty()) {
        return {};
    }
    database_.assessment_bell.ring();  // there may be more
    std::vector<AssessmentWork> work;
    std::vector<std::pair<std::int64_t, std::string>> damaged;
    try {
        database_.readers().read([&](Connection& connection) {
            for (const Leased& one : leased) {
                try {
                    work.push_back(read_work(connection, one));
                } catch (const Damaged& damage) {
                    damaged.emplace_back(one.id, damage.what());
                }
            }
        });
    } catch (...) {
        database_.give_back_assessments(unattempted(leased));
        throw;
    }
    for (const auto& [message_id, why] : damaged) {
        ++database_.figures().damaged;
        give_up(message_id, "damaged in the database: " + why);
    }
    database_.figures().retries +=
        std::count_if(work.begin(), work.end(), [](const AssessmentWork& one) { return one.attempt > 1; });
    return work;
}

void Assessments::give_back(std::int64_t message_id, bool attempted)
{
    database_.give_back_assessments({{message_id, attempted}});
}

void Assessments::write_returned()
{
    (void)write_leases(database_, {});
}

void Assessments::give_up(std::int64_t message_id, const std::string& failure)
{
    try {
        const bool done = database_.writer().call(
            [&](Connection& connection) { return record_unreadable(connection, database_, message_id, failure); });
        database_.assessments_waiting.done(message_id);
        if (done) {
            database_.figures().backlog = --database_.assessment_backlog;
            ++database_.figures().unreadable;
        }
    } catch (const Unavailable&) {  // the disk is full, say: it stays as it is, and is found again
        database_.give_back_assessments({{message_id, false}});
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
    const core::Time late = database_.now() - std::chrono::seconds{database_.limits().assessment_wait_max};
    std::vector<std::pair<std::unique_ptr<Recording>, Lane>> jobs;
    for (Assessed& assessed : batch) {
        const bool waited = assessed.received_at < late;
        database_.figures().late += waited ? 1 : 0;
        jobs.emplace_back(std::make_unique<AssessmentRecording>(database_, std::move(assessed)),
                          waited ? Lane::work : Lane::record);
    }
    record_together(database_.writer(), std::move(jobs), [this](const std::vector<ReturnedWork>& returned) {
        database_.give_back_assessments(returned);
    });
}

std::uint64_t Assessments::index_some()
{
    if (!DiskSpace{database_.options()}.has_room_for_findings()) {
        return 0;
    }
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
