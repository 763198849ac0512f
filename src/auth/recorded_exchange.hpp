// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shown.hpp"

#include <shield/auth/trace.hpp>
#include <shield/core/dns.hpp>

#include <algorithm>
#include <cstdint>

namespace shield::auth {

inline constexpr std::uint64_t mailbox_octets_max = 320;
inline constexpr std::uint64_t recorded_size_max =
    shown_name_octets_max + shown_reason_octets_max +
    recorded_results_max * (shown_name_octets_max + mailbox_octets_max + 10) + 12;

/// As `describe` of the other exchanges: both directions.
template <typename Wire, typename AnyRecorded>
void describe_recorded(Wire& wire, AnyRecorded& recorded)
{
    wire.text("authserv_id", recorded.authserv_id, shown_name_octets_max);
    wire.list("results", recorded.results, recorded_results_max, [&](auto& one) {
        wire.number("method", one.method, static_cast<std::uint64_t>(Method::dmarc), 1);
        wire.number("result", one.result, static_cast<std::uint64_t>(Result::permerror), 1);
        wire.text("domain", one.domain, shown_name_octets_max);
        wire.text("address", one.address, mailbox_octets_max);
    });
    wire.text("text", recorded.text, shown_reason_octets_max);
}

/// Whether domains may be compared and asked for.
inline bool is_sound(const Recorded& recorded)
{
    return std::all_of(recorded.results.begin(), recorded.results.end(), [](const RecordedResult& one) {
        return one.domain.empty() || core::is_dns_name(one.domain);
    });
}

}  // namespace shield::auth
