// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace shield::cli {

/// shieldctl, whole: reads the command line, asks the daemon (or, when none runs, the store itself) and prints.
/// Gives the exit status of the contract: 0 done, 1 not found or refused, 2 usage, 3 store unavailable.
[[nodiscard]] int run(int argc, const char* const* argv);

}  // namespace shield::cli
