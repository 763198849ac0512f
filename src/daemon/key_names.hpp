// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

/// The names of keys, as people write them.
namespace shield::daemon {

/// A key's name as a person reads it: `listen[].address` is `listen.address`.
[[nodiscard]] std::string shown(std::string name);

/// The known name that looks most like an unknown one, or nothing when none is near.
[[nodiscard]] std::string nearest_key(const std::string& unknown);

}  // namespace shield::daemon
