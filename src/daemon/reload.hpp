// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/log.hpp>
#include <shield/daemon/config.hpp>

namespace shield::daemon {

/// Reads the file of `running` again. What only a restart can change keeps its value, and a line of the log says
/// which keys differ.
[[nodiscard]] core::result<Config> reload_config(const Config& running, core::Log& log);

}  // namespace shield::daemon
