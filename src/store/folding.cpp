// SPDX-License-Identifier: Apache-2.0
#include "folding.hpp"

#include "case_rows.hpp"
#include "events.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace shield::store {

namespace {

constexpr std::string_view flag_of_stand_in = "campaign";

constexpr std::array<std::pair<std::string_view, GatheringWork::Act>, 4> acts{{
    {"place", GatheringWork::Act::place},
    {"again", GatheringWork::Act::again},
    {"forget", GatheringWork::Act::forget},
    {"forget_campaign", GatheringWork::Act::forget_campaign},
}};

/// May this case be folded, or stand for others? Only while it is as it came: nobody has begun to work on it,
/// nobody has answered, and no person has written to it again.
bool is_untouched(Connection& connection, std::int64_t case_id)
{
    return connection.number(
               "SELECT state = 'new' AND assignee = '' AND category_by = 'machine' AND answered_at IS NULL "
               "AND joined_into IS NULL AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.case_id = "
               "cases.id AND m.case_id != m.id AND m.kind = 'follow_up') FROM cases WHERE id = ?",
               case_id) != 0;
}

bool is_open(Connection& connection, std::int64_t case_id)
{
    return connection.number("SELECT state != 'closed' AND joined_into IS NULL FROM cases WHERE id = ?", case_id) !=
           0;
}

/// The case that stands for the campaign that this case is of; 0 none.
std::int64_t campaign_of(Connection& connection, std::int64_t case_id)
{
    return connection.number("SELECT campaign FROM cases WHERE id = ?", case_id);
}

std::vector<std::string> flags_of(Connection& connection, std::int64_t case_id)
{
    Query row = connection.query("SELECT flags FROM cases WHERE id = ?", case_id);
    return row.next() ? words_from_json(row.text(0)) : std::vector<std::string>{};
}

/// Spam too: what is folded behind it must be found in the queue (invariant 3).
void stand_for_others(Connection& connection, std::int64_t case_id, core::Time now)
{
    std::vector<std::string> flags = flags_of(connection, case_id);
    flags.emplace_back(flag_of_stand_in);
    Recount recount{connection, case_id};
    connection.run("UPDATE cases SET campaign = ?1, folded = 0, flags = ?2, updated_at = ?3 WHERE id = ?1", case_id,
                   to_json(flags), now);
    recount.finish();
    add_event(connection, {case_id, std::nullopt, now, ourselves, "campaign", "begun",
                           "this case stands for others that are like it"});
}

/// A person has said since that there is no such campaign, and gather does not know yet.
bool is_to_be_forgotten(Connection& connection, std::int64_t campaign)
{
    return connection.number("SELECT count(*) FROM gathering_work WHERE message_id = ? AND act = 'forget_campaign'",
                             campaign) != 0;
}

/// The first message of a campaign stands for it; when a person was done with that one before there was a campaign,
/// another does. 0: none can.
std::int64_t stand_in(Connection& connection, const Gathered& gathered, core::Time now)
{
    if (is_to_be_forgotten(connection, gathered.campaign)) {
        return 0;
    }
    if (const std::int64_t known = campaign_of(connection, gathered.campaign); known != 0) {
        return known;
    }
    if (is_open(connection, gathered.campaign)) {
        stand_for_others(connection, gathered.campaign, now);
        return gathered.campaign;
    }
    std::vector<std::int64_t> others = gathered.joined;
    others.push_back(gathered.message_id);
    const auto next =
        std::find_if(others.begin(), others.end(), [&](std::int64_t one) { return is_untouched(connection, one); });
    if (next == others.end()) {
        return 0;
    }
    stand_for_others(connection, *next, now);
    Recount recount{connection, gathered.campaign};
    connection.run("UPDATE cases SET campaign = ? WHERE id = ?", *next, gathered.campaign);
    recount.finish();
    return *next;
}

void link(Connection& connection, std::int64_t case_id, std::int64_t to, std::string_view why, core::Time now)
{
    const int changed = connection.run(
        "UPDATE cases SET resembles = ?2, updated_at = ?3 WHERE id = ?1 AND resembles IS NOT ?2 AND campaign IS "
        "NULL",
        case_id, to, now);
    if (changed != 0) {
        add_event(connection, {case_id, case_id, now, ourselves, "campaign", "linked", why});
    }
}

/// What is more pressing about one of them is so about what stands for all (invariant 8).
void raise_stand_in(Connection& connection, std::int64_t by, std::int64_t stand_in, core::Time now)
{
    Recount recount{connection, stand_in};
    const int raised = connection.run(
        "UPDATE cases SET category = m.category, due_at = iif(cases.due_at IS NULL, NULL, min(cases.due_at, "
        "ifnull(m.due_at, cases.due_at))) FROM (SELECT category, due_at, rank FROM cases WHERE id = ?1) m "
        "WHERE cases.id = ?2 AND cases.category_by = 'machine' AND cases.state != 'closed' AND m.category != "
        "cases.category AND (m.category = 'attack' OR cases.category = 'support')",
        by, stand_in);
    recount.finish();
    if (raised != 0) {  // whoever muted it muted less
        bring_back(connection, stand_in, now, ourselves, "a more pressing one is like it");
    }
}

/// Who closed the other decided about something less pressing, and nobody would see this one behind it.
bool is_too_pressing(Connection& connection, std::int64_t case_id, std::int64_t stand_in)
{
    return connection.number(
               "SELECT c.category = 'attack' AND s.category != 'attack' AND s.state = 'closed' FROM cases c, cases "
               "s "
               "WHERE c.id = ? AND s.id = ?",
               case_id, stand_in) != 0;
}

/// It may have been compared with others before that was known.
bool is_of_verified_person(Connection& connection, std::int64_t case_id)
{
    return connection.number(
               "SELECT json_extract(iif(json_valid(v.verdict), v.verdict, '{}'), '$.reply_address') = 'verified' "
               "AND "
               "a.automatic = 0 FROM authentications v JOIN assessments a ON a.message_id = v.message_id WHERE "
               "v.message_id = ?",
               case_id) != 0;
}

void fold(Connection& connection, std::int64_t case_id, std::int64_t stand_in, std::string_view why, core::Time now)
{
    if (case_id == stand_in) {
        return;
    }
    if (!is_untouched(connection, case_id) || is_too_pressing(connection, case_id, stand_in)) {
        link(connection, case_id, stand_in, why, now);
        return;
    }
    raise_stand_in(connection, case_id, stand_in, now);
    Recount recount{connection, case_id};
    connection.run("UPDATE cases SET folded = 1, campaign = ?, updated_at = ? WHERE id = ?", stand_in, now,
                   case_id);
    recount.finish();
    add_event(connection, {case_id, case_id, now, ourselves, "campaign", "folded", why});
}

/// The flag, the mute and the campaign go; what was folded behind it is the caller's.
void stand_for_itself(Connection& connection, std::int64_t case_id, core::Time now, std::string_view who)
{
    bring_back(connection, case_id, now, who, "it stands for no others");  // it may be muted
    std::vector<std::string> flags = flags_of(connection, case_id);
    std::erase(flags, flag_of_stand_in);
    Recount recount{connection, case_id};
    connection.run(
        "UPDATE cases SET campaign = NULL, folded = instr(?2, '\"spam\"') > 0, flags = ?2, updated_at = ?3 "
        "WHERE id = ?1",
        case_id, to_json(flags), now);
    recount.finish();
}

/// The other campaign's cases are of this one.
void absorb(Connection& connection, std::int64_t other, std::int64_t stand_in, core::Time now)
{
    const std::int64_t stood = campaign_of(connection, other);
    if (stood == 0 || stood == stand_in) {
        return;
    }
    raise_stand_in(connection, stood, stand_in, now);
    connection.run("UPDATE cases SET campaign = ?1 WHERE campaign = ?2 AND id != ?2", stand_in, stood);
    stand_for_itself(connection, stood, now, ourselves);
    fold(connection, stood, stand_in, "its campaign is the same", now);
}

void keep(Connection& connection, const KeptSketch& kept)
{
    connection.run(
        "INSERT INTO sketches (message_id, campaign, sender, recipient, verified, machine, sketch) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (message_id) DO UPDATE SET campaign = excluded.campaign, "
        "verified = excluded.verified",
        kept.message_id, kept.campaign, kept.sender, kept.recipient, kept.verified, kept.machine,
        Octets{kept.sketch});
}

void write_member(Connection& connection, const Gathered& gathered, core::Time now)
{
    const std::int64_t stands = stand_in(connection, gathered, now);
    if (stands == 0) {
        return;
    }
    for (const std::int64_t one : gathered.joined) {
        connection.run("UPDATE sketches SET campaign = ? WHERE message_id = ?", gathered.campaign, one);
        is_of_verified_person(connection, one) ? link(connection, one, stands, "its sender is verified", now)
                                               : fold(connection, one, stands, "others like it have come", now);
    }
    fold(connection, gathered.message_id, stands, gathered.why, now);
    for (const std::int64_t other : gathered.absorbed) {
        absorb(connection, other, stands, now);
        connection.run("UPDATE sketches SET campaign = ? WHERE campaign = ? AND campaign != 0", gathered.campaign,
                       other);
    }
}

}  // namespace

