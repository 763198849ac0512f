// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/finding.hpp>
#include <shield/auth/signatures.hpp>

#include <string>
#include <string_view>

namespace shield::auth {

/// What a domain publishes under a selector (RFC 6376 section 3.6.1), or why it is of no use.
struct KeyRecord {
    Result result{Result::none};  ///< none: `key` may be used; otherwise final, for `reason`
    std::string reason;
    SignatureAlgorithm algorithm{SignatureAlgorithm::rsa_sha256};
    std::string key;      ///< p=, decoded
    bool testing{false};  ///< t=y
    bool strict{false};   ///< t=s: i= is at d= itself
};

/// Takes anything; a record of more than 4096 octets is refused.
[[nodiscard]] KeyRecord parse_key_record(std::string_view text);

}  // namespace shield::auth
