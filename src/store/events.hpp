// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <optional>
#include <string_view>

namespace shield::store {

inline constexpr std::string_view ourselves = "shieldd";

/// One line of a case's history. `word` is what statistics count; `detail` is for people.
struct EventRow {
    std::int64_t case_id{0};
    std::optional<std::int64_t> message_id;
    core::Time at{};
    std::string_view who{ourselves};
    std::string_view kind;
    std::string_view word;
    std::string_view detail;
};

inline void add_event(Connection& connection, const EventRow& event)
{
    connection.run(
        "INSERT INTO events (case_id, message_id, at, who, kind, word, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
        event.case_id, event.message_id, event.at, event.who, event.kind, event.word, event.detail);
    connection.tally().add_event(event.kind, event.word);
}

}  // namespace shield::store
