// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace shield::confine {

/// For a worker: memory, its one channel, and the end. What honest code might try besides (a library that looks for
/// a file) fails; what only an attacker tries (another process, a socket, a program) ends it. False: the kernel has
/// no seccomp filters.
[[nodiscard]] bool confine_worker_calls();

}  // namespace shield::confine
