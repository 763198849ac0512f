// SPDX-License-Identifier: Apache-2.0
#include "record.hpp"

#include "case_change.hpp"
#include "case_rows.hpp"
#include "events.hpp"
#include "json.hpp"
#include "outgoing.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <cstring>

namespace shield::store {

namespace {

constexpr std::size_t identifiers_max = 20;  // of one message: its own and the newest it refers to
constexpr std::size_t flag_octets_max = 64;
constexpr std::size_t failure_octets_max = 500;

/// The message that was assessed.
struct Facts {
    core::Reference reference{core::Reference::from_bits(0)};
    std::int64_t case_id{0};
    MessageKind kind{MessageKind::first};
    std::string reverse_path, client_address, recipients;
};

std::optional<Facts> facts_of(Connection& connection, std::int64_t message_id)
{
    Query row = connection.query(
        "SELECT m.reference, m.case_id, m.kind, m.reverse_path, m.client_address, m.recipients "
        "FROM assessment_work w JOIN messages m ON m.id = w.message_id WHERE w.message_id = ?",
        message_id);
    if (!row.next()) {
        return std::nullopt;
    }
    return Facts{reference_of(row.integer(0)),
                 row.integer(1),
                 parse_kind(row.text(2)),
                 row.text(3),
                 row.text(4),
                 row.text(5)};
}

/// What an assessment may change about a case beside its description.
struct Standing {
    core::Category category{core::Category::support};
    bool by_machine{true};
    std::optional<core::Time> due_at;
    bool folded{false}, unreadable{false};
    std::string flags;  // JSON

