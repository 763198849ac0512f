// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"
#include "database.hpp"

#include <shield/store/assessments.hpp>

#include <optional>
#include <string>

/// What becomes of a message and its case when it is assessed, inside somebody's transaction.
namespace shield::store {

/// An assessment and how it is written, made before the transaction.
struct Recordable {
    Assessed assessed;
    std::string assessment_json;
};
[[nodiscard]] Recordable recordable(Assessed assessed);

struct RecordResult {
    bool known_before{false};  ///< it had been recorded: nothing changed
    bool mail_queued{false};   ///< its acknowledgement waits in the outbox
    std::optional<WaitingWork::Entry> to_authenticate;
};
RecordResult record_one(Connection& connection, const Store::Database& database, const Recordable& item);

/// For a message that failed once too often: the case stays where it is and says so.
bool record_unreadable(Connection& connection, const Store::Database& database, std::int64_t message_id,
                       const std::string& failure);

}  // namespace shield::store
