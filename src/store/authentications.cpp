// SPDX-License-Identifier: Apache-2.0
#include "case_rows.hpp"
#include "folding.hpp"
#include "granting.hpp"
#include "outgoing.hpp"
#include "recording.hpp"
#include "stages.hpp"

#include <shield/core/network.hpp>
#include <shield/store/authentications.hpp>

#include <algorithm>

namespace shield::store {

namespace {

using Leased = WaitingWork::Entry;

/// In the order of their rows.
std::vector<Leased> read_rows(Connection& connection, std::int64_t behind, std::size_t limit)
{
    std::vector<Leased> rows;
    Query row = connection.query(
        "SELECT w.message_id, coalesce(m.origin_address, m.client_address), w.decides, w.attempts, w.postponed, "
        "w.due_at FROM "
        "authentication_work w JOIN messages m ON m.id = w.message_id WHERE w.message_id > ? ORDER BY w.message_id "
        "LIMIT ?",
        behind, limit);
    while (row.next()) {
        Leased found = to_authenticate(row.integer(0), row.text(1), row.flag(2));
        found.attempts = static_cast<unsigned>(row.natural(3));
        found.postponed = static_cast<unsigned>(row.natural(4));
        found.due = row.time(5);
        rows.push_back(found);
    }
    return rows;
}

void write_ends(Connection& connection, const Store::Database& database,
                const std::vector<PostponedWork>& postponed, const std::vector<ReturnedWork>& returned)
{
    const core::Time now = database.now();
    for (const PostponedWork& one : postponed) {
        connection.run(
            "UPDATE authentication_work SET owner = 0, due_at = ?, postponed = postponed + 1 WHERE message_id = ?",
            one.until, one.message_id);
    }
    for (const ReturnedWork& one : returned) {
        connection.run(
            "UPDATE authentication_work SET owner = 0, attempts = attempts - ?, due_at = max(due_at, ?) WHERE "
            "message_id = ?",
            one.attempted ? 0 : 1, one.attempted ? now + pause_after_refusal : now, one.message_id);
    }
}

/// Writes down which leases ended, and those that begin. Answers whose rows are gone.
std::vector<std::int64_t> write_leases(Store::Database& database, const std::vector<Leased>& begun)
{
    const std::vector<PostponedWork> postponed = database.postponed_authentications().take();
    const std::vector<ReturnedWork> returned = database.returned_authentications().take();
    if (postponed.empty() && returned.empty() && begun.empty()) {
        return {};
    }
    try {
        return database.writer().call(
            [&](Connection& connection) {
                write_ends(connection, database, postponed, returned);
                std::vector<std::int64_t> gone;
                for (const Leased& work : begun) {
                    if (connection.run("UPDATE authentication_work SET owner = ?, attempts = attempts + 1 WHERE "
                                       "message_id = ?",
                                       database.owner(), work.id) == 0) {
                        gone.push_back(work.id);
                    }
                }
                return gone;
            },
            Lane::record);
    } catch (...) {
        database.postponed_authentications().add(postponed);
        database.returned_authentications().add(returned);
        throw;
    }
}

std::vector<Leased> take_work(Store::Database& database, const Authentications::Room& room)
{
    database.authentications_waiting.load([&](std::int64_t behind, std::size_t rows) {
        return database.readers().read([&](Connection& connection) { return read_rows(connection, behind, rows); });
    });
    WaitingWork::Room wanted;
    wanted.entries = room.all;
    wanted.again = room.again;
    wanted.alone = room.alone;
    return database.authentications_waiting.lease(
        database.now(), wanted, [&](const std::vector<Leased>& begun) { return write_leases(database, begun); });
}

/// Throws Damaged.
AuthenticationWork read_work(Connection& connection, std::int64_t message_id)
{
    static const std::string sql =
        "SELECT m.reference, m.kind, iif(json_valid(a.assessment), json_set(a.assessment, '$.text', ''), ''), "
        "w.signatures, w.decides, w.attempts, "
        "w.attempts - 1 - w.postponed, " +
        std::string{select_envelope} +
        " FROM authentication_work w JOIN messages m ON m.id = w.message_id JOIN assessments a ON a.message_id = "
        "m.id "
        "WHERE w.message_id = ? AND a.assessment IS NOT NULL";
    Query row = connection.query(sql, message_id);
    if (!row.next()) {
        throw Damaged{"its assessment is missing"};
    }
    AuthenticationWork work;
    work.message_id = message_id;
    work.reference = reference_of(row.integer(0));
    work.kind = parse_kind(row.text(1));
    work.assessment = assessment_from_json(row.text(2));
    work.signatures = row.text(3);
    work.decides = row.flag(4);
    work.attempt = static_cast<unsigned>(row.natural(5));
    work.cut_off = static_cast<unsigned>(row.natural(6));
    work.envelope = read_envelope(row, 7);
    return work;
}

/// A message, and whether its acknowledgement still waits: a person may have been faster.
struct Waiting {
    Facts facts;
    bool pending{false}, answered{false};
};

std::optional<Waiting> read_waiting(Connection& connection, std::int64_t message_id)
{
    Query row = connection.query(
        "SELECT m.reference, m.case_id, m.kind, " + std::string{select_sender} +
            ", m.recipients, "
            "m.acknowledgement = 'pending', c.answered_at IS NOT NULL OR c.state = 'closed' "
            "FROM authentication_work w JOIN messages m ON m.id = w.message_id JOIN cases c ON c.id = m.case_id "
            "WHERE w.message_id = ?",
        message_id);
    if (!row.next()) {
        return std::nullopt;
    }
    return Waiting{{message_id, reference_of(row.integer(0)), row.integer(1), parse_kind(row.text(2)), row.text(3),
                    row.text(4), row.text(5)},
                   row.flag(6),
                   row.flag(7)};
}

Grant answered_by_a_person(const GrantedBefore&, bool)
{
    return {{core::AcknowledgementState::suppressed, "a person was faster", std::nullopt}, std::nullopt};
}

/// Why an acknowledgement that waited gets none, when its message cannot be authenticated.
Grant held_as_damaged(const GrantedBefore&, bool)
{
    return {
        {core::AcknowledgementState::held, "its sender cannot be verified: damaged in the database", std::nullopt},
        std::nullopt};
}

/// One verdict, and what it decides; fails alone.
class AuthenticationRecording final : public Recording {
public:
    AuthenticationRecording(Store::Database& database, Authenticated done)
        : Recording{database, done.message_id, "authentication_not_recorded"},
          done_{std::move(done)},
          verdict_{to_json(done_.verdict)}
    {
    }

