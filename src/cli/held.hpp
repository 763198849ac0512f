// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "arguments.hpp"
#include "desk_line.hpp"

/// Held acknowledgements, and whom people allow. Each writes what came of it and answers the exit status.
namespace shield::cli {

[[nodiscard]] int release(const Arguments& arguments, DeskLine& desk);
[[nodiscard]] int allow(const Arguments& arguments, DeskLine& desk);
[[nodiscard]] int disallow(const Arguments& arguments, DeskLine& desk);

/// What a release in bulk would send, and what it leaves; pure, printable.
[[nodiscard]] std::string render_held(const Json& answer);
[[nodiscard]] std::string render_allowances(const Json& list);

}  // namespace shield::cli
