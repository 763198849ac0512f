// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/assessment.hpp>
#include <shield/core/envelope.hpp>
#include <shield/core/limits.hpp>
#include <shield/core/mailboxes.hpp>
#include <shield/core/verdict.hpp>

#include <string>
#include <string_view>

namespace shield::acknowledge {

/// What was granted before, counted over the 24 hours before this message, and what it follows.
struct History {
    std::uint64_t sender_day{0};
    std::uint64_t domain_day{0};
    std::uint64_t signer_day{0};
    std::uint64_t network_day{0};
    std::uint64_t total_day{0};
    bool follow_up{false};  ///< joins a case that is already known
    bool repeat{false};     ///< the same octets came before
};

/// What becomes of an answer whose reader nobody has verified.
enum class Unverified { hold, send };

/// queued, held or suppressed, and why.
struct Decision {
    core::AcknowledgementState state{core::AcknowledgementState::held};
    std::string reason;
    bool automatic{false};  ///< a machine wrote the message

    friend bool operator==(const Decision&, const Decision&) = default;
};

/// Why a machine wrote this message, in a sentence, or empty when a person may have (RFC 3834 section 2 and
/// practice).
[[nodiscard]] std::string machine_reason(const core::Envelope& envelope, const core::Assessment& message,
                                         const core::Mailboxes& ours);

/// May this message be acknowledged, as far as it tells itself? `queued` when that is left to judged(). Pure
/// (invariants 5, 10). `message` is null for one that could not be read: that is held.
[[nodiscard]] Decision decide(const core::Envelope& envelope, const core::Assessment* message,
                              const core::Mailboxes& ours);

/// The same decision when it is known, or known to stay unknown, who reads the answer; can only forbid. `allowed`
/// says which person allows the address or domain of one that stays unknown, and is the reason then; empty when
/// nobody does. What its own domain disowns nobody can allow. Pure.
[[nodiscard]] Decision judged(Decision decision, const core::Verdict& verdict, Unverified unverified,
                              std::string_view allowed = {});

/// The same decision after what came before, which can only forbid (invariant 4). Pure.
[[nodiscard]] Decision after(const History& history, const core::Verdict& verdict, Decision decision,
                             const core::Limits& limits);

}  // namespace shield::acknowledge