    friend bool operator==(const Standing&, const Standing&) = default;
};

Standing standing_of(Connection& connection, std::int64_t case_id)
{
    Query row = connection.query(
        "SELECT category, category_by = 'machine', due_at, folded, unreadable, flags FROM cases WHERE id = ?",
        case_id);
    const auto category = row.next() ? core::parse_category(row.text(0)) : std::nullopt;
    if (!category) {
        throw Damaged{"its case has no category"};
    }
    return {*category, row.flag(1), row.maybe_time(2), row.flag(3), row.flag(4), row.text(5)};
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

// What the message adds to the flags of its case; only the first message says what a case is about.
std::vector<std::string> flags_of(const Assessed& assessed, MessageKind kind)
{
    if (!assessed.assessment) {
        return {"unreadable"};
    }
    std::vector<std::string> flags;
    if (kind == MessageKind::first) {
        flags = assessed.assessment->classification.flags;
    }
    if (assessed.assessment->encryption != core::Encryption::none) {
        flags.emplace_back("encrypted");
    }
    return flags;
}

void add_flags(std::string& json, const std::vector<std::string>& added, std::uint64_t flags_max)
{
    if (added.empty()) {
        return;
    }
    std::vector<std::string> flags = words_from_json(json);
    for (const std::string& flag : added) {
        const std::string cut{core::cut_utf8(flag, flag_octets_max)};
        if (flags.size() < flags_max && std::find(flags.begin(), flags.end(), cut) == flags.end()) {
            flags.push_back(cut);
        }
    }
    json = to_json(flags);
}

// Where the message began, before a repeat to a more pressing mailbox could raise its case.
core::Category provisional_category(const Facts& facts)
{
    core::Envelope envelope;
    envelope.recipients = recipients_from_json(facts.recipients);
    if (envelope.recipients.empty()) {
        throw Damaged{"an envelope has no recipient"};
    }
    return core::most_pressing(envelope).category;
}

// A person who was faster than the assessment is right, and a clock that a person stopped stays so. What a repeat
// to another mailbox has raised meanwhile is not lowered: this assessment knows nothing of that one (invariant 8).
void place(Standing& standing, const Assessed& assessed, const Facts& facts)
{
    const core::Category category = assessed.assessment->classification.category;
    const auto& flags = assessed.assessment->classification.flags;
    standing.folded = std::find(flags.begin(), flags.end(), "spam") != flags.end();
    // Sorted without its mailbox, because a token names a case that is not here: this can only raise.
    const bool may_lower = !assessed.follows && standing.category == provisional_category(facts);
    if (standing.by_machine && (may_lower || category < standing.category)) {
        standing.category = category;
        standing.due_at = standing.due_at && assessed.due_at ? assessed.due_at : standing.due_at;
    }
}

// A follow-up can make a case more pressing, never less; a machine's only adds (invariants 8 and 10).
void raise(Standing& standing, const Assessed& assessed)
{
    if (assessed.automatic || !assessed.assessment) {
        return;
    }
    const core::Category category = assessed.assessment->classification.category;
    if (standing.by_machine && category < standing.category) {
        standing.category = category;
        standing.due_at =
            standing.due_at && assessed.due_at ? std::min(*standing.due_at, *assessed.due_at) : standing.due_at;
    }
}

void describe_case(Connection& connection, const Assessed& assessed, const Facts& facts, const core::Limits& limits)
{
    const core::Assessment& assessment = *assessed.assessment;
    const std::string from = !assessment.from_shown.empty() ? assessment.from_shown
                             : !assessment.from.empty()     ? assessment.from.front()
                                                            : facts.reverse_path;
    connection.run("UPDATE cases SET sender = ?, subject = ? WHERE id = ?",
                   core::cut_utf8(from, limits.case_line_max),
                   core::cut_utf8(assessment.subject, limits.case_line_max), facts.case_id);
}

void change_case(Connection& connection, const Assessed& assessed, const Facts& facts, const core::Limits& limits,
                 core::Time now)
{
    const Standing before = standing_of(connection, facts.case_id);
    Standing standing = before;
    if (facts.kind == MessageKind::first && assessed.assessment) {
        place(standing, assessed, facts);
        describe_case(connection, assessed, facts, limits);
    } else if (facts.kind == MessageKind::follow_up) {
        raise(standing, assessed);
    }
    add_flags(standing.flags, flags_of(assessed, facts.kind), limits.case_flags_max);
    standing.unreadable = standing.unreadable || !assessed.assessment;
    if (standing == before) {  // and so for most: what the queue is ordered by stays untouched
        connection.run("UPDATE cases SET updated_at = ? WHERE id = ?", now, facts.case_id);
        return;
    }
    connection.run(
        "UPDATE cases SET category = ?, due_at = ?, folded = ?, unreadable = ?, flags = ?, updated_at = ? WHERE id "
        "= ?",
        standing.category, standing.due_at, standing.folded, standing.unreadable, standing.flags, now,
        facts.case_id);
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
        decision = assessed.on_follow_up(read_detail(connection, target, bounds));
    }
    move_messages(connection, facts.case_id, target, now);
    facts.case_id = target;
    facts.kind = MessageKind::follow_up;
    add_event(connection, {target, assessed.message_id, now, ourselves, "follow_up",
                           assessed.automatic ? "automatic" : "person",
                           facts.reference.to_string() + " from " + facts.reverse_path});
    if (!decision) {
        return;
    }
    const auto error = *decision ? apply(connection, target, ourselves, **decision, now) : decision->error();
    if (error) {
        throw std::runtime_error{"joining was refused: " + error->sentence};
    }
}

void decide_acknowledgement(Connection& connection, const Store::Database& database, const Assessed& assessed,
                            const Facts& facts)
{
    const core::Time now = database.now();
    const GrantKeys keys = grant_keys(facts.reverse_path, facts.client_address);
    Assessed::Grant grant{{core::AcknowledgementState::held, "could not be read", std::nullopt}, std::nullopt};
    if (assessed.acknowledge) {
        grant = assessed.acknowledge([&] { return granted_before(connection, keys, now); },
                                     facts.kind == MessageKind::follow_up);
    }
    Acknowledgement& decided = grant.acknowledgement;
    if (decided.state == core::AcknowledgementState::queued && facts.kind == MessageKind::repeat) {
        decided = {core::AcknowledgementState::suppressed, "the same message came before", std::nullopt};
    }
    if (decided.state == core::AcknowledgementState::queued) {
        if (!grant.reply) {
            throw std::runtime_error{"an acknowledgement was granted without a reply"};
        }
        grant.reply->automatic = true;
        grant.reply->answers = facts.reference;
        if (const auto error = add_outgoing(connection, *grant.reply, ourselves, now)) {
            throw std::runtime_error{error->sentence};
        }
    }
    set_acknowledgement(connection, assessed.message_id, decided);
    add_event(connection, {facts.case_id, assessed.message_id, now, ourselves, "acknowledgement",
                           to_string(decided.state), decided.reason});
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
    Recordable item{std::move(assessed), {}, {}};
    item.verdict_json = to_json(item.assessed.verdict);
    if (item.assessed.assessment) {
        item.assessment_json = to_json(*item.assessed.assessment);
        item.assessed.failure.clear();
    } else if (item.assessed.failure.empty()) {
        item.assessed.failure = "no reason was given";
    }
    item.assessed.failure = core::cut_utf8(item.assessed.failure, failure_octets_max);
    return item;
}

bool record_one(Connection& connection, const Store::Database& database, const Recordable& item)
{
    const Assessed& assessed = item.assessed;
    const bool read = assessed.assessment.has_value();
    const core::Time now = database.now();
    auto facts = facts_of(connection, assessed.message_id);
    if (!facts) {
        return false;
    }
    connection.run("DELETE FROM assessment_work WHERE message_id = ?", assessed.message_id);
    connection.run(
        "INSERT INTO assessments (message_id, assessed_at, assessment, failure, automatic, verdict, indexed) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        assessed.message_id, now, read ? std::optional{item.assessment_json} : std::nullopt, assessed.failure,
        assessed.automatic, item.verdict_json, !read);
    if (read) {
        add_identifiers(connection, assessed.message_id, *assessed.assessment);
    }
    if (const auto target = case_to_join(connection, assessed, *facts)) {
        join_followed(connection, database, assessed, *facts, *target);
    }
    Recount recount{connection, facts->case_id};
    change_case(connection, assessed, *facts, database.limits(), now);
    add_assessed_event(connection, assessed, *facts, now);
    decide_acknowledgement(connection, database, assessed, *facts);
    recount.finish();
    return true;
}

bool record_unreadable(Connection& connection, const Store::Database& database, std::int64_t message_id,
                       const std::string& failure)
{
    Assessed assessed;
    assessed.message_id = message_id;
    assessed.failure = failure;
    return record_one(connection, database, recordable(std::move(assessed)));
}

}  // namespace shield::store
