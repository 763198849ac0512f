// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/digest.hpp>
#include <shield/core/evidence.hpp>
#include <shield/core/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace shield::core {

enum class Encryption : std::uint8_t { none, pgp_mime, pgp_inline, smime };
[[nodiscard]] std::string_view to_string(Encryption value) noexcept;

/// A part that is not the readable text. Numbered from 1 in the order of the message.
struct Attachment {
    std::string name;           ///< decoded; empty when there was none. Never a path to be trusted
    std::string declared_type;  ///< lower case, "application/octet-stream" when missing
    std::string sniffed_type;   ///< from the first octets; empty when nothing is recognised
    std::uint64_t size{0};      ///< decoded octets
    Sha256 sha256{};            ///< of the decoded octets
    bool embedded_message{false};

    friend bool operator==(const Attachment&, const Attachment&) = default;
};

/// The fields by which machines say that they are machines (RFC 3834, RFC 2919, RFC 2369, RFC 3464, RFC 5965 and
/// practice). Values are trimmed, lower case and at most 200 octets; empty means absent.
struct MachineMarks {
    std::string auto_submitted;
    std::string precedence;
    std::string list_field;  ///< the name of the first List-* or Mailing-List field met
    std::string auto_response_suppress;
    std::string autoreply_field;  ///< the name of the most telling field met of those that machine_fields.hpp knows
    std::string content_type;     ///< the top level media type
    std::string report_type;      ///< of multipart/report
    std::string calendar_method;  ///< of text/calendar anywhere
    std::string loop;             ///< X-Loop and our own loop field

    friend bool operator==(const MachineMarks&, const MachineMarks&) = default;
};

/// One thing that moved the category, in the reader's words.
struct Reason {
    std::string sentence;  ///< "says 'someone changed my password'"
    Category towards{Category::support};
    double weight{0};  ///< in log-odds; larger moves more. Never negative

    friend bool operator==(const Reason&, const Reason&) = default;
};

struct Classification {
    Category category{Category::support};
    std::array<double, 3> probabilities{};  ///< indexed by Category, sum 1
    std::vector<Reason> reasons;            ///< strongest first
    std::vector<std::string> flags;         ///< "spam", "beg_bounty", "legal", "press"

    friend bool operator==(const Classification&, const Classification&) = default;
};

/// What the octets of one message tell. Everything in it can be recomputed from the stored message (invariant 2).
/// All text is UTF-8 and bounded; it is hostile until shown through printable_line().
struct Assessment {
    std::vector<std::string> from;       ///< addresses in From, lower-case domains
    std::string from_shown;              ///< the decoded From field
    std::string reply_to;                ///< first address
    std::vector<std::string> to_and_cc;  ///< addresses in To, Cc and their Resent- forms
    std::string subject;
    std::string message_id;               ///< with angle brackets, only when well-formed and <= 250 characters
    std::vector<std::string> references;  ///< In-Reply-To then References, with angle brackets
    std::string date;                     ///< the Date field as written: what the sender claims
    std::string text;                     ///< readable text
    bool text_cut{false};
    std::string language{"en"};  ///< two letters: in which language a reply would be read
    Encryption encryption{Encryption::none};
    std::vector<Attachment> attachments;
    std::vector<std::string> defects;  ///< what is wrong with the message, one sentence each
    MachineMarks machine;
    Classification classification;
    Evidence evidence;  ///< of an attack, whoever is its victim

    friend bool operator==(const Assessment&, const Assessment&) = default;
};

}  // namespace shield::core
