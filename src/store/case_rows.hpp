// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"
#include "json.hpp"

#include <shield/core/limits.hpp>
#include <shield/store/cases.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Rows as values. Everything read is checked; a value that makes no sense is Damaged.
namespace shield::store {

/// Begins every statement that read_case() reads from; `c` is the case, `m` its first message.
inline constexpr std::string_view select_case =
    "SELECT c.id, m.reference, c.category, c.state, c.code, c.duplicate_of, c.mailbox, c.sender, c.subject, "
    "c.received_at, c.updated_at, c.due_at, c.answered_at, c.assignee, c.message_count, c.flags, "
    "m.acknowledgement, "
    "m.acknowledgement_reason, m.acknowledgement_sent_at, "
    "iif(c.campaign = c.id, (SELECT count(*) FROM cases o WHERE o.campaign = c.id), 0) "
    "FROM cases c LEFT JOIN messages m ON m.id = c.id ";
inline constexpr int select_case_columns = 20;

[[nodiscard]] Case read_case(const Query& row);

/// For lists: a damaged row is shown as far as it goes, flagged "damaged", and hides no other.
[[nodiscard]] Case read_case_or_mark(const Query& row);

[[nodiscard]] MessageKind parse_kind(std::string_view text);
[[nodiscard]] std::string_view to_string(MessageKind kind) noexcept;
[[nodiscard]] core::Reference reference_of(std::int64_t bits);

/// The ids of the messages of case ?1: its first, and those that an index finds.
inline constexpr std::string_view messages_of_case =
    "SELECT id FROM messages WHERE id = ?1 AND case_id = ?1 UNION ALL "
    "SELECT id FROM messages WHERE case_id = ?1 AND case_id != id";

/// The columns of an envelope, from `first` on, in the order of select_envelope.
inline constexpr std::string_view select_envelope =
    "m.client_address, m.client_port, m.helo, m.protocol, m.tls, m.reverse_path, m.smtputf8, m.eight_bit, "
    "m.recipients, m.received_at, m.relay, m.origin_address, m.origin_helo, m.origin_reverse_path";
/// The sender's, whether a relay of ours handed the message on or not.
inline constexpr std::string_view select_sender =
    "coalesce(m.origin_reverse_path, m.reverse_path), coalesce(m.origin_address, m.client_address)";
[[nodiscard]] core::Envelope read_envelope(const Query& row, int first);

/// The case that a message belongs to now.
[[nodiscard]] std::optional<std::int64_t> case_of(Connection& connection, core::Reference reference);

/// A hundred long texts are for people; to read them would hold up the one thread that writes.
enum class Texts { all, short_ones };

/// All of a case but what it is similar to; messages and events bounded by case_messages_max and case_events_max.
/// Throws Unavailable (corrupt) when a row is damaged.
[[nodiscard]] CaseDetail read_detail(Connection& connection, std::int64_t case_id, const core::Limits& limits,
                                     Texts texts);

/// Cases that share a Message-ID with this one.
[[nodiscard]] std::vector<core::Reference> read_similar(Connection& connection, std::int64_t case_id,
                                                        const core::Limits& limits);

/// All octets of a message in order; nothing when they are not as many as `size`.
[[nodiscard]] std::optional<std::string> read_octets(Connection& connection, std::int64_t message_id,
                                                     std::uint64_t size);

}  // namespace shield::store
