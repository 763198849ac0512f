// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/finding.hpp>
#include <shield/core/digest.hpp>
#include <shield/core/limits.hpp>
#include <shield/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the hosts that a message passed wrote into its header, small values again: read where nothing can be
/// reached, used where it is known which of those hosts are ours. Anybody can have written any of it.
namespace shield::auth {

enum class Method : std::uint8_t { spf, dkim, dmarc };

/// One result of RFC 8601.
struct RecordedResult {
    Method method{Method::spf};
    Result result{Result::none};
    std::string domain;   ///< in A-labels: of smtp.mailfrom, of header.d or header.i, of header.from; may be empty
    std::string address;  ///< of SPF: smtp.mailfrom, when it is a whole address

    friend bool operator==(const RecordedResult&, const RecordedResult&) = default;
};

/// An Authentication-Results, or what an ARC-Authentication-Results holds.
struct Recorded {
    std::string authserv_id;  ///< lower case
    std::vector<RecordedResult> results;
    std::string text;  ///< as it is shown: printable, at most 1000 octets

    friend bool operator==(const Recorded&, const Recorded&) = default;
};

/// A Received field.
struct Hop {
    bool readable{false};
    bool names_client{false};  ///< it has a from clause
    /// Every IP address in that clause, in canonical form: the client's first, then what it called itself. Empty in
    /// one that is read from a client: it names only a host.
    std::vector<std::string> addresses;
    std::string helo;  ///< printable, at most 255 octets

    friend bool operator==(const Hop&, const Hop&) = default;
};

struct TraceField {
    enum class Kind : std::uint8_t { received, results, return_path };
    Kind kind{Kind::received};
    Hop hop;              ///< of received
    Recorded recorded;    ///< of results; without authserv_id when it cannot be read in one way
    std::string address;  ///< of return_path, and what is said in its place: without brackets, empty for none

    friend bool operator==(const TraceField&, const TraceField&) = default;
};

/// A field that says a list sent it.
struct ListField {
    std::string name;   ///< lower case
    std::string value;  ///< lower case, at most 500 octets

    friend bool operator==(const ListField&, const ListField&) = default;
};

struct Trace {
    std::vector<TraceField> fields;      ///< the topmost first, at most `trace_fields_max`
    std::vector<ListField> list_fields;  ///< List-*, Mailing-List and Precedence, at most `list_fields_max`
    bool list_fields_left_out{false};
    std::vector<core::Sha256> marks;  ///< of every X- field: mark_of() its name and value
    std::optional<Recorded> sealed;   ///< by the newest ARC set
    std::string original_sender;      ///< X-Original-Sender, wherever it stands; empty when there are several
    bool defective{false};            ///< other programs may see other fields

    friend bool operator==(const Trace&, const Trace&) = default;
};

inline constexpr std::size_t trace_fields_max = 64;
inline constexpr std::size_t list_fields_max = 32;
inline constexpr std::size_t recorded_results_max = 16;
inline constexpr std::size_t hop_addresses_max = 4;

/// Reads a message as it is stored. Takes anything; linear in its header, of which header_block_max and
/// header_fields_max are read.
[[nodiscard]] Trace read_trace(std::string_view octets, const core::Limits& limits);

/// By which a field that holds a secret is known, so that the secret need not be told to whoever reads. Case and
/// outer blanks do not matter in the name, outer blanks in the value.
[[nodiscard]] core::Sha256 mark_of(std::string_view name, std::string_view value);

/// The same as octets, from the process that reads hostile ones: every count, size and text is checked.
[[nodiscard]] std::string to_octets(const Trace& trace);
[[nodiscard]] std::uint64_t trace_size_max(const core::Limits& limits) noexcept;
[[nodiscard]] core::result<Trace> trace_in(std::string_view octets, const core::Limits& limits);

}  // namespace shield::auth
