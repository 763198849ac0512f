// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "arguments.hpp"

namespace shield::cli {

/// One JSON line a file; a file that cannot be read is said on standard error and the others go on. Needs neither
/// store nor daemon nor, unless one is named, a configuration. Gives the exit status.
[[nodiscard]] int classify_files(const Arguments& arguments);

}  // namespace shield::cli
