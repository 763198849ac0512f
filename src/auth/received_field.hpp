// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/trace.hpp>

#include <string_view>

namespace shield::auth {

/// The value of a Received field (RFC 5321 section 4.4, and what Postfix, Sendmail, Exim, qmail, Google and
/// Exchange make of it). What a client called itself is never taken for its address.
[[nodiscard]] Hop read_hop(std::string_view value);

}  // namespace shield::auth
