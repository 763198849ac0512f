// SPDX-License-Identifier: Apache-2.0
#include "case_rows.hpp"

#include "references.hpp"

#include <shield/store/store.hpp>

#include <algorithm>
#include <set>

namespace shield::store {

namespace {

constexpr std::int64_t hashes_looked_at = 64;
constexpr std::int64_t messages_looked_at = 256;

template <typename T>
T known(const std::optional<T>& value, const char* what)
{
    if (!value) {
        throw Damaged{std::string{what} + " is not a known word"};
    }
    return *value;
}

core::Sha256 digest_of(const std::string& octets)
{
    core::Sha256 digest{};
    if (octets.size() != digest.size()) {
        throw Damaged{"a digest has a wrong length"};
    }
    std::copy(octets.begin(), octets.end(), reinterpret_cast<char*>(digest.data()));
    return digest;
}

Acknowledgement read_acknowledgement(const Query& row, int first)
{
    return {known(core::parse_acknowledgement_state(row.text(first)), "the state of an acknowledgement"),
            row.text(first + 1), row.maybe_time(first + 2)};
}

std::string select_messages(std::string_view assessment)
{
    return "SELECT m.reference, m.kind, m.size, m.sha256, m.acknowledgement, m.acknowledgement_reason, "
           "m.acknowledgement_sent_at, a.automatic, v.verdict, " +
           std::string{assessment} + ", " + std::string{select_envelope} +
           " FROM messages m LEFT JOIN assessments a ON a.message_id = m.id LEFT JOIN authentications v ON "
           "v.message_id = "
           "m.id WHERE m.case_id = ?1 AND m.id IN "
           "(SELECT ?1 UNION SELECT id FROM (SELECT id FROM messages WHERE case_id = ?1 AND case_id != id "
           "ORDER BY id DESC LIMIT ?2)) ORDER BY m.id";
}

std::vector<Message> read_messages(Connection& connection, std::int64_t case_id, const core::Limits& limits,
                                   Texts texts)
{
    static const std::string whole = select_messages("a.assessment");
    static const std::string without_long_texts =
        select_messages("iif(length(a.assessment) > 16384, json_set(a.assessment, '$.text', ''), a.assessment)");
    std::vector<Message> messages;
    Query row =
        connection.query(texts == Texts::all ? whole : without_long_texts, case_id, limits.case_messages_max - 1);
    while (row.next()) {
        Message message;
        message.reference = reference_of(row.integer(0));
        message.kind = parse_kind(row.text(1));
        message.size = row.natural(2);
        message.sha256 = digest_of(row.text(3));
        message.acknowledgement = read_acknowledgement(row, 4);
        if (!row.is_null(7)) {
            message.automatic = row.flag(7);
        }
        if (!row.is_null(8)) {
            message.verdict = verdict_from_json(row.text(8));
        }
        if (!row.is_null(9)) {
            message.assessment = assessment_from_json(row.text(9));
        }
        message.envelope = read_envelope(row, 10);
        messages.push_back(std::move(message));
    }
    return messages;
}

std::vector<DeliveryAttempt> read_attempts(Connection& connection, std::int64_t outbox_id)
{
    std::vector<DeliveryAttempt> attempts;
    Query row = connection.query(
        "SELECT started_at, committing_at, ended_at, outcome, reply FROM attempts WHERE outbox_id = ? ORDER BY id",
        outbox_id);
    while (row.next()) {
        attempts.push_back({row.time(0), row.maybe_time(1), row.maybe_time(2), row.text(3), row.text(4)});
    }
    return attempts;
}

std::vector<Outgoing> read_outgoing(Connection& connection, std::int64_t case_id, const core::Limits& limits)
{
    static const std::string sql =
        "SELECT o.id, o.automatic, o.recipient, o.mail_message_id, o.state, o.text, o.who, o.created_at FROM (" +
        std::string{messages_of_case} + ") m JOIN outbox o ON o.message_id = m.id ORDER BY o.id DESC LIMIT ?2";
    std::vector<Outgoing> all;
    {
        Query row = connection.query(sql, case_id, limits.case_messages_max);
        while (row.next()) {
            all.push_back({row.integer(0),
                           row.flag(1),
                           row.text(2),
                           row.text(3),
                           row.text(4),
                           row.text(5),
                           row.text(6),
                           row.time(7),
                           {}});
        }
    }
    std::reverse(all.begin(), all.end());
    for (Outgoing& outgoing : all) {
        outgoing.attempts = read_attempts(connection, outgoing.id);
    }
    return all;
}

std::vector<Event> read_events(Connection& connection, std::int64_t case_id, const core::Limits& limits)
{
    std::vector<Event> events;
    Query row = connection.query(
        "SELECT at, who, kind, CASE WHEN kind = 'acknowledgement' THEN word || iif(detail = '', '', ': ') || "
        "detail ELSE detail "
        "END FROM events WHERE case_id IN (SELECT ?1 UNION ALL SELECT id FROM cases WHERE "
        "joined_into = ?1) ORDER BY id DESC LIMIT ?2",
        case_id, limits.case_events_max);
    while (row.next()) {
        events.push_back({row.time(0), row.text(1), row.text(2), row.text(3)});
    }
    std::reverse(events.begin(), events.end());
    return events;
}

}  // namespace

MessageKind parse_kind(std::string_view text)
{
    for (const MessageKind kind : {MessageKind::first, MessageKind::follow_up, MessageKind::repeat}) {
        if (text == to_string(kind)) {
            return kind;
        }
    }
    throw Damaged{"the kind of a message is not a known word"};
}

std::string_view to_string(MessageKind kind) noexcept
{
    switch (kind) {
        case MessageKind::first:
            return "first";
        case MessageKind::follow_up:
            return "follow_up";
        case MessageKind::repeat:
            return "repeat";
    }
    return "first";
}

core::Reference reference_of(std::int64_t bits)
{
    if (bits < 0 || static_cast<std::uint64_t>(bits) >= core::Reference::values) {
        throw Damaged{"a reference has more than 40 bits"};
    }
    return core::Reference::from_bits(static_cast<std::uint64_t>(bits));
}

Case read_case(const Query& row)
{
    Case found;
    found.id = row.integer(0);
    found.reference = reference_of(row.integer(1));
    found.category = known(core::parse_category(row.text(2)), "the category");
    found.state = known(core::parse_state(row.text(3)), "the state");
    if (!row.is_null(4)) {
        found.code = known(core::parse_closing_code(row.text(4)), "the closing code");
    }
    if (!row.is_null(5)) {
        found.duplicate_of = reference_of(row.integer(5));
    }
    found.mailbox = row.text(6);
    found.from = row.text(7);
    found.subject = row.text(8);
    found.received_at = row.time(9);
    found.updated_at = row.time(10);
    found.due_at = row.maybe_time(11);
    found.answered_at = row.maybe_time(12);
    found.assignee = row.text(13);
    found.messages = row.natural(14);
    found.flags = words_from_json(row.text(15));
    if (row.is_null(16)) {
        throw Damaged{"its first message is missing"};
    }
    found.acknowledgement = read_acknowledgement(row, 16);
    found.campaign_cases = row.natural(19);
    return found;
}

Case read_case_or_mark(const Query& row)
{
    try {
        return read_case(row);
    } catch (const Damaged& damage) {
        Case marked;
        marked.id = row.integer(0);
        marked.reference = core::Reference::from_bits(row.natural(1));
        marked.category = core::parse_category(row.text(2)).value_or(core::Category::attack);
        marked.state = core::parse_state(row.text(3)).value_or(core::State::fresh);
        marked.mailbox = row.text(6);
        marked.from = row.text(7);
        marked.subject = "(damaged in the database: " + std::string{damage.what()} + ")";
        marked.received_at = row.time(9);
        marked.flags = {"damaged"};
        return marked;
    }
}

core::Envelope read_envelope(const Query& row, int first)
{
    core::Envelope envelope;
    envelope.client_address = row.text(first);
    envelope.client_port = static_cast<std::uint16_t>(row.natural(first + 1));
    envelope.helo = row.text(first + 2);
    envelope.protocol = row.text(first + 3);
    envelope.tls = row.text(first + 4);
    envelope.reverse_path = row.text(first + 5);
    envelope.smtputf8 = row.flag(first + 6);
    envelope.eight_bit = row.flag(first + 7);
    envelope.recipients = recipients_from_json(row.text(first + 8));
    envelope.received_at = row.time(first + 9);
    if (!row.is_null(first + 10)) {
        envelope.by_relay = {row.text(first + 10), std::exchange(envelope.client_address, row.text(first + 11)),
                             std::exchange(envelope.helo, row.text(first + 12)),
                             std::exchange(envelope.reverse_path, row.text(first + 13))};
    }
    if (envelope.recipients.empty()) {
        throw Damaged{"an envelope has no recipient"};
    }
    return envelope;
}

std::optional<std::int64_t> case_of(Connection& connection, core::Reference reference)
{
    const auto message_id = message_of(connection, reference);
    return message_id ? std::optional{connection.number("SELECT case_id FROM messages WHERE id = ?", *message_id)}
                      : std::nullopt;
}

CaseDetail read_detail(Connection& connection, std::int64_t case_id, const core::Limits& limits, Texts texts)
{
    static const std::string sql = std::string{select_case} + "WHERE c.id = ?";
    std::string name = "case " + std::to_string(case_id);
    try {
        CaseDetail detail;
        {
            Query row = connection.query(sql, case_id);
            if (!row.next()) {
                throw Damaged{"it has messages but no row"};
            }
            name = reference_of(row.integer(1)).to_string();
            detail.summary = read_case(row);
        }
        detail.messages = read_messages(connection, case_id, limits, texts);
        detail.outgoing = read_outgoing(connection, case_id, limits);
        detail.events = read_events(connection, case_id, limits);
        return detail;
    } catch (const Damaged& damage) {
        throw Unavailable{Unavailable::Kind::corrupt,
                          name + " is damaged in the database: " + damage.what() + ". Restore a backup."};
    }
}

std::vector<core::Reference> read_similar(Connection& connection, std::int64_t case_id, const core::Limits& limits)
{
    static const std::string sql =
        "SELECT DISTINCT i.hash FROM (SELECT id FROM (" + std::string{messages_of_case} +
        ") ORDER BY id DESC LIMIT ?2) m JOIN identifiers i ON i.message_id = m.id LIMIT ?2";
    std::vector<std::int64_t> hashes;
    {
        Query row = connection.query(sql, case_id, hashes_looked_at);
        while (row.next()) {
            hashes.push_back(row.integer(0));
        }
    }
    std::set<core::Reference> similar;
    {
        Query row = connection.query(
            "SELECT f.reference FROM cases c JOIN messages m ON m.id = c.resembles JOIN messages f ON f.id = "
            "m.case_id "
            "WHERE c.id = ?1 AND m.case_id != ?1",
            case_id);
        if (row.next()) {
            similar.insert(reference_of(row.integer(0)));
        }
    }
    for (const std::int64_t hash : hashes) {
        Query row = connection.query(
            "SELECT DISTINCT f.reference FROM (SELECT message_id FROM identifiers WHERE hash = ? ORDER BY "
            "message_id DESC LIMIT ?) i JOIN messages m ON m.id = i.message_id JOIN messages f ON f.id = m.case_id "
            "WHERE m.case_id != ?",
            hash, messages_looked_at, case_id);
        while (similar.size() < limits.similar_max && row.next()) {
            similar.insert(core::Reference::from_bits(row.natural(0)));
        }
    }
    return {similar.begin(), similar.end()};
}

std::optional<std::string> read_octets(Connection& connection, std::int64_t message_id, std::uint64_t size)
{
    std::string octets;
    octets.reserve(std::min<std::uint64_t>(size, 64 << 20));
    Query row = connection.query("SELECT octets FROM octets WHERE id BETWEEN ? AND ? ORDER BY id", message_id << 16,
                                 (message_id << 16) | 0xffff);
    while (row.next()) {
        octets += row.text(0);
    }
    return octets.size() == size ? std::optional{std::move(octets)} : std::nullopt;
}

}  // namespace shield::store
