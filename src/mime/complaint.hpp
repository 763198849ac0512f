// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "document.hpp"

#include <shield/core/evidence.hpp>

#include <string_view>
#include <vector>

namespace shield::mime {

/// Whether a part is the machine-readable half of a complaint: message/feedback-report (RFC 5965 section 3), or the
/// report.txt or xarf.json of X-ARF in a message that says it is one.
[[nodiscard]] bool is_complaint(const Part& part, const Part& message);

/// What such a part says of who is complained about, from its decoded content: fields of RFC 5965 and its
/// extensions (RFC 6591, 6692), X-ARF 0.1 and 0.2 as "Name: value" lines of YAML, later X-ARF as JSON. Nothing of
/// the victim and of who complains. `found_in` is the field's name; the source is for the caller to fill in. Takes
/// anything; linear; at most 200 fields of it are looked at.
[[nodiscard]] std::vector<core::EvidenceItem> read_complaint(std::string_view content);

}  // namespace shield::mime