std::string_view gathering_word(GatheringWork::Act act)
{
    const auto found = std::find_if(acts.begin(), acts.end(), [&](const auto& one) { return one.second == act; });
    return found->first;
}

GatheringWork::Act gathering_act(std::string_view word)
{
    const auto found = std::find_if(acts.begin(), acts.end(), [&](const auto& one) { return one.first == word; });
    if (found == acts.end()) {
        throw Damaged{"what is to be gathered is not a known word"};
    }
    return found->second;
}

void write_gathered(Connection& connection, const Gathered& gathered, core::Time now)
{
    connection.run("DELETE FROM gathering_work WHERE message_id = ? AND act = ?", gathered.message_id,
                   gathering_word(gathered.act));
    const bool folded = is_folded_behind(connection, gathered.message_id);
    if (folded && gathered.standing != Gathered::Standing::member) {  // it was folded before its sender was known
        bring_back(connection, gathered.message_id, now, ourselves, gathered.why);
    }
    switch (gathered.standing) {
        case Gathered::Standing::forgotten:
            connection.run("DELETE FROM sketches WHERE message_id = ?1 OR (campaign = ?1 AND campaign != 0)",
                           gathered.message_id);
            break;
        case Gathered::Standing::alone:
            break;
        case Gathered::Standing::linked: {
            const std::int64_t like = gathered.campaign != 0 ? gathered.campaign : gathered.like;
            const std::int64_t stands = campaign_of(connection, like);
            link(connection, gathered.message_id, stands != 0 ? stands : like, gathered.why, now);
            break;
        }
        case Gathered::Standing::member:
            write_member(connection, gathered, now);
            break;
    }
    if (gathered.kept) {
        keep(connection, *gathered.kept);
    }
}

