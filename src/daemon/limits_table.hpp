// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>

#include <string>

namespace shield::daemon {

/// Every bound on a line: name, value in force, default, unit, what reaching it brings, metric and reason, in
/// columns.
[[nodiscard]] std::string limits_table(const core::Limits& in_force);

}  // namespace shield::daemon
