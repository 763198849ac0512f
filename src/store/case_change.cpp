// SPDX-License-Identifier: Apache-2.0
#include "case_change.hpp"

#include "case_rows.hpp"
#include "database.hpp"
#include "events.hpp"
#include "folding.hpp"
#include "outgoing.hpp"

namespace shield::store {

namespace {

template <typename T>
std::optional<T> flattened(const std::optional<std::optional<T>>& value)
{
    return value ? *value : std::nullopt;
}

// The state before the code: a code is only for closed cases, and what is open again has none.
void apply_state(Connection& connection, std::int64_t case_id, const Change& change)
{
    if (change.state && *change.state != core::State::closed) {
        connection.run("UPDATE cases SET state = ?, code = NULL, duplicate_of = NULL WHERE id = ?", *change.state,
                       case_id);
    } else if (change.state) {
        connection.run("UPDATE cases SET state = ? WHERE id = ?", *change.state, case_id);
    }
    if (change.code) {
        connection.run("UPDATE cases SET code = ? WHERE id = ?", flattened(change.code), case_id);
    }
    if (change.duplicate_of) {
        const auto of = flattened(change.duplicate_of);
        connection.run("UPDATE cases SET duplicate_of = ? WHERE id = ?",
                       of ? std::optional{of->bits()} : std::nullopt, case_id);
    }
}

void apply_category(Connection& connection, std::int64_t case_id, std::string_view who, core::Category category)
{
    // A person's word stands, and brings back what was folded away as spam.
    connection.run("UPDATE cases SET category = ?, folded = 0, category_by = ? WHERE id = ?", category,
                   who == ourselves ? "machine" : "person", case_id);
}

/// Whoever begins to work on a case wants it in the queue.
bool begins_work(std::string_view who, const Change& change)
{
    const bool opens = change.state && *change.state != core::State::closed;
    return who != ourselves && (opens || change.assignee || change.category || change.answered_at);
}

// Counted before what the change itself queues.
std::string too_much(Connection& connection, std::int64_t case_id, const Change& change, core::Time now)
{
    if (!change.too_much) {
        return {};
    }
    const std::string signer = change.outgoing.empty() ? std::string{} : change.outgoing.front().signing_domain;
    return change.too_much(granted_before(connection, grant_keys_of(connection, case_id, signer), now));
}

}  // namespace

std::optional<core::Error> apply(Connection& connection, std::int64_t case_id, std::string_view who,
                                 const Change& change, core::Time now)
{
    if (begins_work(who, change)) {
        bring_back(connection, case_id, now, who, "somebody works on it");
    }
    Recount recount{connection, case_id};
    apply_state(connection, case_id, change);
    if (change.assignee) {
        connection.run("UPDATE cases SET assignee = ? WHERE id = ?", *change.assignee, case_id);
    }
    if (change.category) {
        apply_category(connection, case_id, who, *change.category);
    }
    if (change.due_at) {
        connection.run("UPDATE cases SET due_at = ? WHERE id = ?", flattened(change.due_at), case_id);
    }
    if (change.answered_at) {
        connection.run(
            "UPDATE cases SET answered_at = ?1, first_answered_at = ifnull(first_answered_at, ?1) WHERE id = ?2",
            *change.answered_at, case_id);
    }
    if (std::string why = too_much(connection, case_id, change, now); !why.empty()) {
        return core::Error{std::move(why)};
    }
    for (const NewOutgoing& mail : change.outgoing) {
        if (auto error = add_outgoing(connection, mail, who, now)) {
            return error;
        }
    }
    if (change.acknowledgement) {
        set_acknowledgement(connection, case_id, *change.acknowledgement);  // its first message has the same id
        add_event(connection, {case_id, case_id, now, who, "acknowledgement",
                               to_string(change.acknowledgement->state), change.acknowledgement->reason});
    }
    for (const NewEvent& event : change.events) {
        add_event(connection, {case_id, std::nullopt, now, who, event.kind, "", event.detail});
    }
    connection.run("UPDATE cases SET updated_at = ? WHERE id = ?", now, case_id);
    recount.finish();
    return std::nullopt;
}

void move_messages(Connection& connection, std::int64_t from, std::int64_t into, core::Time now)
{
    static const std::string move =
        "UPDATE messages SET case_id = ?2, kind = CASE kind WHEN 'first' THEN 'follow_up' ELSE kind END WHERE id "
        "IN (" +
        std::string{messages_of_case} + ")";
    static const std::string count = "UPDATE cases SET message_count = (SELECT count(*) FROM (" +
                                     std::string{messages_of_case} + ")), updated_at = ?2 WHERE id = ?1";
    Recount recount{connection, from};
    connection.run(move, from, into);
    connection.run("UPDATE cases SET joined_into = ?1 WHERE joined_into = ?2 OR id = ?2", into, from);
    recount.finish();
    connection.run(count, into, now);
    connection.run("UPDATE cases SET message_count = 0, updated_at = ? WHERE id = ?", now, from);
}

namespace {

CaseDetail shown(const Cases& cases, core::Reference reference)
{
    try {
        return cases.find(reference).value();
    } catch (const Unavailable& failure) {
        throw Unavailable{failure.kind(), std::string{"It is done, but cannot be shown: "} + failure.what()};
    }
}

}  // namespace

core::result<CaseDetail> Cases::change(core::Reference reference, std::string_view who, const Decide& decide)
{
    try {
        database_.writer().call([&](Connection& connection) {
            const auto case_id = case_of(connection, reference);
            if (!case_id) {
                throw Declined{{"There is no " + reference.to_string() + "."}};
            }
            const auto change = decide(read_detail(connection, *case_id, database_.limits(), Texts::short_ones));
            if (!change) {
                throw Declined{change.error()};
            }
            if (auto error = apply(connection, *case_id, who, *change, database_.now())) {
                throw Declined{std::move(*error)};
            }
        });
    } catch (const Declined& declined) {
        return declined.error;
    }
    database_.outbox_bell.ring();
    return shown(*this, reference);
}

core::result<CaseDetail> Cases::join(core::Reference reference, core::Reference into, std::string_view who)
{
    try {
        database_.writer().call([&](Connection& connection) {
            const auto from = case_of(connection, reference);
            const auto target = case_of(connection, into);
            if (!from || !target) {
                throw Declined{{"There is no " + (from ? into : reference).to_string() + "."}};
            }
            if (*from == *target) {
                throw Declined{{reference.to_string() + " and " + into.to_string() + " are one case already."}};
            }
            if (connection.number("SELECT campaign = id FROM cases WHERE id = ?", *from) != 0) {
                throw Declined{{reference.to_string() + " stands for a campaign; 'unfold " + reference.to_string() +
                                " --campaign' comes first"}};
            }
            const core::Time now = database_.now();
            bring_back(connection, *from, now, who, "it joins another case");
            bring_back(connection, *target, now, who, "another case joins it");
            // What is more pressing about the one is so about both: the category, and the clock that ends first.
            Recount recount{connection, *target};
            connection.run(
                "UPDATE cases SET due_at = min(ifnull(cases.due_at, f.due_at), ifnull(f.due_at, cases.due_at)), "
                "category = CASE WHEN cases.category = 'attack' OR f.category = 'attack' THEN 'attack' "
                "WHEN cases.category = 'urgent' OR f.category = 'urgent' THEN 'urgent' ELSE 'support' END "
                "FROM (SELECT category, due_at FROM cases WHERE id = ?1) f WHERE id = ?2",
                *from, *target);
            recount.finish();
            move_messages(connection, *from, *target, now);
            add_event(connection, {*from, std::nullopt, now, who, "join", "",
                                   reference.to_string() + " into " + into.to_string()});
        });
    } catch (const Declined& declined) {
        return declined.error;
    }
    return shown(*this, into);
}

}  // namespace shield::store
