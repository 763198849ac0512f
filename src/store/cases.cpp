// SPDX-License-Identifier: Apache-2.0
#include "case_rows.hpp"
#include "database.hpp"
#include "references.hpp"

#include <shield/core/ascii.hpp>
#include <shield/store/cases.hpp>

#include <algorithm>
#include <set>

namespace shield::store {

namespace {

constexpr std::size_t words_max = 32;
constexpr std::size_t word_octets_max = 100;

struct Ranked {
    std::int64_t rank{0}, due_order{0};
    Case shown;
};

bool more_pressing(const Ranked& a, const Ranked& b)
{
    return std::tie(a.rank, a.due_order, a.shown.id) < std::tie(b.rank, b.due_order, b.shown.id);
}

struct Ranks {
    int first{0}, last{3};
};

// As cases.rank says: 0 and 1 are attack, its clock running and standing still.
Ranks ranks_of(const std::optional<core::Category>& category)
{
    if (!category) {
        return {};
    }
    switch (*category) {
        case core::Category::attack:
            return {0, 1};
        case core::Category::urgent:
            return {2, 2};
        case core::Category::support:
            return {3, 3};
    }
    return {};
}

// One range of an index for each state: together they answer in a time that does not depend on how many cases there
// are.
void add_pressing(Connection& connection, const QueueFilter& filter, core::State state, std::uint64_t limit,
                  std::vector<Ranked>& found)
{
    static const std::string common =
        std::string{select_case}.insert(select_case.find(" FROM"), ", c.rank, c.due_order");
    static const std::string all =
        common +
        "WHERE c.list = ? AND c.state = ? AND c.rank BETWEEN ? AND ? ORDER BY c.rank, c.due_order, c.id LIMIT ?";
    static const std::string indexed =
        std::string{common}.replace(common.find("cases c "), 8, "cases c INDEXED BY cases_held ");
    static const std::string held = indexed +
                                    "WHERE c.held = 1 AND c.list = ? AND c.state = ? AND c.rank BETWEEN ? AND ? "
                                    "ORDER BY c.rank, c.due_order, c.id LIMIT ?";
    const std::string_view list = state == core::State::closed ? "closed" : filter.spam ? "folded" : "open";
    const Ranks ranks = ranks_of(filter.category);
    Query row = connection.query(filter.held ? held : all, list, state, ranks.first, ranks.last, limit);
    while (row.next()) {
        found.push_back(
            {row.integer(select_case_columns), row.integer(select_case_columns + 1), read_case_or_mark(row)});
    }
}

std::vector<Case> closed_cases(Connection& connection, const QueueFilter& filter, std::uint64_t limit)
{
    static const std::string sql = std::string{select_case} +
                                   "WHERE c.category = ? AND c.state = 'closed' AND c.joined_into IS NULL "
                                   "AND (?2 = 0 OR c.folded = 1) ORDER BY c.updated_at DESC LIMIT ?3";
    std::vector<Case> found;
    for (const core::Category category : core::categories) {
        if (filter.category.value_or(category) == category) {
            Query row = connection.query(sql, category, filter.spam, limit);
            while (row.next()) {
                found.push_back(read_case_or_mark(row));
            }
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Case& a, const Case& b) { return a.updated_at > b.updated_at; });
    found.resize(std::min<std::size_t>(found.size(), limit), Case{});
    return found;
}

std::vector<Case> pressing_cases(Connection& connection, const QueueFilter& filter, std::uint64_t limit)
{
    std::vector<Ranked> found;
    for (const core::State state : core::states) {
        const bool wanted = filter.state ? *filter.state == state : state != core::State::closed;
        if (wanted) {
            add_pressing(connection, filter, state, limit, found);
        }
    }
    std::sort(found.begin(), found.end(), more_pressing);
    std::vector<Case> cases;
    for (Ranked& ranked : found) {
        if (cases.size() < limit) {
            cases.push_back(std::move(ranked.shown));
        }
    }
    return cases;
}

QueueCounts count(Connection& connection)
{
    QueueCounts counts;
    for (const CaseCount& one : case_counts(connection)) {
        const bool open = one.list == "open";
        counts.closed += one.list == "closed" ? one.n : 0;
        counts.folded += one.list == "folded" ? one.n : 0;
        counts.attack += open && one.category == "attack" ? one.n : 0;
        counts.urgent += open && one.category == "urgent" ? one.n : 0;
        counts.support += open && one.category == "support" ? one.n : 0;
        counts.unanswered += open && !one.answered ? one.n : 0;
        if (open || one.list == "folded") {
            counts.held += one.held ? one.n : 0;
            counts.unreadable += one.unreadable ? one.n : 0;
        }
    }
    return counts;
}

// Each word in quotes, so nothing of FTS5's query language is left in it; all of them must be there.
std::string match_expression(std::string_view words)
{
    std::string expression;
    std::size_t count = 0;
    std::string spaced{words};
    std::replace_if(
        spaced.begin(), spaced.end(), [](char c) { return core::is_space(c) || c == '\0'; }, ' ');
    for (std::string_view word : core::split(spaced, ' ')) {
        word = core::cut_utf8(word, word_octets_max);
        if (word.empty() || ++count > words_max) {
            continue;
        }
        expression += expression.empty() ? "\"" : " \"";
        for (const char c : word) {
            expression += c == '"' ? "\"\"" : std::string{c};
        }
        expression += '"';
    }
    return expression;
}

}  // namespace

Cases::Cases(Store::Database& database) : database_{database} {}

Queue Cases::queue(const QueueFilter& filter) const
{
    const std::uint64_t limit = std::min(filter.limit, database_.limits().queue_rows_max);
    Queue queue = database_.readers().read([&](Connection& connection) {
        const bool closed = filter.state == core::State::closed && !filter.held;
        return Queue{closed ? closed_cases(connection, filter, limit) : pressing_cases(connection, filter, limit),
                     count(connection)};
    });
    for (const Case& shown : queue.cases) {
        database_.figures().damaged += shown.flags == std::vector<std::string>{"damaged"} ? 1 : 0;
    }
    return queue;
}

std::optional<CaseDetail> Cases::find(core::Reference reference) const
{
    return database_.readers().read([&](Connection& connection) -> std::optional<CaseDetail> {
        const auto case_id = case_of(connection, reference);
        if (!case_id) {
            return std::nullopt;
        }
        CaseDetail detail = read_detail(connection, *case_id, database_.limits(), Texts::all);
        detail.similar = read_similar(connection, *case_id, database_.limits());
        return detail;
    });
}

std::vector<Case> Cases::search(std::string_view words, std::uint64_t limit) const
{
    static const std::string sql = std::string{select_case} + "WHERE c.id = ?";
    const std::string expression = match_expression(words);
    if (expression.empty()) {
        return {};
    }
    limit = std::min(limit, database_.limits().search_rows_max);
    return database_.readers().read([&](Connection& connection) {
        std::vector<Case> found;
        std::set<std::int64_t> seen;
        // Several messages of one case may match; it is listed once, where its best one stands.
        Query match = connection.query(
            "SELECT m.case_id FROM (SELECT rowid FROM search WHERE search MATCH ? ORDER BY rank LIMIT ?) s "
            "JOIN messages m ON m.id = s.rowid",
            expression, limit * 4);
        while (found.size() < limit && match.next()) {
            if (seen.insert(match.integer(0)).second) {
                Query row = connection.query(sql, match.integer(0));
                if (row.next()) {
                    found.push_back(read_case_or_mark(row));
                }
            }
        }
        return found;
    });
}

std::optional<std::string> Cases::octets(core::Reference message) const
{
    return database_.readers().read([&](Connection& connection) -> std::optional<std::string> {
        const auto id = message_of(connection, message);
        if (!id) {
            return std::nullopt;
        }
        const auto size =
            static_cast<std::uint64_t>(connection.number("SELECT size FROM messages WHERE id = ?", *id));
        auto octets = read_octets(connection, *id, size);
        if (!octets) {
            throw Unavailable{Unavailable::Kind::corrupt,
                              message.to_string() + " has lost octets in the database. Restore a backup."};
        }
        return octets;
    });
}

}  // namespace shield::store
