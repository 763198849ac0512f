// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/time.hpp>

#include <optional>
#include <string_view>

namespace shield::mime {

/// A date-time as mail has it (RFC 5322 sections 3.3 and 4.3): comments, obsolete years and zones included, a day
/// of the week ignored. Also what is written without a zone, as UTC, and RFC 3339. Nothing when it is no moment
/// from 1970 to 9999.
[[nodiscard]] std::optional<core::Time> parse_mail_date(std::string_view text);

}  // namespace shield::mime
