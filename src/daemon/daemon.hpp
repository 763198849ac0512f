// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "listeners.hpp"

#include <shield/confine/zygote.hpp>
#include <shield/core/log.hpp>
#include <shield/daemon/config.hpp>

#include <vector>

namespace shield::daemon {

/// The time of day, from the host's clock.
[[nodiscard]] core::Time now();

/// Serves until SIGTERM or SIGINT and then finishes what is under way. The signals it waits for must be blocked
/// already (block_signals()). Messages are read in workers of `zygote`, or here when there is none. Throws when it
/// cannot start: store::Unavailable, or std::runtime_error with a sentence; and when the zygote ended, after
/// finishing what is under way: a service manager starts both again.
void serve(Config config, std::vector<Listener> listeners, confine::Zygote* zygote, core::Log& log);

/// SIGTERM, SIGINT, SIGHUP and SIGCHLD wait until serve() asks for them, in every thread made from now on; SIGPIPE
/// is ignored.
void block_signals();

}  // namespace shield::daemon
