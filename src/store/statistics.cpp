// SPDX-License-Identifier: Apache-2.0
#include "case_rows.hpp"
#include "database.hpp"

#include <shield/store/cases.hpp>

#include <algorithm>

namespace shield::store {

namespace {

using Figures = std::vector<std::pair<std::string, std::int64_t>>;

constexpr std::int64_t overdue_counted_max = 10'000;

void add_events(Connection& connection, Figures& figures)
{
    const auto count = [&](std::string_view kind, std::string_view word) {
        return event_count(connection, kind, word);
    };
    const std::int64_t repeats = count("received", "repeat");
    figures.emplace_back("received", count("received", "first") + repeats);
    figures.emplace_back("repeats", repeats);
    figures.emplace_back("follow_ups", count("follow_up", "person") + count("follow_up", "automatic"));
    figures.emplace_back("unreadable", count("assessed", "unreadable"));
    figures.emplace_back("acknowledged", count("acknowledgement", "sent"));
    for (const char* word : {"held", "suppressed", "failed", "unknown"}) {
        figures.emplace_back(std::string{"acknowledgements_"} + word, count("acknowledgement", word));
    }
}

void add_cases(Connection& connection, Figures& figures)
{
    std::array<std::int64_t, core::categories.size()> categories{};
    std::array<std::int64_t, core::states.size()> states{};
    for (const CaseCount& count : case_counts(connection)) {
        const auto category = core::parse_category(count.category);
        const auto state = core::parse_state(count.state);
        if (category && state && count.list != "joined") {
            const auto n = static_cast<std::int64_t>(count.n);
            categories[static_cast<std::size_t>(*category)] += *state == core::State::closed ? 0 : n;
            states[static_cast<std::size_t>(*state)] += n;
        }
    }
    for (const core::Category category : core::categories) {
        figures.emplace_back("open_" + std::string{to_string(category)},
                             categories[static_cast<std::size_t>(category)]);
    }
    for (const core::State state : core::states) {
        figures.emplace_back("cases_" + std::string{to_string(state)}, states[static_cast<std::size_t>(state)]);
    }
}

// By the head of each range of the queue's index: in a time that does not depend on how many wait.
void add_waiting(Connection& connection, core::Time now, Figures& figures)
{
    std::int64_t overdue = 0;
    std::int64_t earliest_due = core::to_unix_ms(now);
    for (const core::State state : core::states) {
        for (int rank = 0; rank <= 3; ++rank) {
            overdue += connection.number(
                "SELECT count(*) FROM (SELECT 1 FROM cases WHERE list = 'open' AND state = ? AND rank = ? AND "
                "due_order < ? LIMIT ?)",
                state, rank, now, overdue_counted_max);
            earliest_due =
                std::min(earliest_due,
                         connection.number(
                             "SELECT ifnull(min(due_order), ?3) FROM cases WHERE list = 'open' AND state = ?1 AND "
                             "rank = ?2",
                             state, rank, now));
        }
    }
    figures.emplace_back("overdue", overdue);
    earliest_due = std::max<std::int64_t>(earliest_due, 0);  // a damaged cell may say anything
    figures.emplace_back("longest_overdue_seconds", (core::to_unix_ms(now) - earliest_due) / 1000);
}

void add_outbox(Connection& connection, Figures& figures)
{
    for (const char* state : {"queued", "sent", "unknown", "failed"}) {
        figures.emplace_back(std::string{"outbox_"} + state, outgoing_count(connection, state));
    }
}

// Of the newest first replies, so that the time it takes is bounded and the figure says how things are now.
void add_first_replies(Connection& connection, std::uint64_t sample_max, Figures& figures)
{
    std::vector<std::int64_t> seconds;
    Query row = connection.query(
        "SELECT (first_answered_at - received_at) / 1000 FROM cases WHERE first_answered_at IS NOT NULL "
        "ORDER BY first_answered_at DESC LIMIT ?",
        sample_max);
    while (row.next()) {
        seconds.push_back(row.integer(0));
    }
    figures.emplace_back("first_replies", static_cast<std::int64_t>(seconds.size()));
    if (seconds.empty()) {
        return;
    }
    std::sort(seconds.begin(), seconds.end());
    figures.emplace_back("median_first_reply_seconds", seconds[(seconds.size() - 1) / 2]);
    figures.emplace_back("p90_first_reply_seconds", seconds[(seconds.size() - 1) * 9 / 10]);
}

}  // namespace

Figures Cases::stats() const
{
    return database_.readers().read([&](Connection& connection) {
        Figures figures;
        add_events(connection, figures);
        add_cases(connection, figures);
        add_waiting(connection, database_.now(), figures);
        add_outbox(connection, figures);
        add_first_replies(connection, database_.limits().statistics_sample_max, figures);
        figures.emplace_back("assessment_backlog", database_.assessment_backlog.load());
        return figures;
    });
}

}  // namespace shield::store
