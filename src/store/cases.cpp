// SPDX-License-Identifier: Apache-2.0
#include "campaign_rows.hpp"
#include "case_rows.hpp"
#include "database.hpp"
#include "references.hpp"

#include <shield/core/ascii.hpp>
#include <shield/store/cases.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <tuple>

namespace shield::store {

namespace {

constexpr std::size_t words_max = 32;
constexpr std::size_t word_octets_max = 100;

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

constexpr std::int64_t flood_min = 100;  // so many that nobody has looked at yet are a flood

/// Which of the open cases. In a flood those that nobody has looked at stand behind all others, for the moment that
/// takes; what stands for a crowd does at any time.
enum class Standing { in_line, for_crowd, unseen };

struct Ranked {
    Standing standing{Standing::in_line};
    std::int64_t rank{0}, due_order{0};
    Case shown;
};

bool more_pressing(const Ranked& a, const Ranked& b)
{
    return std::tie(a.standing, a.rank, a.due_order, a.shown.id) <
           std::tie(b.standing, b.rank, b.due_order, b.shown.id);
}

std::string sql_of(std::string_view from, const std::string& which)
{
    std::string sql{select_case};
    sql.replace(sql.find("FROM cases c LEFT"), std::string_view{"FROM cases c "}.size(),
                ", c.rank, c.due_order FROM cases c " + std::string{from});
    return sql + "WHERE c.list = ?1 AND c.state = ?2 AND c.rank BETWEEN ?3 AND ?4 AND " + which +
           " ORDER BY c.rank, c.due_order, c.id LIMIT ?5";
}

/// Nobody has looked at it yet.
constexpr std::string_view is_unseen =
    "(EXISTS (SELECT 1 FROM assessment_work w WHERE w.message_id = c.id) OR EXISTS (SELECT 1 FROM gathering_work g "
    "WHERE g.message_id = c.id))";
/// It stands for so many that it is no report that somebody waits for.
constexpr std::string_view is_for_crowd =
    "(c.campaign IS c.id AND c.category != 'attack' AND c.state = 'new' AND (SELECT count(*) FROM cases o WHERE "
    "o.campaign = c.id) >= 50)";

/// Which part of the cases of one state.
struct Part {
    const std::string& sql;
    std::string_view list;
    Standing standing;
};

bool is_flood(Connection& connection)
{
    return connection.number(
               "SELECT (SELECT count(*) FROM (SELECT 1 FROM assessment_work LIMIT ?1)) + "
               "(SELECT count(*) FROM (SELECT 1 FROM gathering_work LIMIT ?1))",
               flood_min) >= flood_min;
}

std::vector<Part> parts_of(const QueueFilter& filter, core::State state, bool flood)
{
    static const std::string crowd{is_for_crowd};
    static const std::string no_crowd = "NOT " + crowd;
    static const std::string new_one{is_unseen};
    static const std::string held = sql_of("INDEXED BY cases_held ", "c.held = 1");
    static const std::string spam = sql_of("", "c.campaign IS NULL");
    static const std::string in_line = sql_of("", no_crowd);
    static const std::string in_line_of_flood = sql_of("", no_crowd + " AND NOT " + new_one);
    static const std::string for_crowd =
        sql_of("INDEXED BY cases_for_campaigns ", "c.campaign = c.id AND " + crowd);
    static const std::string unseen = sql_of("", no_crowd + " AND " + new_one);
    const std::string_view list = state == core::State::closed ? "closed" : filter.spam ? "folded" : "open";
    if (filter.held || filter.spam) {
        return {{filter.held ? held : spam, list, Standing::in_line}};
    }
    if (!flood) {
        return {{in_line, list, Standing::in_line}, {for_crowd, list, Standing::for_crowd}};
    }
    return {{in_line_of_flood, list, Standing::in_line},
            {for_crowd, list, Standing::for_crowd},
            {unseen, list, Standing::unseen}};
}

// One range of an index for each state: together they answer in a time that does not depend on how many cases there
// are, but on how many are new.
void add_pressing(Connection& connection, const QueueFilter& filter, core::State state, bool flood,
                  std::vector<Ranked>& found)
{
    const Ranks ranks = ranks_of(filter.category);
    for (const Part& part : parts_of(filter, state, flood)) {
        Query row = connection.query(part.sql, part.list, state, ranks.first, ranks.last, filter.limit);
        while (row.next()) {
            found.push_back({part.standing, row.integer(select_case_columns), row.integer(select_case_columns + 1),
                             read_case_or_mark(row)});
        }
    }
}

/// All that stand for a campaign with open cases, muted and closed ones too, the newest first.
std::vector<Case> stand_ins(Connection& connection, std::uint64_t limit)
{
    static const std::string sql =
        std::string{select_case} +
        "WHERE c.campaign = c.id AND (c.state != 'closed' OR EXISTS (SELECT 1 FROM cases o WHERE o.campaign = c.id "
        "AND o.state != 'closed')) ORDER BY c.id DESC LIMIT ?";
    std::vector<Case> found;
    Query row = connection.query(sql, limit);
    while (row.next()) {
        found.push_back(read_case_or_mark(row));
    }
    return found;
}

/// Those that one case stands for, the newest first.
std::vector<Case> cases_of_campaign(Connection& connection, core::Reference reference, std::uint64_t limit)
{
    static const std::string sql =
        std::string{select_case} +
        "WHERE c.campaign = (SELECT campaign FROM cases WHERE id = ?) ORDER BY c.id DESC LIMIT ?";
    std::vector<Case> found;
    Query row = connection.query(sql, case_of(connection, reference).value_or(0), limit);
    while (row.next()) {
        found.push_back(read_case_or_mark(row));
    }
    return found;
}

std::vector<Case> closed_cases(Connection& connection, const QueueFilter& filter, std::uint64_t limit)
{
    static const std::string sql =
        std::string{select_case} +
        "WHERE c.category = ? AND c.state = 'closed' AND c.joined_into IS NULL "
        "AND (?2 = 0 OR (c.folded = 1 AND c.campaign IS NULL)) ORDER BY c.updated_at DESC LIMIT ?3";
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

std::vector<Case> pressing_cases(Connection& connection, const QueueFilter& filter)
{
    const bool flood = is_flood(connection);
    std::vector<Ranked> found;
    for (const core::State state : core::states) {
        const bool wanted = filter.state ? *filter.state == state : state != core::State::closed;
        if (wanted) {
            add_pressing(connection, filter, state, flood, found);
        }
    }
    std::sort(found.begin(), found.end(), more_pressing);
    std::vector<Case> cases;
    for (Ranked& ranked : found) {
        if (cases.size() < filter.limit) {
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
        counts.gathered += one.list == "gathered" ? one.n : 0;
        counts.attack += open && one.category == "attack" ? one.n : 0;
        counts.urgent += open && one.category == "urgent" ? one.n : 0;
        counts.support += open && one.category == "support" ? one.n : 0;
        counts.unanswered += open && !one.answered ? one.n : 0;
        if (open || one.list == "folded" || one.list == "gathered") {
            counts.held += one.held ? one.n : 0;
            counts.unreadable += one.unreadable ? one.n : 0;
        }
    }
    counts.campaigns = static_cast<std::uint64_t>(
        connection.number("SELECT count(*) FROM cases WHERE campaign = id AND state != 'closed'"));
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

Queue Cases::queue(const QueueFilter& wanted) const
{
    QueueFilter filter = wanted;
    filter.limit = std::min(filter.limit, database_.limits().queue_rows_max);
    Queue queue = database_.readers().read([&](Connection& connection) {
        const bool closed = filter.state == core::State::closed && !filter.held;
        return Queue{filter.campaigns  ? stand_ins(connection, filter.limit)
                     : filter.campaign ? cases_of_campaign(connection, *filter.campaign, filter.limit)
                     : closed          ? closed_cases(connection, filter, filter.limit)
                                       : pressing_cases(connection, filter),
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
        detail.campaign = read_campaign(connection, *case_id, database_.now());
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
