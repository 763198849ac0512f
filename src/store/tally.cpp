// SPDX-License-Identifier: Apache-2.0
#include "tally.hpp"

#include "connection.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>

namespace shield::store {

namespace {

// Keys of the table are words with a space between them; the first says what is counted.
constexpr std::string_view cases = "case ";
constexpr std::string_view events = "event ";
constexpr std::string_view mails = "outgoing ";

constexpr std::string_view case_key =
    "'case ' || iif(list = 'folded' AND campaign IS NOT NULL, 'gathered', list) || ' ' || state || ' ' || category "
    "|| ' ' || (due_at IS NULL) || ' ' || held || ' ' || "
    "unreadable";

std::string event_key(std::string_view kind, std::string_view word)
{
    return std::string{events} + std::string{kind} + " " + std::string{word};
}

std::string outgoing_key(std::string_view state)
{
    return std::string{mails} + std::string{state};
}

std::string key_of(Connection& connection, std::int64_t case_id)
{
    static const std::string sql = "SELECT " + std::string{case_key} + " FROM cases WHERE id = ?";
    Query row = connection.query(sql, case_id);
    return row.next() ? row.text(0) : std::string{};
}

std::int64_t count_of(Connection& connection, const std::string& key)
{
    return connection.number("SELECT n FROM counts WHERE key = ?", key);
}

}  // namespace

void Tally::add_new_case(core::Category category)
{
    add(std::string{cases} + "open new " + std::string{to_string(category)} + " 0 0 0", 1);
}

void Tally::add_event(std::string_view kind, std::string_view word)
{
    add(event_key(kind, word), 1);
}

void Tally::add_outgoing(std::string_view state, std::int64_t by)
{
    add(outgoing_key(state), by);
}

void Tally::write(Connection& connection)
{
    std::sort(changes_.begin(), changes_.end());
    for (auto first = changes_.begin(); first != changes_.end();) {
        std::int64_t by = 0;
        auto next = first;
        for (; next != changes_.end() && next->first == first->first; ++next) {
            by += next->second;
        }
        if (by != 0) {
            connection.run("INSERT INTO counts (key, n) VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
                           first->first, by);
        }
        first = next;
    }
    changes_.clear();
}

Recount::Recount(Connection& connection, std::int64_t case_id)
    : connection_{connection}, case_id_{case_id}, before_{key_of(connection, case_id)}
{
}

void Recount::finish()
{
    std::string after = key_of(connection_, case_id_);
    if (after != before_) {
        connection_.tally().add(std::exchange(before_, after), -1);
        connection_.tally().add(std::move(after), 1);
    }
}

std::vector<CaseCount> case_counts(Connection& connection)
{
    constexpr std::size_t words = 7;
    std::vector<CaseCount> counts;
    Query row = connection.query("SELECT key, n FROM counts WHERE key >= 'case ' AND key < 'case!' AND n > 0");
    while (row.next()) {
        const std::string key = row.text(0);
        const auto word = core::split(key, ' ');
        if (word.size() == words) {
            counts.push_back({std::string{word[1]}, std::string{word[2]}, std::string{word[3]}, word[4] == "1",
                              word[5] == "1", word[6] == "1", row.natural(1)});
        }
    }
    return counts;
}

std::int64_t event_count(Connection& connection, std::string_view kind, std::string_view word)
{
    return count_of(connection, event_key(kind, word));
}

std::int64_t outgoing_count(Connection& connection, std::string_view state)
{
    return count_of(connection, outgoing_key(state));
}

std::vector<std::string> wrong_counts(Connection& connection)
{
    static const std::string sql =
        "WITH real (key, n) AS (SELECT " + std::string{case_key} +
        ", count(*) FROM cases GROUP BY 1 UNION ALL SELECT 'event ' || kind || ' ' || word, count(*) FROM events "
        "GROUP BY 1 UNION ALL SELECT 'outgoing ' || state, count(*) FROM outbox GROUP BY 1) "
        "SELECT key, n, (SELECT n FROM counts c WHERE c.key = real.key) FROM real "
        "UNION ALL SELECT key, 0, n FROM counts WHERE n != 0 AND key NOT IN (SELECT key FROM real)";
    std::vector<std::string> wrong;
    Query row = connection.query(sql);
    while (row.next()) {
        if (row.integer(1) != row.integer(2)) {
            wrong.push_back("The count of \"" + row.text(0) + "\" is " + std::to_string(row.integer(2)) +
                            " and should be " + std::to_string(row.integer(1)) + ".");
        }
    }
    return wrong;
}

}  // namespace shield::store