bool is_folded_behind(Connection& connection, std::int64_t case_id)
{
    return connection.number("SELECT folded = 1 AND campaign != id FROM cases WHERE id = ?", case_id) != 0;
}

bool stands_for_others(Connection& connection, std::int64_t case_id)
{
    return connection.number("SELECT campaign = id FROM cases WHERE id = ?", case_id) != 0;
}

std::vector<std::int64_t> folded_behind(Connection& connection, std::int64_t stand_in, std::uint64_t limit)
{
    std::vector<std::int64_t> ids;
    Query row = connection.query(
        "SELECT id FROM cases WHERE campaign = ?1 AND id != ?1 AND folded = 1 AND state != 'closed' LIMIT ?2",
        stand_in, limit);
    while (row.next()) {
        ids.push_back(row.integer(0));
    }
    return ids;
}

void end_campaign(Connection& connection, std::int64_t stand_in, core::Time now, std::string_view who)
{
    // Gather knows it by its first message, which need not be the one that stands for it.
    connection.run(
        "INSERT INTO gathering_work (message_id, act) SELECT id, 'forget_campaign' FROM cases WHERE campaign = ? "
        "AND "
        "folded = 0 ON CONFLICT (message_id) DO UPDATE SET act = excluded.act",
        stand_in);
    stand_for_itself(connection, stand_in, now, who);
    connection.run("UPDATE cases SET campaign = NULL, resembles = ?1 WHERE campaign = ?1",
                   stand_in);  // closed ones
    add_event(connection, {stand_in, std::nullopt, now, who, "campaign", "ended", "a person said that it is none"});
}

void bring_back(Connection& connection, std::int64_t case_id, core::Time now, std::string_view who,
                std::string_view why)
{
    Recount recount{connection, case_id};
    const bool unmuted = connection.run(
                             "UPDATE cases SET folded = 0, muted_until = NULL, updated_at = ?2 WHERE id = "
                             "?1 AND muted_until IS NOT NULL",
                             case_id, now) != 0;
    const bool unfolded =
        connection.run(
            "UPDATE cases SET folded = instr(flags, '\"spam\"') > 0, resembles = campaign, campaign = NULL, "
            "updated_at = ?2 WHERE id = ?1 AND folded = 1 AND campaign != id",
            case_id, now) != 0;
    recount.finish();
    if (unmuted) {
        add_event(connection, {case_id, std::nullopt, now, who, "campaign", "unmuted", why});
    }
    if (unfolded) {
        add_event(connection, {case_id, std::nullopt, now, who, "campaign", "unfolded", why});
    }
    if (unfolded && who != ourselves) {
        connection.run(
            "INSERT INTO gathering_work (message_id, act) VALUES (?, 'forget') ON CONFLICT (message_id) "
            "DO UPDATE SET act = excluded.act",
            case_id);
    }
}

}  // namespace shield::store
