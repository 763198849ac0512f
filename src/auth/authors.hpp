// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "header_fields.hpp"

#include <shield/auth/signatures.hpp>

namespace shield::auth {

/// Every domain that any reader could take for the author's (RFC 5322 section 3.4, obsolete forms too): what
/// follows an "@" outside of quotes and comments, in routes and names without quotes as well.
[[nodiscard]] Authors read_authors(const std::vector<HeaderField>& fields);

}  // namespace shield::auth
