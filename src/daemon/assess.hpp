// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "in_force.hpp"
#include "reader.hpp"

#include <shield/core/token.hpp>
#include <shield/store/assessments.hpp>

#include <functional>
#include <memory>
#include <string>

namespace shield::daemon {

/// What the stage between a message and its acknowledgement works with, the same for a whole batch.
struct Assessing {
    std::shared_ptr<const InForce> in_force;
    core::TokenKey signing_key;
    core::TokenKeys known_keys;
    std::function<std::string()> unique_name;
    core::Time now{};
    /// Who allows a reverse-path that nobody can verify, as the reason of a decision; empty when nobody does.
    std::function<std::string(const std::string& reverse_path)> allowed{};
};

/// One message from what its octets say to everything the store records about it: classify, recognise a machine,
/// find the case it follows, and prepare the decision about its acknowledgement.
[[nodiscard]] store::Assessed assess(const store::AssessmentWork& work, Read read, const Assessing& with);

/// The same for a message that could not be read: it stays where it is, marked, and its acknowledgement is held.
[[nodiscard]] store::Assessed unreadable(const store::AssessmentWork& work, std::string why, const Assessing& with);

/// The case that a verified token names, in the address the message was written to or in what it answers
/// (invariant 9).
[[nodiscard]] std::optional<core::Reference> followed_case(const core::Envelope& envelope,
                                                           const core::Assessment& message,
                                                           const std::string& hostname,
                                                           const core::TokenKeys& keys);

}  // namespace shield::daemon
