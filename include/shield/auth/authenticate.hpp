// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/check.hpp>
#include <shield/auth/inquiry.hpp>
#include <shield/auth/signatures.hpp>
#include <shield/core/envelope.hpp>
#include <shield/core/verdict.hpp>

#include <string>
#include <vector>

namespace shield::auth {

/// What is known of a message besides who signed it.
struct Sender {
    const core::Envelope& envelope;
    const std::vector<std::string>& authors;  ///< the addresses in From
    bool exempt{false};                       ///< the client is a host of ours: SPF has nothing to say of it
};

/// Everything that can be proven about who sent a message, and who reads what is sent to its reverse-path.
///
/// The reply address is *verified* when SPF passed for its domain, or when it is the only author (From) and its
/// domain passed DMARC or signed the message: a signature that is sent again by others still holds, so it proves
/// nothing of another address, not even in the same domain. *Probable* when its domain publishes no SPF and the
/// client is a host of it; *refuted* when SPF or DMARC fails. Of mail that came by a relay of ours
/// (Signatures::relayed) its results of SPF and DMARC are taken for ours, and of DKIM those that passed. The checks
/// are asked for one after the other; what two of them ask is asked once. What `sender` refers to must outlive the
/// check.
[[nodiscard]] Check<core::Verdict> authenticate(Inquiry& inquiry, Sender sender, Signatures signatures);

}  // namespace shield::auth
