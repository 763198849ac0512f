// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shield::auth {

// Of a Finding's texts.
inline constexpr std::size_t shown_name_octets_max = 253;
inline constexpr std::size_t shown_reason_octets_max = 1000;

/// Printable UTF-8 of at most so many octets, as a Finding has it.
[[nodiscard]] std::string shown(std::string_view text, std::size_t octets_max);

}  // namespace shield::auth
