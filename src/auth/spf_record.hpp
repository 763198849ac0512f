// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/finding.hpp>
#include <shield/core/network.hpp>
#include <shield/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace shield::auth {

/// A longer one is a permerror. RFC 7208 section 3.4 asks for what fits into 512 octets; those of the largest
/// senders have some two thousand.
inline constexpr std::size_t spf_record_octets_max = 8192;

enum class SpfMechanismKind : std::uint8_t { all, include, a, mx, ptr, ip4, ip6, exists };

/// A directive (RFC 7208 section 4.6.1). Refers to the text of its record.
struct SpfMechanism {
    std::string_view text;  ///< as it was published
    SpfMechanismKind kind{SpfMechanismKind::all};
    Result qualifier{Result::pass};
    std::string_view domain_spec;        ///< empty: the domain of the record
    core::Network network;               ///< of ip4 and ip6
    unsigned v4_bits{32}, v6_bits{128};  ///< of a and mx
};

/// A record, read. Refers to its text.
struct SpfRecord {
    std::vector<SpfMechanism> mechanisms;
    std::string_view redirect;  ///< a domain-spec; empty: there is none

    /// The error is a permerror's reason (RFC 7208 section 4.6: a syntax error anywhere).
    [[nodiscard]] static core::result<SpfRecord> parse(std::string_view text);
};

/// Whether a TXT record is one of SPF (RFC 7208 section 4.5).
[[nodiscard]] bool is_spf_record(std::string_view text) noexcept;

}  // namespace shield::auth
