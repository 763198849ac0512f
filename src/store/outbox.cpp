// SPDX-License-Identifier: Apache-2.0
#include "database.hpp"
#include "events.hpp"
#include "lost_reply.hpp"
#include "outgoing.hpp"

#include <shield/core/ascii.hpp>
#include <shield/store/outbox.hpp>

namespace shield::store {

namespace {

/// What an attempt belongs to, while it is under way.
struct UnderWay {
    std::int64_t attempt_id{0}, outbox_id{0}, message_id{0}, case_id{0};
    bool automatic{false}, committing{false};
    std::string recipient;
    std::int64_t owner{0};
};

constexpr std::string_view select_under_way =
    "SELECT a.id, a.outbox_id, o.message_id, m.case_id, o.automatic, a.committing_at IS NOT NULL, "
    "o.recipient, a.owner FROM attempts a JOIN outbox o ON o.id = a.outbox_id JOIN messages m ON m.id = "
    "o.message_id WHERE a.ended_at "
    "IS NULL ";

UnderWay read_under_way(const Query& row)
{
    return {row.integer(0), row.integer(1), row.integer(2), row.integer(3),
            row.flag(4),    row.flag(5),    row.text(6),    row.integer(7)};
}

void end_acknowledgement(Connection& connection, const UnderWay& attempt, core::AcknowledgementState state,
                         const std::string& reply, core::Time now)
{
    Recount recount{connection, attempt.message_id};  // of the case whose first message it is, if there is one
    const bool sent = state == core::AcknowledgementState::sent;
    set_acknowledgement(connection, attempt.message_id,
                        {state, sent ? "" : reply, sent ? std::optional{now} : std::nullopt});
    add_event(connection, {attempt.case_id, attempt.message_id, now, ourselves, "acknowledgement", to_string(state),
                           sent ? "" : reply});
    recount.finish();
}

/// The end of a mail: a person's words that did not arrive are told.
std::optional<LostReply> end_mail(Connection& connection, const UnderWay& attempt, std::string_view state,
                                  const std::string& reply, core::Time now)
{
    connection.run("UPDATE outbox SET state = ? WHERE id = ?", state, attempt.outbox_id);
    connection.tally().add_outgoing("queued", -1);  // what is leased or under way is nothing else
    connection.tally().add_outgoing(state, 1);
    const auto ended = core::parse_acknowledgement_state(state).value_or(core::AcknowledgementState::unknown);
    if (attempt.automatic) {
        end_acknowledgement(connection, attempt, ended, reply, now);
        return std::nullopt;
    }
    if (ended == core::AcknowledgementState::sent) {
        note_arrived_reply(connection, attempt.case_id);
        return std::nullopt;
    }
    return note_lost_reply(connection, {attempt.case_id, attempt.outbox_id, attempt.message_id, state, reply}, now);
}

std::optional<LostReply> end_attempt(Connection& connection, const UnderWay& attempt, const AttemptOutcome& outcome,
                                     core::Time now)
{
    using Result = core::DeliveryResult;
    connection.run("UPDATE attempts SET ended_at = ?, outcome = ?, reply = ? WHERE id = ?", now,
                   to_string(outcome.result), outcome.reply, attempt.attempt_id);
    add_event(connection, {attempt.case_id, attempt.message_id, now, ourselves, "delivery",
                           to_string(outcome.result), attempt.recipient + ": " + outcome.reply});
    switch (outcome.result) {
        case Result::deferred:
            if (outcome.try_again_at) {
                connection.run("UPDATE outbox SET due_at = ? WHERE id = ?", *outcome.try_again_at,
                               attempt.outbox_id);
                return std::nullopt;
            }
            return end_mail(connection, attempt, "failed", "given up: " + outcome.reply, now);
        case Result::sent:
        case Result::failed:
        case Result::unknown:
            return end_mail(connection, attempt, to_string(outcome.result), outcome.reply, now);
    }
    return std::nullopt;
}

void append(std::vector<LostReply>& lost, std::optional<LostReply> reply)
{
    if (reply) {
        lost.push_back(*std::move(reply));
    }
}

std::optional<LostReply> end_attempt(Connection& connection, const EndedAttempt& ended, core::Time now)
{
    static const std::string sql = std::string{select_under_way} + "AND a.id = ?";
    std::optional<UnderWay> attempt;
    {
        Query row = connection.query(sql, ended.attempt_id);
        if (row.next()) {
            attempt = read_under_way(row);
        }
    }
    return attempt ? end_attempt(connection, *attempt, ended.outcome, now) : std::nullopt;
}

// What a process left behind that is gone, or an attempt that outlived its lease: past the second mark nobody knows
// whether the next hop took the mail, so it is never tried again by itself (invariant 4).
void settle(Connection& connection, const Store::Database& database, std::vector<LostReply>& lost)
{
    static const std::string sql = std::string{select_under_way} + "AND (a.owner != ? OR o.due_at <= ?)";
    const core::Time now = database.now();
    std::vector<UnderWay> left;
    {
        Query row = connection.query(sql, database.owner(), now);
        while (row.next()) {
            left.push_back(read_under_way(row));
        }
    }
    for (const UnderWay& attempt : left) {
        using Result = core::DeliveryResult;
        if (attempt.owner == database.owner()) {
            database.bounds().count(&core::Limits::delivery_lease);
        }
        append(lost,
               end_attempt(
                   connection, attempt,
                   attempt.committing
                       ? AttemptOutcome{Result::unknown, "the attempt was cut off before its answer", {}}
                       : AttemptOutcome{Result::deferred, "the attempt was cut off and is safe to repeat", now},
                   now));
    }
}

// What was to wait longer than any pause, or before its first attempt, was written by a clock that has been set
// back since. Its next attempt is due; one under way is left to its process.
void hurry_what_was_due_in_another_time(Connection& connection, core::Time now)
{
    connection.run(
        "UPDATE outbox SET due_at = ?1 WHERE state = 'queued' AND urgency IN (0, 1, 2) AND due_at > ?1 AND (due_at "
        "> ?2 OR attempts = 0) "
        "AND NOT EXISTS "
        "(SELECT 1 FROM attempts WHERE outbox_id = outbox.id AND ended_at IS NULL)",
        now, now + Outbox::pause_max);
}

constexpr int urgencies = 3;  // 0 is a person's

/// To the end of `due`, which gets no more than `limit`.
void read_due(Connection& connection, core::Time now, int urgency, std::uint64_t limit, std::vector<DueMail>& due)
{
    Query row = connection.query(
        "SELECT id, attempts, automatic, sender, recipient, octets, created_at, give_up_at FROM outbox "
        "WHERE state = 'queued' AND urgency = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?",
        urgency, now, limit - due.size());
    while (row.next()) {
        DueMail mail;
        mail.outbox_id = row.integer(0);
        mail.attempts = static_cast<unsigned>(row.natural(1)) + 1;
        mail.automatic = row.flag(2);
        mail.sender = row.text(3);
        mail.recipient = row.text(4);
        mail.octets = row.text(5);
        mail.created_at = row.time(6);
        mail.give_up_at = row.time(7);
        due.push_back(std::move(mail));
    }
}

std::vector<DueMail> lease_due(Connection& connection, const Store::Database& database, std::uint64_t limit,
                               std::uint64_t automatic_max)
{
    const core::Time now = database.now();
    const core::Time until = now + std::chrono::seconds{database.limits().delivery_lease};
    hurry_what_was_due_in_another_time(connection, now);
    std::vector<DueMail> mails;
    read_due(connection, now, 0, limit, mails);
    const std::uint64_t most = std::min(limit, mails.size() + std::min(limit, automatic_max));
    for (int urgency = 1; urgency < urgencies && mails.size() < most; ++urgency) {
        read_due(connection, now, urgency, most, mails);
    }
    for (DueMail& mail : mails) {
        connection.run("INSERT INTO attempts (outbox_id, owner, started_at) VALUES (?, ?, ?)", mail.outbox_id,
                       database.owner(), now);
        mail.attempt_id = connection.last_id();
        connection.run("UPDATE outbox SET attempts = attempts + 1, due_at = ? WHERE id = ?", until, mail.outbox_id);
    }
    return mails;
}

/// The second mark.
class Committing final : public Job {
public:
    Committing(Store::Database& database, std::int64_t attempt_id, std::function<void(bool)> done)
        : database_{database}, attempt_id_{attempt_id}, done_{std::move(done)}
    {
    }
    void run(Connection& connection) override
    {
        marked_ =
            connection.run("UPDATE attempts SET committing_at = ? WHERE id = ? AND owner = ? AND ended_at IS NULL",
                           database_.now(), attempt_id_, database_.owner()) == 1;
    }
    Completion ended(Fate fate, std::exception_ptr) override
    {
        const bool go_on = fate == Fate::committed && marked_;
        return [done = std::move(done_), go_on] { done(go_on); };
    }

private:
    Store::Database& database_;
    std::int64_t attempt_id_;
    std::function<void(bool)> done_;
    bool marked_{false};
};

/// The end of an attempt. Nobody waits: when it cannot be written, the next lease writes it.
class Finished final : public Job {
public:
    Finished(Store::Database& database, std::int64_t attempt_id, AttemptOutcome outcome)
        : database_{database}, ended_{attempt_id, std::move(outcome)}
    {
        ended_.outcome.reply = core::cut_utf8(ended_.outcome.reply, database_.limits().peer_reply_kept_max);
    }
    void run(Connection& connection) override { lost_ = end_attempt(connection, ended_, database_.now()); }
    Completion ended(Fate fate, std::exception_ptr) override
    {
        if (fate == Fate::committed && lost_) {
            warn_of(*lost_, *database_.options().log);
        }
        if (fate != Fate::committed) {
            database_.options().log->line(core::Severity::error, "attempt_not_recorded",
                                          {{"attempt", std::to_string(ended_.attempt_id)}});
        }
        if (fate != Fate::committed && fate != Fate::refused) {  // which would be refused again: its lease ends
            database_.ended_attempts().add({std::move(ended_)});
        }
        database_.outbox_bell.ring();
        return {};
    }

private:
    Store::Database& database_;
    EndedAttempt ended_;
    std::optional<LostReply> lost_;
};

}  // namespace

Outbox::Outbox(Store::Database& database) : database_{database} {}

std::vector<DueMail> Outbox::lease(std::uint64_t limit, std::uint64_t automatic_max)
{
    database_.outbox_bell.silence();
    const std::vector<EndedAttempt> ended = database_.ended_attempts().take();
    std::vector<LostReply> lost;
    std::vector<DueMail> due;
    try {
        due = database_.writer().call([&](Connection& connection) {
            lost.clear();
            for (const EndedAttempt& attempt : ended) {
                append(lost, end_attempt(connection, attempt, database_.now()));
            }
            settle(connection, database_, lost);
            return lease_due(connection, database_, limit, automatic_max);
        });
    } catch (...) {
        database_.ended_attempts().add(ended);
        throw;
    }
    for (const LostReply& reply : lost) {
        warn_of(reply, *database_.options().log);
    }
    try {
        database_.figures().outbox_queued =
            database_.readers().read([](Connection& connection) { return outgoing_count(connection, "queued"); });
    } catch (const Unavailable&) {  // a gauge can wait; what is leased cannot
    }
    return due;
}

void Outbox::committing(std::int64_t attempt_id, std::function<void(bool)> done)
{
    database_.writer().submit(std::make_unique<Committing>(database_, attempt_id, std::move(done)), Lane::work, 0);
}

void Outbox::finished(std::int64_t attempt_id, AttemptOutcome outcome)
{
    database_.writer().submit(std::make_unique<Finished>(database_, attempt_id, std::move(outcome)), Lane::work, 0);
}

std::optional<core::Time> Outbox::next_due(bool automatic_too) const
{
    return database_.readers().read([&](Connection& connection) {
        Query row = connection.query(
            "SELECT min(due_at) FROM (SELECT min(due_at) AS due_at FROM outbox WHERE state = 'queued' AND urgency "
            "= 0 "
            "UNION ALL SELECT min(due_at) FROM outbox WHERE ?1 AND state = 'queued' AND urgency = 1 "
            "UNION ALL SELECT min(due_at) FROM outbox WHERE ?1 AND state = 'queued' AND urgency = 2)",
            automatic_too);
        return row.next() ? row.maybe_time(0) : std::nullopt;
    });
}

void Outbox::wait(std::chrono::milliseconds at_most)
{
    database_.outbox_bell.wait(at_most);
}

void Outbox::wake()
{
    database_.outbox_bell.end();
}

}  // namespace shield::store
