// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shield::mime {

/// The addresses of a field such as From or To (RFC 5322 section 3.4): display names, comments and groups left out,
/// obsolete routes and blanks removed, domains in lower case, encoded only where the address is. What cannot be an
/// address is left out. Takes anything; linear; at most `addresses_max`.
[[nodiscard]] std::vector<std::string> parse_addresses(std::string_view value, std::size_t addresses_max);

}  // namespace shield::mime
