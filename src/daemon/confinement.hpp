// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/confine/zygote.hpp>
#include <shield/core/log.hpp>
#include <shield/daemon/config.hpp>

#include <memory>

namespace shield::daemon {

/// Forks what workers come from, as [confinement] says; nothing when messages are to be read in this process.
/// Called first of all, with one thread and nothing open.
[[nodiscard]] std::unique_ptr<confine::Zygote> make_zygote(const Config& config);

/// Puts the walls around this process, as [confinement] says, and logs in one line what stands, and in another what
/// the kernel does not have. Called when all privileges are gone, before the first thread. Throws
/// std::runtime_error when a wall that the kernel has cannot be put up, and when no worker can be made.
void confine_daemon(const Config& config, const confine::Zygote* zygote, core::Log& log);

}  // namespace shield::daemon
