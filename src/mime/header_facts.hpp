// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "defects.hpp"
#include "document.hpp"

#include <shield/core/assessment.hpp>
#include <shield/core/limits.hpp>

#include <string>
#include <string_view>

namespace shield::mime {

/// Fills what the header of the message tells: who, to whom, about what, when, and in answer to what.
void read_header(const Part& message, const core::Limits& limits, core::Assessment& assessment, Defects& defects);

/// The language its header names for a reply, or else for its text; empty when it names none.
[[nodiscard]] std::string language_of_header(const Part& message);

/// `<left@right>` of printable ASCII without blanks, at most 250 characters: the only identifiers that may stand in
/// a message of ours (invariant 5).
[[nodiscard]] bool is_message_id(std::string_view id) noexcept;

}  // namespace shield::mime
