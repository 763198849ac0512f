// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/envelope.hpp>
#include <shield/core/mailboxes.hpp>

#include <string>
#include <string_view>

namespace shield::acknowledge {

/// The part of machine_reason() that needs no assessment: what the reverse-path tells.
[[nodiscard]] std::string machine_reason_of_envelope(const core::Envelope& envelope, const core::Mailboxes& ours);

/// Whether a subject answers or passes on that of a mail system or an auto-responder: `Fwd: Returned mail: ...`. A
/// person may do so, and so may a machine that answers machines.
[[nodiscard]] bool repeats_machine_subject(std::string_view subject);

}  // namespace shield::acknowledge
