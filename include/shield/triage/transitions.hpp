// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/vocabulary.hpp>

#include <optional>

namespace shield::triage {

/// What happens to a case.
enum class Act {
    claim,
    reply,  ///< a person's
    human_follow_up,
    automatic_follow_up,  ///< only adds (invariant 10)
    close,
    reopen,
    set_triaged,
    set_in_progress,
    set_waiting
};

/// The state after `act`, or nothing when it is not allowed in `state`. One table; a test walks every pair.
[[nodiscard]] std::optional<core::State> after(core::State state, Act act) noexcept;

}  // namespace shield::triage
