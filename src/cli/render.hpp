// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "view.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// The desk's answers as text for people. Pure. Every octet that came from outside goes through printable_line() or
/// printable_text(), and every line of a message stands behind a bar, so that no message can pass for what we say.
namespace shield::cli {

using Json = nlohmann::ordered_json;

/// Counts, then one line a case.
[[nodiscard]] std::string render_queue(const Json& answer, const View& view);

/// Cases without counts, as a search finds them.
[[nodiscard]] std::string render_cases(const Json& cases, const View& view);

/// One case: facts, reasons, messages, mail of ours, history. `message` counts from 1 and shows that one alone.
[[nodiscard]] std::string render_case(const Json& detail, std::optional<std::uint64_t> message, const View& view);

/// What a case holds of an attack, as a table: links, domains and addresses of mail so that no terminal makes them
/// something to click on. Empty when there is nothing.
[[nodiscard]] std::string render_evidence(const Json& detail, const View& view);

/// A case in one line, after something was done to it.
[[nodiscard]] std::string render_outcome(const Json& one_case, const View& view);

/// What was refused for its size: a line for each sender.
[[nodiscard]] std::string render_refused(const Json& rows);

[[nodiscard]] std::string render_stats(const Json& figures);
[[nodiscard]] std::string render_verification(const Json& found);

/// The subject of a case or a message, or that there is none.
[[nodiscard]] std::string subject_of(const Json& json);

/// "due in 1h20m", "OVERDUE 3h" or "-" while the clock stands still.
[[nodiscard]] std::string render_due(const Json& one_case, core::Time now);

/// "45s", "12m", "1h20m", "2d5h": two units at most.
[[nodiscard]] std::string render_span(std::chrono::milliseconds span);

/// Members of an answer, whatever it holds: empty text, 0 or an empty list when there is none of that kind.
[[nodiscard]] std::string text_in(const Json& json, const char* name);
[[nodiscard]] std::uint64_t number_in(const Json& json, const char* name);
[[nodiscard]] bool flag_in(const Json& json, const char* name);
[[nodiscard]] const Json& list_in(const Json& json, const char* name);
[[nodiscard]] const Json& object_in(const Json& json, const char* name);

}  // namespace shield::cli
