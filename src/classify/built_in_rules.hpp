// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace shield::classify {

/// The text of etc/classify.rules as it was when the program was built.
[[nodiscard]] std::string_view built_in_rules() noexcept;

}  // namespace shield::classify
