// SPDX-License-Identifier: Apache-2.0
#include "database.hpp"
#include "events.hpp"
#include "outgoing.hpp"

#include <shield/store/outbox.hpp>

/// What becomes of automatic mail while none of it may begin.
namespace shield::store {

namespace {

constexpr int given_up_at_once = 100;  // of one transaction

struct Late {
    std::int64_t outbox_id{0}, message_id{0}, case_id{0};
};

std::vector<Late> read_late(Connection& connection, core::Time now)
{
    std::vector<Late> late;
    Query row = connection.query(
        "SELECT o.id, o.message_id, m.case_id FROM outbox o JOIN messages m ON m.id = o.message_id "
        "WHERE o.state = 'queued' AND o.urgency IN (1, 2) AND o.automatic = 1 AND o.due_at <= ?1 AND o.give_up_at "
        "<= ?1 AND NOT EXISTS "
        "(SELECT 1 FROM attempts WHERE outbox_id = o.id AND ended_at IS NULL) LIMIT ?2",
        now, given_up_at_once);
    while (row.next()) {
        late.push_back({row.integer(0), row.integer(1), row.integer(2)});
    }
    return late;
}

void give_up(Connection& connection, const Late& late, const std::string& why, core::Time now)
{
    constexpr auto failed = core::AcknowledgementState::failed;
    Recount recount{connection, late.message_id};
    connection.run("UPDATE outbox SET state = 'failed' WHERE id = ?", late.outbox_id);
    connection.tally().add_outgoing("queued", -1);
    connection.tally().add_outgoing("failed", 1);
    set_acknowledgement(connection, late.message_id, {failed, why, std::nullopt});
    add_event(connection,
              {late.case_id, late.message_id, now, ourselves, "acknowledgement", to_string(failed), why});
    recount.finish();
}

}  // namespace

std::uint64_t Outbox::give_up_automatic(const std::string& why)
{
    return database_.writer().call([&](Connection& connection) {
        const core::Time now = database_.now();
        const std::vector<Late> late = read_late(connection, now);
        for (const Late& one : late) {
            give_up(connection, one, why, now);
        }
        return std::uint64_t{late.size()};
    });
}

std::optional<core::Time> Outbox::oldest_queued() const
{
    return database_.readers().read([](Connection& connection) {
        Query row =
            connection.query("SELECT min(created_at) FROM outbox WHERE state = 'queued' AND urgency IN (0, 1, 2)");
        return row.next() ? row.maybe_time(0) : std::nullopt;
    });
}

std::optional<core::Time> Outbox::oldest_untried() const
{
    return database_.readers().read([](Connection& connection) {
        Query row = connection.query(
            "SELECT min(created_at) FROM outbox WHERE state = 'queued' AND urgency IN (1, 2) AND automatic = 1 AND "
            "attempts = 0");
        return row.next() ? row.maybe_time(0) : std::nullopt;
    });
}

}  // namespace shield::store
