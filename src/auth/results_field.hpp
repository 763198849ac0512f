// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/trace.hpp>

#include <optional>
#include <string_view>

namespace shield::auth {

/// The value of an Authentication-Results (RFC 8601 section 2.2), unfolded; of an ARC-Authentication-Results what
/// stands behind "i=N;". Of the results those of SPF for a reverse-path, of DKIM and of DMARC are kept.
///
/// Nothing when the syntax is wrong, when it says two things of SPF or DMARC, and when a comment has a quotation
/// mark or "\": a sender may have chosen words that a careless host put there, to end the comment and go on.
[[nodiscard]] std::optional<Recorded> parse_results_field(std::string_view value);

}  // namespace shield::auth
