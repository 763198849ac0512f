// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/time.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace shield::cli {

/// How and when something is looked at. A value, so that rendering is a pure function of it.
struct View {
    std::size_t columns{100};
    bool wrap{false};  ///< long lines are broken: on a terminal, where they would be broken anyway
    bool colour{false};
    core::Time now{};
};

/// Of standard output: the width of its window (or COLUMNS), colour on a terminal unless NO_COLOR is set.
[[nodiscard]] View view_of_output();

[[nodiscard]] bool output_is_terminal();
[[nodiscard]] bool errors_are_coloured();

[[nodiscard]] core::Time current_time();

enum class Paint { alarm, warning, quiet, strong };
[[nodiscard]] std::string painted(std::string_view text, Paint paint, bool colour);

}  // namespace shield::cli
