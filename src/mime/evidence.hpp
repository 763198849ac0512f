// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "defects.hpp"
#include "document.hpp"
#include "readable.hpp"

#include <shield/core/assessment.hpp>
#include <shield/core/limits.hpp>

#include <string_view>

namespace shield::mime {

/// What a message tells of an attack on whoever sent it, from the message itself, mail attached to it, headers
/// pasted into its text and complaints (ARF, X-ARF): client addresses, links, domains, files and times; of what is
/// attached or pasted also senders, subjects and Message-IDs. `text` and `attachments` are what was read of it.
/// Linear; bounded by evidence_max and by constants; a bound that is reached is a defect, and nothing else in
/// attached mail is. Pure.
[[nodiscard]] core::Evidence find_evidence(const Document& document, const Selection& selection,
                                           std::string_view text, const std::vector<core::Attachment>& attachments,
                                           const core::Limits& limits, Defects& defects);

}  // namespace shield::mime
