// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evidence.hpp"

#include <string>

namespace shield::triage {

/// The evidence of a case as a STIX 2.1 bundle (OASIS, 10 June 2021): an identity that stands for `hostname`, a
/// grouping for the case, an observed-data for each mail or report that something was found in, and the observables
/// themselves. What is ours is left out, and who sent the messages to us, unless that is `sender_is_attacker`. The
/// same case gives the same octets: all identifiers are UUIDs of version 5, those of observables as section 2.9
/// makes them. Null when nothing is left. Pure.
[[nodiscard]] Json stix_bundle(const store::CaseDetail& detail, const CaseEvidence& evidence,
                               const std::string& hostname, bool sender_is_attacker);

}  // namespace shield::triage
