// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "in_force.hpp"
#include "reader.hpp"

namespace shield::daemon {

/// The envelope of a message as the first of our hosts met it: of one that came by a relay of ours that relay's
/// (core::Envelope::by_relay), else the given one. What the relay wrote is taken out of `read` where it would be
/// held against the sender, and what it recorded about him is put to the signatures.
[[nodiscard]] core::Envelope as_first_met(const core::Envelope& envelope, Read& read, const InForce& in_force);

/// Whether the client is a relay's, as far as its address tells: then its reverse-path need not be the sender's.
[[nodiscard]] bool may_be_relayed(const core::Envelope& envelope, const InForce& in_force);

}  // namespace shield::daemon
