// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/vocabulary.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shield::store {

class Connection;

/// What a transaction changes of the counts that the queue and the statistics answer from: gathered while its jobs
/// run and written once, before its commit. (A trigger would write them for each row, and SQLite copies every page
/// that a statement with a trigger touches.) Owned by the connection that writes; its thread only.
class Tally {
public:
    using Mark = std::size_t;

    /// A case as it comes from a message: new, open, its clock running.
    void add_new_case(core::Category category);
    void add_event(std::string_view kind, std::string_view word);
    void add_outgoing(std::string_view state, std::int64_t by);

    /// To come back to when a savepoint is undone.
    [[nodiscard]] Mark mark() const noexcept { return changes_.size(); }
    void back_to(Mark mark) { changes_.resize(mark); }

    /// Writes what was gathered, inside the transaction, and is empty again.
    void write(Connection& connection);

private:
    friend class Recount;
    void add(std::string key, std::int64_t by) { changes_.emplace_back(std::move(key), by); }
    std::vector<std::pair<std::string, std::int64_t>> changes_;
};

/// Counts a case anew around a change: all that touches its category, state, due_at, folded, campaign, held,
/// unreadable or joined_into happens between the two calls.
class Recount {
public:
    Recount(Connection& connection, std::int64_t case_id);
    void finish();

private:
    Connection& connection_;
    std::int64_t case_id_;
    std::string before_;
};

/// A row of the counts of cases.
struct CaseCount {
    std::string list, state, category;
    bool answered{false}, held{false}, unreadable{false};
    std::uint64_t n{0};
};
[[nodiscard]] std::vector<CaseCount> case_counts(Connection& connection);
[[nodiscard]] std::int64_t event_count(Connection& connection, std::string_view kind, std::string_view word);
[[nodiscard]] std::int64_t outgoing_count(Connection& connection, std::string_view state);

/// What the counts say that the rows do not, a sentence each. Reads every row.
[[nodiscard]] std::vector<std::string> wrong_counts(Connection& connection);

}  // namespace shield::store
