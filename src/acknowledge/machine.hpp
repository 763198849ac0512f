// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/assessment.hpp>
#include <shield/core/envelope.hpp>
#include <shield/core/mailboxes.hpp>

#include <string>

namespace shield::acknowledge {

/// The part of machine_reason() that needs no assessment: what the reverse-path tells.
[[nodiscard]] std::string machine_reason_of_envelope(const core::Envelope& envelope, const core::Mailboxes& ours);

/// Why a machine may have written this message although a person may have as well, or empty. Such a message is held
/// (invariant 10), and a follow-up like it counts as a person's.
[[nodiscard]] std::string machine_suspicion(const core::Envelope& envelope, const core::Assessment& message);

}  // namespace shield::acknowledge
