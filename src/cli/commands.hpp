// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "arguments.hpp"
#include "desk_line.hpp"

namespace shield::cli {

/// Asks the desk for what the command line says and prints what comes back. Gives the exit status.
[[nodiscard]] int run_command(const Arguments& arguments, DeskLine& desk);

}  // namespace shield::cli
