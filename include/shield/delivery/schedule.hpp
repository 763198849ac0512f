// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/time.hpp>

#include <optional>

namespace shield::delivery {

/// When to try again after `attempts` tries (at least 1): 1, 5, 15, 45 minutes, 2 h, then every 6 h, each up to a
/// fifth later by `jitter` in [0, 1); nothing when that would be past `give_up_at`. Pure.
[[nodiscard]] std::optional<core::Time> try_again_at(unsigned attempts, core::Time now, core::Time give_up_at,
                                                     double jitter) noexcept;

}  // namespace shield::delivery
