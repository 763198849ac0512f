// SPDX-License-Identifier: Apache-2.0
#include "lost_reply.hpp"

#include "case_rows.hpp"
#include "events.hpp"

#include <algorithm>

namespace shield::store {

namespace {

constexpr std::string_view flag = "undelivered";

std::vector<std::string> flags_of(Connection& connection, std::int64_t case_id)
{
    Query row = connection.query("SELECT flags FROM cases WHERE id = ?", case_id);
    return row.next() ? words_from_json(row.text(0)) : std::vector<std::string>{};
}

void write_flags(Connection& connection, std::int64_t case_id, const std::vector<std::string>& flags)
{
    connection.run("UPDATE cases SET flags = ? WHERE id = ?", to_json(flags), case_id);
}

bool another_may_arrive(Connection& connection, const EndedReply& reply)
{
    static const std::string sql = "SELECT count(*) FROM (" + std::string{messages_of_case} +
                                   ") m JOIN outbox o ON o.message_id = m.id WHERE o.automatic = 0 AND o.id > ?2 "
                                   "AND o.state IN ('queued', 'sent')";
    return connection.number(sql, reply.case_id, reply.outbox_id) != 0;
}

LostReply described(Connection& connection, const EndedReply& reply)
{
    Query row =
        connection.query("SELECT (SELECT reference FROM messages WHERE id = ?), recipient FROM outbox WHERE id = ?",
                         reply.case_id, reply.outbox_id);
    if (!row.next()) {
        throw Damaged{"a reply that was sent is in no outbox"};
    }
    return {reference_of(row.integer(0)), row.text(1), std::string{reply.state}, std::string{reply.reason}};
}

}  // namespace

LostReply note_lost_reply(Connection& connection, const EndedReply& reply, core::Time now)
{
    const std::string words =
        reply.state == "failed" ? "reply not delivered: " : "nobody knows whether the reply was delivered: ";
    add_event(connection, {reply.case_id, reply.message_id, now, ourselves, "undelivered", reply.state,
                           words + std::string{reply.reason}});
    Recount recount{connection, reply.case_id};
    auto flags = flags_of(connection, reply.case_id);
    if (std::find(flags.begin(), flags.end(), flag) == flags.end()) {
        flags.emplace_back(flag);
        write_flags(connection, reply.case_id, flags);
    }
    if (!another_may_arrive(connection, reply)) {
        connection.run("UPDATE cases SET due_at = ifnull(due_at, ?) WHERE id = ? AND state != 'closed'", now,
                       reply.case_id);
        connection.run("UPDATE cases SET state = 'in_progress' WHERE id = ? AND state = 'waiting'", reply.case_id);
    }
    connection.run("UPDATE cases SET updated_at = ? WHERE id = ?", now, reply.case_id);
    recount.finish();
    return described(connection, reply);
}

void note_arrived_reply(Connection& connection, std::int64_t case_id)
{
    auto flags = flags_of(connection, case_id);
    if (std::erase(flags, flag) > 0) {
        write_flags(connection, case_id, flags);
    }
}

void warn_of(const LostReply& reply, core::Log& log)
{
    log.line(core::Severity::warning, "reply_undelivered",
             {{"reference", reply.reference.to_string()},
              {"recipient", reply.recipient},
              {"result", reply.state},
              {"reason", reply.reason}});
}

}  // namespace shield::store
