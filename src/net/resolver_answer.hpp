// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/dns.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// From what a resolver says to values, and back. Pure.
namespace shield::net {

/// A question's name as a zone file has it: an octet that could mean anything else is written \DDD (RFC 1035
/// section 5.1).
[[nodiscard]] std::string escaped_dns_name(std::string_view name);

/// One record, out of its RDATA as the wire has it but with its names whole. Nothing when that is not what the type
/// says, or its name is none (core::is_dns_name). The exchange of a null MX (RFC 7505) is empty.
[[nodiscard]] std::optional<core::DnsRecord> record_of(core::DnsType type, std::string_view rdata);

/// What a resolver says of one question.
struct DnsReply {
    unsigned code{0};  ///< RCODE (RFC 1035 section 4.1.1)
    bool no_name{false};
    bool secure{false};
    bool bogus{false};
    std::string why_bogus;
    std::vector<std::string> records;  ///< RDATA each
};

/// Keeps at most `records_max`; those that are malformed are left out, and when there is no other, it failed.
/// `validated`: signatures were looked at.
[[nodiscard]] core::DnsAnswer answer_of(core::DnsType type, const DnsReply& reply, bool validated,
                                        std::size_t records_max);

[[nodiscard]] core::DnsAnswer failed_answer(std::string why);

}  // namespace shield::net
