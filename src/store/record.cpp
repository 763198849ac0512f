// SPDX-License-Identifier: Apache-2.0
#include "record.hpp"

#include "case_change.hpp"
#include "case_rows.hpp"
#include "events.hpp"
#include "folding.hpp"
#include "granting.hpp"
#include "json.hpp"
#include "placing.hpp"
#include "stages.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <cstring>

namespace shield::store {

namespace {

constexpr std::size_t identifiers_max = 20;  // of one message: its own and the newest it refers to
constexpr std::size_t failure_octets_max = 500;

std::optional<Facts> facts_of(Connection& connection, std::int64_t message_id)
{
    Query row = connection.query(
        "SELECT m.reference, m.case_id, m.kind, m.reverse_path, m.client_address, m.recipients "
        "FROM assessment_work w JOIN messages m ON m.id = w.message_id WHERE w.message_id = ?",
        message_id);
    if (!row.next()) {
        return std::nullopt;
    }
    return Facts{
        message_id, reference_of(row.integer(0)), row.integer(1), parse_kind(row.text(2)), row.text(3), row.text(4),
        row.text(5)};
}

void set_origin(Connection& connection, std::int64_t message_id, const Origin& origin)
{
    connection.run(
        "UPDATE messages SET relay = ?, origin_address = ?, origin_helo = ?, origin_reverse_path = ? WHERE id = ?",
        origin.relay, origin.client_address, origin.helo, origin.reverse_path, message_id);
}

std::int64_t identifier_hash(std::string_view identifier)
{
    const core::Sha256 digest = core::sha256(identifier);
    std::int64_t hash = 0;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
}

void add_identifiers(Connection& connection, std::int64_t message_id, const core::Assessment& assessment)
{
    const auto add = [&](const std::string& identifier) {
        connection.run("INSERT INTO identifiers (hash, message_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                       identifier_hash(identifier), message_id);
    };
    if (!assessment.message_id.empty()) {
        add(assessment.message_id);
    }
    const auto& references = assessment.references;
    const std::size_t first = references.size() > identifiers_max ? references.size() - identifiers_max : 0;
    std::for_each(references.begin() + static_cast<std::ptrdiff_t>(first), references.end(), add);
}

std::optional<std::int64_t> case_to_join(Connection& connection, const Assessed& assessed, const Facts& facts)
{
    if (!assessed.follows || facts.kind != MessageKind::first) {
        return std::nullopt;
    }
    const auto target = case_of(connection, *assessed.follows);
    return target && *target != facts.case_id ? target : std::nullopt;
}

void join_followed(Connection& connection, const Store::Database& database, const Assessed& assessed, Facts& facts,
                   std::int64_t target)
{
    const core::Time now = database.now();
    std::optional<core::result<Change>> decision;
    if (assessed.on_follow_up) {
        // The case as it stands and its first message: with all of a long case's texts, who writes to it again and
        // again would hold up the one thread that writes.
        core::Limits bounds = database.limits();
        bounds.case_messages_max = 1;
        bounds.case_events_max = 1;
        decision = assessed.on_follow_up(read_detail(connection, target, bounds, Texts::short_ones));
    }
    move_messages(connection, facts.case_id, target, now);
    facts.case_id = target;
    facts.kind = MessageKind::follow_up;
    add_event(connection, {target, assessed.message_id, now, ourselves, "follow_up",
                           assessed.automatic ? "automatic" : "person",
                           facts.reference.to_string() + " from " + facts.reverse_path});
    if (!assessed.automatic) {
        bring_back(connection, target, now, ourselves, "a person has written to it again");
    }
    if (!decision) {
        return;
    }
    const auto error = *decision ? apply(connection, target, ourselves, **decision, now) : decision->error();
    if (error) {
        throw std::runtime_error{"joining was refused: " + error->sentence};
    }
}

void add_authentication_work(Connection& connection, const Store::Database& database, const Assessed& assessed,
                             bool decides)
{
    connection.run("INSERT INTO authentication_work (message_id, decides, due_at, signatures) VALUES (?, ?, ?, ?)",
                   assessed.message_id, decides, database.now(), Octets{*assessed.signatures});
}

void add_assessed_event(Connection& connection, const Assessed& assessed, const Facts& facts, core::Time now)
{
    const std::string detail = assessed.assessment
                                   ? std::string{to_string(assessed.assessment->classification.category)}
                                   : "could not be read: " + assessed.failure;
    add_event(connection, {facts.case_id, assessed.message_id, now, ourselves, "assessed",
                           assessed.assessment ? "read" : "unreadable", detail});
}

}  // namespace

Recordable recordable(Assessed assessed)
{
    Recordable item{std::move(assessed), {}};
    if (item.assessed.assessment) {
        item.assessment_json = to_json(*item.assessed.assessment);
        item.assessed.failure.clear();
    } else if (item.assessed.failure.empty()) {
        item.assessed.failure = "no reason was given";
    }
    item.assessed.failure = core::cut_utf8(item.assessed.failure, failure_octets_max);
    return item;
}

RecordResult record_one(Connection& connection, const Store::Database& database, const Recordable& item)
{
    const Assessed& assessed = item.assessed;
    const bool read = assessed.assessment.has_value();
    const core::Time now = database.now();
    RecordResult result;
    auto facts = facts_of(connection, assessed.message_id);
    if (!facts) {
        result.known_before = true;
        return result;
    }
    if (assessed.origin) {
        set_origin(connection, assessed.message_id, *assessed.origin);
        facts->reverse_path = assessed.origin->reverse_path;
        facts->client_address = assessed.origin->client_address;
    }
    connection.run("DELETE FROM assessment_work WHERE message_id = ?", assessed.message_id);
    connection.run(
        "INSERT INTO assessments (message_id, assessed_at, assessment, failure, automatic, indexed) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        assessed.message_id, now, read ? std::optional{item.assessment_json} : std::nullopt, assessed.failure,
        assessed.automatic, !read);
    if (read) {
        add_identifiers(connection, assessed.message_id, *assessed.assessment);
    }
    if (const auto target = case_to_join(connection, assessed, *facts)) {
        join_followed(connection, database, assessed, *facts, *target);
    }
    add_assessed_event(connection, assessed, *facts, now);
    const Acknowledgement decided = decide_acknowledgement(connection, assessed.acknowledge, *facts, now);
    const bool pending = decided.state == core::AcknowledgementState::pending;
    if (assessed.signatures) {
        add_authentication_work(connection, database, assessed, pending);
    } else if (pending) {
        throw std::runtime_error{"an acknowledgement waits for an authentication that is not to be"};
    }
    place_case(connection, assessed, *facts, decided.state, database.limits(), now);
    if (read && facts->kind == MessageKind::first) {
        connection.run("INSERT INTO gathering_work (message_id) VALUES (?)", assessed.message_id);
    }
    result.mail_queued = decided.state == core::AcknowledgementState::queued;
    if (assessed.signatures) {
        result.to_authenticate = to_authenticate(assessed.message_id, facts->client_address, pending);
    }
    return result;
}

bool record_unreadable(Connection& connection, const Store::Database& database, std::int64_t message_id,
                       const std::string& failure)
{
    Assessed assessed;
    assessed.message_id = message_id;
    assessed.failure = failure;
    return !record_one(connection, database, recordable(std::move(assessed))).known_before;
}

}  // namespace shield::store
