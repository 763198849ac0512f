// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace shield::daemon {

/// The program: reads the command line and serves until it is told to stop. The exit status is 0, 1 when it could
/// not start, 2 for a wrong command line, 3 when the store is unavailable.
[[nodiscard]] int shieldd(int argc, const char* const* argv);

/// "0.1.0"
[[nodiscard]] std::string_view version() noexcept;

}  // namespace shield::daemon
