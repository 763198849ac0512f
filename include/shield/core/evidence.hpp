// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/digest.hpp>
#include <shield/core/time.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shield::core {

/// What an item of evidence is.
enum class EvidenceKind : std::uint8_t {
    address,     ///< of an SMTP client, or named by a complaint: numeric, canonical
    url,         ///< RFC 3986, no longer defanged
    domain,      ///< A-labels, lower case
    mailbox,     ///< an address of mail
    message_id,  ///< with angle brackets
    subject,     ///< decoded
    file,        ///< the name of an attachment, with its digest; may be empty
    time,        ///< what the sender claims, as it was written
    complaint    ///< what a complaint says it is about: "abuse", "login-attack"
};
inline constexpr std::array evidence_kinds{
    EvidenceKind::address, EvidenceKind::url,        EvidenceKind::domain,
    EvidenceKind::mailbox, EvidenceKind::message_id, EvidenceKind::subject,
    EvidenceKind::file,    EvidenceKind::time,       EvidenceKind::complaint};

/// In what it was found.
enum class EvidencePlace : std::uint8_t {
    message,           ///< the one that came to us
    attached_message,  ///< forwarded as message/rfc822
    attached_header,   ///< forwarded as text/rfc822-headers
    pasted_header,     ///< a header within a text, and the text behind it
    complaint          ///< the fields of an ARF or X-ARF report
};
inline constexpr std::array evidence_places{EvidencePlace::message, EvidencePlace::attached_message,
                                            EvidencePlace::attached_header, EvidencePlace::pasted_header,
                                            EvidencePlace::complaint};

[[nodiscard]] std::string_view to_string(EvidenceKind kind) noexcept;
[[nodiscard]] std::string_view to_string(EvidencePlace place) noexcept;
[[nodiscard]] std::optional<EvidenceKind> parse_evidence_kind(std::string_view text) noexcept;
[[nodiscard]] std::optional<EvidencePlace> parse_evidence_place(std::string_view text) noexcept;

/// A mail, a header or a report that something was found in.
struct EvidenceSource {
    EvidencePlace place{EvidencePlace::message};
    std::uint32_t within{0};  ///< the number of the source around it; of the first, its own
    bool multipart{false};

    friend bool operator==(const EvidenceSource&, const EvidenceSource&) = default;
};

struct EvidenceItem {
    EvidenceKind kind{EvidenceKind::address};
    std::uint32_t source{0};  ///< its place in Evidence::sources
    std::string found_in;     ///< "text", or the name of a field, with the number of a Received: "Received 2"
    std::string value;
    Sha256 sha256{};        ///< of a file
    std::uint64_t size{0};  ///< of a file
    std::optional<Time> at;

    friend bool operator==(const EvidenceItem&, const EvidenceItem&) = default;
};

/// What a victim's message tells of whoever attacks: a value, bounded, in the order of the octets. Nothing of it is
/// proven; a stranger wrote all of it. Nothing was looked up anywhere.
struct Evidence {
    static constexpr std::size_t sources_max = 32;
    static constexpr std::size_t found_in_max = 40;
    static constexpr std::size_t value_max = 2048;
    static constexpr std::size_t octets_max = 131072;  ///< of all values together

    std::vector<EvidenceSource> sources;
    std::vector<EvidenceItem> items;

    friend bool operator==(const Evidence&, const Evidence&) = default;
};

/// Whether an item can be what its kind says, in the form that its kind has, within the bounds of Evidence.
[[nodiscard]] bool is_well_formed(const EvidenceItem& item);

/// A time that a calendar of four digits has, from 1970 on: what RFC 3339 can say.
[[nodiscard]] bool is_plausible(Time time) noexcept;

}  // namespace shield::core
