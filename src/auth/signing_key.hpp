// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/finding.hpp>
#include <shield/auth/signatures.hpp>
#include <shield/core/dns.hpp>
#include <shield/core/time.hpp>

#include <string>

namespace shield::auth {

/// Where the key of a signature is published (RFC 6376 section 3.6.2.1). May be longer than a name can be.
[[nodiscard]] std::string key_name(const Signature& signature);

/// What the signature comes to by what was found there. Of several keys the one that makes it pass, or else the
/// first that is a key at all (RFC 6376 section 6.1.2); at most four are tried.
[[nodiscard]] Finding judge(const Signature& signature, const core::DnsAnswer& answer);

/// Is x= over?
[[nodiscard]] bool has_expired(const Signature& signature, core::Time now) noexcept;

}  // namespace shield::auth
