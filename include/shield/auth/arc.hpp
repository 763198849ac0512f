// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/check.hpp>
#include <shield/auth/finding.hpp>
#include <shield/auth/inquiry.hpp>
#include <shield/auth/signatures.hpp>
#include <shield/core/time.hpp>

#include <string>
#include <vector>

namespace shield::auth {

/// Who sealed one instance, and what it says to have found.
struct ArcSealer {
    std::string domain;   ///< d= of the seal, in A-labels
    std::string results;  ///< its ARC-Authentication-Results behind "i=N;"; anybody can have written it unless the
                          ///< chain passed
    std::string record;   ///< the key record of the seal; empty when it was not asked for

    friend bool operator==(const ArcSealer&, const ArcSealer&) = default;
};

struct ArcFinding {
    Result result{Result::none};  ///< none, pass, fail, or temperror: a key could not be asked for
    std::string reason;
    std::vector<ArcSealer> sealers;  ///< instance 1 first; empty when the fields are no chain

    friend bool operator==(const ArcFinding&, const ArcFinding&) = default;
};

/// Validates the chain (RFC 8617 section 5.2). Asks a question for each key, the newest first, and stops at the
/// first signature that does not hold. Pass says that nothing of the sets was changed since each was added, and
/// nothing of the message since the last; whether to believe a sealer is the caller's to know.
[[nodiscard]] Check<ArcFinding> check_arc(Inquiry& inquiry, Signatures signatures, core::Time now);

}  // namespace shield::auth