    [[nodiscard]] std::uint64_t octets() const noexcept override { return verdict_.size(); }

    void run(Connection& connection) override
    {
        const core::Time now = database().now();
        const auto waiting = read_waiting(connection, done_.message_id);
        was_waiting_ = waiting.has_value();
        if (!waiting) {
            return;  // recorded before
        }
        connection.run("DELETE FROM authentication_work WHERE message_id = ?", done_.message_id);
        connection.run("INSERT INTO authentications (message_id, authenticated_at, verdict) VALUES (?, ?, ?)",
                       done_.message_id, now, verdict_);
        if (waiting->pending) {
            decide(connection, *waiting, now);
        }
        if (done_.verdict.reply_address == core::ReplyAddress::verified) {  // it may have been folded without that
            connection.run(
                "INSERT INTO gathering_work (message_id, act) SELECT id, 'again' FROM messages WHERE id = ? AND "
                "kind = 'first' ON CONFLICT (message_id) DO UPDATE SET act = excluded.act WHERE act = 'place'",
                done_.message_id);
            // Of whoever connects to us: the sender, or the relay that handed it on.
            Query row = connection.query("SELECT client_address FROM messages WHERE id = ?", done_.message_id);
            network_ = row.next() ? core::network_key(row.text(0)) : network_;
            verified_at_ = now;
            is_news_ = database().known_networks().write(connection, network_, now);
        }
    }

private:
    void decide(Connection& connection, const Waiting& waiting, core::Time now)
    {
        Recount recount{connection, done_.message_id};
        const Acknowledgement decided = decide_acknowledgement(
            connection, waiting.answered ? &answered_by_a_person : done_.acknowledge, waiting.facts, now);
        if (decided.state == core::AcknowledgementState::pending) {
            throw std::runtime_error{"an authentication decided nothing"};
        }
        set_acknowledgement(connection, done_.message_id, decided);
        recount.finish();
        mail_queued_ = decided.state == core::AcknowledgementState::queued;
    }

