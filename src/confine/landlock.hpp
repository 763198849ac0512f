// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace shield::confine {

/// For a process that needs nothing: no file, no TCP, no signal to anybody else, as far as the kernel's Landlock
/// knows of these. False: it has none.
[[nodiscard]] bool confine_to_nothing();

}  // namespace shield::confine
