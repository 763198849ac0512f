// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/check.hpp>
#include <shield/auth/inquiry.hpp>
#include <shield/auth/signatures.hpp>
#include <shield/core/envelope.hpp>
#include <shield/core/verdict.hpp>

namespace shield::auth {

/// Everything that can be proven about who sent a message, and who reads what is sent to its reverse-path.
///
/// The reply address is *verified* when SPF passed for its domain, or when its domain is aligned with that of the
/// only author (From) and that one passed DMARC or a signature of its own; *probable* when its domain publishes no
/// SPF and the client is a host of it; *refuted* when SPF or DMARC fails. The checks are asked for one after the
/// other; what two of them ask is asked once.
[[nodiscard]] Check<core::Verdict> authenticate(Inquiry& inquiry, const core::Envelope& envelope,
                                                Signatures signatures);

}  // namespace shield::auth
