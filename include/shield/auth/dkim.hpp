// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/check.hpp>
#include <shield/auth/finding.hpp>
#include <shield/auth/inquiry.hpp>
#include <shield/auth/signatures.hpp>
#include <shield/core/time.hpp>

namespace shield::auth {

/// Verifies one DKIM-Signature with the key that its domain publishes (RFC 6376 section 6.1, RFC 8301, RFC 8463).
/// Asks one question, and none when the message alone has decided. The domain of the finding is d=, its record the
/// key record. Pass means: who publishes that key signed this From and this body.
[[nodiscard]] Check<Finding> check_dkim(Inquiry& inquiry, Signature signature, core::Time now);

}  // namespace shield::auth