    void committed() override
    {
        database().authentications_waiting.done(done_.message_id);
        if (is_news_) {
            database().known_networks().remember(network_, verified_at_);
        }
        database().authentication_backlog -= was_waiting_ ? 1 : 0;
        if (mail_queued_) {
            database().outbox_bell.ring();
        }
        database().gathering_bell.ring();
    }

    Authenticated done_;
    std::string verdict_;
    std::uint64_t network_{0};
    core::Time verified_at_{};
    bool was_waiting_{false}, mail_queued_{false}, is_news_{false};
};

}  // namespace

std::vector<AuthenticationWork> Authentications::lease(const Room& room)
{
    const std::vector<Leased> taken = take_work(database_, room);
    std::vector<AuthenticationWork> work;
    std::vector<Authenticated> damaged;
    try {
        database_.readers().read([&](Connection& connection) {
            for (const Leased& one : taken) {
                try {
                    work.push_back(read_work(connection, one.id));
                } catch (const Damaged&) {
                    damaged.push_back({one.id, {}, held_as_damaged});
                }
            }
        });
        if (!damaged.empty()) {
            database_.figures().damaged += static_cast<std::int64_t>(damaged.size());
            record(std::move(damaged));
        }
    } catch (...) {
        std::vector<ReturnedWork> unread;
        for (const Leased& one : taken) {
            unread.push_back({one.id, false});
        }
        database_.give_back_authentications(unread);
        throw;
    }
    return work;
}

std::optional<core::Time> Authentications::next_due() const
{
    database_.authentication_bell.silence();
    if (!database_.postponed_authentications().empty() || !database_.returned_authentications().empty()) {
        return database_.now();
    }
    return database_.authentications_waiting.next_due(database_.now());
}

bool Authentications::new_work_waits() const
{
    return database_.authentications_waiting.new_work_waits();
}

std::uint64_t Authentications::backlog() const
{
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, database_.authentication_backlog.load()));
}

void Authentications::record(std::vector<Authenticated> batch)
{
    std::vector<std::pair<std::unique_ptr<Recording>, Lane>> jobs;
    for (Authenticated& done : batch) {
        const Lane lane = done.acknowledge ? Lane::work : Lane::record;
        jobs.emplace_back(std::make_unique<AuthenticationRecording>(database_, std::move(done)), lane);
    }
    record_together(database_.writer(), std::move(jobs), [this](const std::vector<ReturnedWork>& returned) {
        database_.give_back_authentications(returned);
    });
}

void Authentications::postpone(std::int64_t message_id, core::Time until)
{
    database_.authentications_waiting.postpone(message_id, until);
    database_.postponed_authentications().add({{message_id, until}});
    database_.authentication_bell.ring();
}

void Authentications::give_back(std::int64_t message_id, bool attempted)
{
    database_.give_back_authentications({{message_id, attempted}});
}

void Authentications::write_ends()
{
    (void)write_leases(database_, {});
}

void Authentications::wait(std::chrono::milliseconds at_most)
{
    database_.authentication_bell.wait(at_most);
}

void Authentications::wake()
{
    database_.authentication_bell.end();
}

}  // namespace shield::store
