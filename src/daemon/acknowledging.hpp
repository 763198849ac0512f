// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "assess.hpp"

#include <shield/acknowledge/decide.hpp>
#include <shield/store/assessments.hpp>

/// What the store is given to decide about an acknowledgement inside its transaction.
namespace shield::daemon {

/// A message that was read.
struct Answerable {
    core::Reference reference;
    store::MessageKind kind;
    const core::Envelope& envelope;
    const core::Assessment& message;
};

/// Queues the reply unless `decision`, what is known of the sender, or what came before forbids it.
[[nodiscard]] store::Acknowledge acknowledging(const Answerable& about, acknowledge::Decision decision,
                                               core::Verdict verdict, const Assessing& with);

/// The same while nothing is known of the sender yet: pending, unless it would be forbidden anyhow.
[[nodiscard]] store::Acknowledge waiting_for_verdict(store::MessageKind kind, acknowledge::Decision decision,
                                                     const Assessing& with);

/// Whom people allow, for Assessing::allowed. The store must outlive it; asks it each time.
[[nodiscard]] std::function<std::string(const std::string&)> allowed_in(store::Store& store);

/// For a decision that forbids.
[[nodiscard]] store::Acknowledge without_reply(acknowledge::Decision decision);

}  // namespace shield::daemon
