// SPDX-License-Identifier: Apache-2.0
#include <shield/core/limits.hpp>

namespace shield::core {

std::span<const LimitEntry> limit_table() noexcept
{
#define SHIELD_LIMIT_ENTRY(name, unit, value, reply, metric, reason) \
    LimitEntry{#name, #unit, value, reply, metric, reason, &Limits::name},
    static constexpr LimitEntry table[]{SHIELD_LIMITS(SHIELD_LIMIT_ENTRY)};
#undef SHIELD_LIMIT_ENTRY
    return table;
}

}  // namespace shield::core
