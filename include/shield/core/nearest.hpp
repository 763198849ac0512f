// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shield::core {

/// The name that looks most like an unknown one, by how many letters must be changed, added or left out; nothing
/// when none is near.
[[nodiscard]] std::string nearest(std::string_view unknown, const std::vector<std::string>& known);

}  // namespace shield::core
