// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "document.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace shield::mime {

/// The members of JSON (RFC 8259) whose values are texts, however deep they stand, in their order: name and value,
/// escapes undone, both UTF-8. Not a validator: of what is no JSON it tells what looks like members. Linear,
/// without recursion; at most `members_max`, and of a value at most 8192 octets.
[[nodiscard]] std::vector<Field> text_members(std::string_view json, std::size_t members_max);

}  // namespace shield::mime
