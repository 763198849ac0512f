// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "arguments.hpp"
#include "desk_line.hpp"

namespace shield::cli {

/// Says what is well and what is not, and what to do; 0 when all is well, else 1.
[[nodiscard]] int doctor(const Arguments& arguments, DeskLine& desk);

/// A line a check. Pure, printable.
[[nodiscard]] std::string render_findings(const Json& findings, bool colour);

}  // namespace shield::cli
