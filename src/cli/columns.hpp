// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Text measured in the columns of a terminal: East Asian wide characters take two, combining marks none. All of it
/// takes text that core::printable_line() made safe.
namespace shield::cli {

[[nodiscard]] std::size_t columns_of(std::string_view text);

/// At most `columns` wide; what was cut away is marked by an ellipsis.
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t columns);

/// Exactly `columns` wide: cut or filled with blanks.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t columns);

/// Pieces of at most `columns`, broken at a blank where one is near. At least one piece.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

}  // namespace shield::cli
