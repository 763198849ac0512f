// SPDX-License-Identifier: Apache-2.0
#include "placing.hpp"

#include "json.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>

namespace shield::store {

namespace {

constexpr std::size_t flag_octets_max = 64;

/// Where a case stands in the queue.
struct Standing {
    core::Category category{core::Category::support};
    bool by_machine{true};
    std::optional<core::Time> due_at;
    bool folded{false}, unreadable{false}, held{false};
    std::string flags;  // JSON

    friend bool operator==(const Standing&, const Standing&) = default;
};

Standing standing_of(Connection& connection, std::int64_t case_id)
{
    Query row = connection.query(
        "SELECT category, category_by = 'machine', due_at, folded, unreadable, held, flags FROM cases WHERE id = ?",
        case_id);
    const auto category = row.next() ? core::parse_category(row.text(0)) : std::nullopt;
    if (!category) {
        throw Damaged{"its case has no category"};
    }
    return {*category, row.flag(1), row.maybe_time(2), row.flag(3), row.flag(4), row.flag(5), row.text(6)};
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
// Nor is what was sorted without its mailbox, because its token names a case that is not here, nor a case that
// others have joined: they may be why it is so pressing.
void place_by_first(Connection& connection, Standing& standing, const Assessed& assessed, const Facts& facts)
{
    if (!standing.by_machine) {
        return;
    }
    const core::Category category = assessed.assessment->classification.category;
    const auto& flags = assessed.assessment->classification.flags;
    standing.folded = std::find(flags.begin(), flags.end(), "spam") != flags.end();
    const auto may_lower = [&] {
        return !assessed.follows && standing.category == provisional_category(facts) &&
               connection.number(
                   "SELECT count(*) FROM messages WHERE case_id = ? AND case_id != id AND "
                   "kind = 'follow_up'",
                   facts.case_id) == 0;
    };
    if (category == standing.category) {
        return;
    }
    if (category < standing.category || may_lower()) {
        standing.category = category;
        standing.due_at = standing.due_at && assessed.due_at ? assessed.due_at : standing.due_at;
    }
}

// A follow-up can make a case more pressing, never less; a machine's only adds (invariants 8 and 10).
void raise_by_follow_up(Standing& standing, const Assessed& assessed)
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

void write(Connection& connection, std::int64_t case_id, const Standing& standing)
{
    Recount recount{connection, case_id};
    connection.run(
        "UPDATE cases SET category = ?, due_at = ?, folded = ?, unreadable = ?, held = ?, flags = ? WHERE id = ?",
        standing.category, standing.due_at, standing.folded, standing.unreadable, standing.held, standing.flags,
        case_id);
    recount.finish();
}

void describe(Connection& connection, const core::Assessment& assessment, const Facts& facts,
              const core::Limits& limits, core::Time now)
{
    const std::string from = !assessment.from_shown.empty() ? assessment.from_shown
                             : !assessment.from.empty()     ? assessment.from.front()
                                                            : facts.reverse_path;
    connection.run("UPDATE cases SET sender = ?, subject = ?, updated_at = ? WHERE id = ?",
                   core::cut_utf8(from, limits.case_line_max),
                   core::cut_utf8(assessment.subject, limits.case_line_max), now, facts.case_id);
}

}  // namespace

void place_case(Connection& connection, const Assessed& assessed, const Facts& facts,
                core::AcknowledgementState acknowledgement, const core::Limits& limits, core::Time now)
{
    const Standing before = standing_of(connection, facts.case_id);
    Standing standing = before;
    if (facts.kind == MessageKind::first && assessed.assessment) {
        place_by_first(connection, standing, assessed, facts);
        describe(connection, *assessed.assessment, facts, limits, now);
    } else {
        connection.run("UPDATE cases SET updated_at = ? WHERE id = ?", now, facts.case_id);
    }
    if (facts.kind == MessageKind::first) {
        standing.held = acknowledgement == core::AcknowledgementState::held;
    } else if (facts.kind == MessageKind::follow_up) {
        raise_by_follow_up(standing, assessed);
    }
    add_flags(standing.flags, flags_of(assessed, facts.kind), limits.case_flags_max);
    standing.unreadable = standing.unreadable || !assessed.assessment;
    if (standing != before) {  // for most it is the same: what the queue is ordered by stays untouched
        write(connection, facts.case_id, standing);
    }
}

}  // namespace shield::store
