// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Questions to the DNS and its answers, as values: who asks has no socket, who has the sockets knows no mail.
namespace shield::core {

/// By their numbers (RFC 1035 section 3.2.2, RFC 3596 section 2.1).
enum class DnsType : std::uint16_t { a = 1, ptr = 12, mx = 15, txt = 16, aaaa = 28 };
[[nodiscard]] std::string_view to_string(DnsType type) noexcept;  ///< "TXT"

struct DnsQuestion {
    std::string
        name;  ///< lower case, internationalised labels as A-labels (RFC 5890), no final dot; see is_dns_name()
    DnsType type{DnsType::txt};

    friend auto operator<=>(const DnsQuestion&, const DnsQuestion&) = default;
};

enum class DnsOutcome : std::uint8_t {
    records,  ///< at least one of the type
    no_data,  ///< the name is there, and nothing of the type
    no_name,  ///< NXDOMAIN
    failed    ///< no answer that could be used: may be another one later
};

/// What DNSSEC says of an answer (RFC 4035 section 4.3). A bogus one is `failed` and has no records.
enum class Dnssec : std::uint8_t { unchecked, insecure, secure, bogus };
[[nodiscard]] std::string_view to_string(Dnssec value) noexcept;

struct DnsRecord {
    std::string value;  ///< a, aaaa: a numeric address; mx, ptr: a name like a question's, or empty for the root (a
                        ///< null MX, RFC 7505); txt: its strings, joined, of any octets
    std::uint16_t preference{0};  ///< of an mx

    friend bool operator==(const DnsRecord&, const DnsRecord&) = default;
};

struct DnsAnswer {
    DnsOutcome outcome{DnsOutcome::failed};
    Dnssec dnssec{Dnssec::unchecked};
    std::vector<DnsRecord> records;  ///< at most dns_records_max are kept, in the order given
    std::string failure;             ///< why, when it failed: "SERVFAIL", "no answer in time"

    friend bool operator==(const DnsAnswer&, const DnsAnswer&) = default;
};

/// Could the name be asked for: at most 253 octets, labels of 1 to 63 octets (RFC 1035 section 2.3.4), no final
/// dot. A label may hold any octet but a dot, NUL and a capital letter: SPF macros make such names.
[[nodiscard]] bool is_dns_name(std::string_view name) noexcept;

}  // namespace shield::core
