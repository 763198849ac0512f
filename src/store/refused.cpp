// SPDX-License-Identifier: Apache-2.0
#include "database.hpp"

#include <shield/core/network.hpp>
#include <shield/store/cases.hpp>
#include <shield/store/intake.hpp>

#include <algorithm>
#include <utility>

namespace shield::store {

namespace {

constexpr std::uint64_t row_octets = 512;    // about what one writes
constexpr std::uint64_t waiting_max = 1000;  // behind them more are counted by nobody but the log

/// One line more of the list, or one attempt more in a line. Writer thread.
class Refused final : public Job {
public:
    Refused(Store::Database& database, core::RefusedMessage message)
        : database_{database}, message_{std::move(message)}
    {
    }

    void run(Connection& connection) override
    {
        connection.run(
            "INSERT INTO refused (network, sender, mailbox, client, size, first_at, last_at) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT (network, sender, mailbox) DO UPDATE SET "
            "client = excluded.client, size = max(size, excluded.size), attempts = attempts + 1, "
            "last_at = excluded.last_at",
            core::network_of(message_.client), message_.sender, message_.mailbox, message_.client,
            std::min<std::uint64_t>(message_.size, INT64_MAX), message_.at);
        connection.run("DELETE FROM refused WHERE last_at < ?",
                       message_.at - std::chrono::seconds{database_.limits().refused_kept_time});
        while (lines(connection) > database_.limits().refused_kept_max) {
            forget_one(connection);
        }
    }

    Completion ended(Fate, std::exception_ptr) override
    {
        --database_.refused_waiting;
        return {};
    }

private:
    static std::uint64_t lines(Connection& connection)
    {
        Query row = connection.query("SELECT count(*) FROM refused");
        return row.next() ? row.natural(0) : 0;
    }

    /// The oldest of the network that has most: a flood takes room from itself.
    void forget_one(Connection& connection) const
    {
        connection.run(
            "DELETE FROM refused WHERE id = (SELECT id FROM refused WHERE network = (SELECT network FROM refused "
            "GROUP BY network ORDER BY count(*) DESC, min(last_at) LIMIT 1) ORDER BY last_at, id LIMIT 1)");
        database_.bounds().count(&core::Limits::refused_kept_max);
    }

    Store::Database& database_;
    core::RefusedMessage message_;
};

}  // namespace

void Intake::refused(core::RefusedMessage message)
{
    std::atomic<std::uint64_t>& waiting = database_.refused_waiting;
    if (waiting.fetch_add(1) >= waiting_max) {
        --waiting;
        return;
    }
    database_.writer().submit(std::make_unique<Refused>(database_, std::move(message)), Lane::record, row_octets);
}

std::vector<RefusedRow> Cases::refused(std::uint64_t limit) const
{
    return database_.readers().read([&](Connection& connection) {
        std::vector<RefusedRow> rows;
        Query row = connection.query(
            "SELECT last_at, substr(client, 1, ?1), substr(sender, 1, ?1), substr(mailbox, 1, ?1), size, attempts, "
            "first_at FROM refused ORDER BY last_at DESC, id DESC LIMIT ?2",
            database_.limits().case_line_max, limit);
        while (row.next()) {
            rows.push_back({{row.time(0), row.text(1), row.text(2), row.text(3), row.natural(4)},
                            row.natural(5),
                            row.time(6)});
        }
        return rows;
    });
}

}  // namespace shield::store
