// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/store/cases.hpp>

#include <nlohmann/json.hpp>

/// Cases as the JSON of the public contract. Ordered, so that people find things where they look for them. Text
/// from outside is passed on as it is: JSON escapes it, and whoever shows it makes it printable.
namespace shield::triage {

using Json = nlohmann::ordered_json;

/// What a row of the queue knows; `reasons`, `authentication` and `similar` need the messages.
[[nodiscard]] Json row_json(const store::Case& summary);

/// Every key of the contract.
[[nodiscard]] Json case_json(const store::CaseDetail& detail);

/// The same with messages_detail, outgoing and events; at most `text_max` octets of the messages' text in all.
[[nodiscard]] Json detail_json(const store::CaseDetail& detail, std::uint64_t text_max);

/// A line of what was refused for its size.
[[nodiscard]] Json refused_json(const store::RefusedRow& row);

[[nodiscard]] Json counts_json(const store::QueueCounts& counts);

/// One line of JSON in UTF-8, whatever the octets in it were.
[[nodiscard]] std::string to_line(const Json& json);

}  // namespace shield::triage
