// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "signature_field.hpp"

namespace shield::auth {

/// Collects the ARC fields into the sets of `signatures`, or says there why they are no chain (RFC 8617 section
/// 5.2, steps 1 to 3).
void read_arc_sets(const std::vector<HeaderField>& fields, const SignatureContext& context, Signatures& signatures);

}  // namespace shield::auth
