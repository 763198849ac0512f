// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/network.hpp>
#include <shield/core/time.hpp>

#include <optional>
#include <string_view>

namespace shield::mime {

/// What one Received field (RFC 5321 section 4.4) says of the hop that it records.
struct Hop {
    std::optional<core::IpAddress> client;  ///< as the receiving host saw it, not as the client called itself
    std::optional<core::Time> at;
};

/// In the forms of Postfix, Exim, Sendmail, qmail, Exchange and Gmail. Takes anything; linear. Whoever wrote the
/// field may have lied.
[[nodiscard]] Hop parse_received(std::string_view value);

/// An address as it stands in a field: `[192.0.2.1]`, `[IPv6:2001:db8::1]`, or bare. Mapped ones as the IPv4 that
/// they are.
[[nodiscard]] std::optional<core::IpAddress> parse_written_address(std::string_view text);

}  // namespace shield::mime
