// SPDX-License-Identifier: Apache-2.0
#include "case_rows.hpp"
#include "database.hpp"
#include "references.hpp"

namespace shield::store {

namespace {

constexpr std::size_t faults_max = 1000;
constexpr std::int64_t messages_at_once = 64;  // a snapshot each, so that the log can be used again in between

using Verification = Store::Verification;

void add_fault(Verification& result, std::string sentence)
{
    if (result.faults.size() < faults_max) {
        result.faults.push_back(std::move(sentence));
    }
}

void check_pages(Connection& connection, Verification& result)
{
    for (const char* sql : {"PRAGMA integrity_check(100)", "PRAGMA foreign_key_check"}) {
        Query row = connection.query(sql);
        while (row.next()) {
            if (const std::string found = row.text(0); found != "ok") {
                add_fault(result, "The database's structure: " + found + ".");
            }
        }
    }
}

struct Kept {
    std::int64_t id{0};
    std::int64_t reference{0}, case_id{0};
    std::uint64_t size{0};
    std::string sha256;
};

std::vector<Kept> next_messages(Connection& connection, std::int64_t after)
{
    std::vector<Kept> messages;
    Query row = connection.query(
        "SELECT id, reference, case_id, size, sha256 FROM messages WHERE id > ? ORDER BY id LIMIT ?", after,
        messages_at_once);
    while (row.next()) {
        messages.push_back({row.integer(0), row.integer(1), row.integer(2), row.natural(3), row.text(4)});
    }
    return messages;
}

// As the desk reads it.
void check_case(Connection& connection, std::int64_t case_id, const core::Limits& limits, Verification& result)
{
    try {
        (void)read_detail(connection, case_id, limits, Texts::short_ones);
    } catch (const Unavailable& damage) {
        add_fault(result, damage.what());
    }
}

void check_message(Connection& connection, const Kept& message, const core::Limits& limits, Verification& result)
{
    const std::string name = core::Reference::from_bits(static_cast<std::uint64_t>(message.reference)).to_string();
    ++result.messages;
    const auto octets = read_octets(connection, message.id, message.size);
    if (!octets) {
        add_fault(result, name + " does not have the " + std::to_string(message.size) + " octets that it had.");
    } else {
        result.octets += octets->size();
        const core::Sha256 digest = core::sha256(*octets);
        if (message.sha256 != std::string_view{reinterpret_cast<const char*>(digest.data()), digest.size()}) {
            add_fault(result, name + " is not octet for octet what arrived.");
        }
    }
    // By its reference, as a person would ask for it.
    const auto found =
        message_of(connection, core::Reference::from_bits(static_cast<std::uint64_t>(message.reference)));
    if (found && *found != message.id) {
        add_fault(result, name + " was given to two messages.");
    } else if (!found || connection.number("SELECT count(*) FROM cases WHERE id = ? AND joined_into IS NULL",
                                           message.case_id) != 1) {
        add_fault(result, name + " leads to no case.");
    } else {
        ++result.references;
    }
    if (message.id == message.case_id) {
        check_case(connection, message.id, limits, result);
    }
}

// Every reference was put on record with its 250, in a table that nothing is deleted from.
void check_given(Connection& connection, Verification& result)
{
    Query row = connection.query(
        "SELECT e.detail FROM events e LEFT JOIN messages m ON m.id = e.message_id WHERE e.kind = 'received' AND "
        "m.id IS NULL");
    while (row.next()) {
        add_fault(result, "A message is gone: " + row.text(0) + ".");
    }
}

// Nobody finds in the queue what is folded behind a case that is not there (invariant 3).
void check_folded(Connection& connection, Verification& result)
{
    Query row = connection.query(
        "SELECT m.reference FROM cases c JOIN messages m ON m.id = c.id WHERE c.campaign IS NOT NULL AND NOT "
        "EXISTS "
        "(SELECT 1 FROM cases s WHERE s.id = c.campaign AND s.campaign = s.id AND s.joined_into IS NULL)");
    while (row.next()) {
        add_fault(result, core::Reference::from_bits(row.natural(0)).to_string() +
                              " is folded behind a case that does not stand for others.");
    }
}

}  // namespace

Verification Store::verify(const std::function<void(std::uint64_t, std::uint64_t)>& progress)
{
    Verification result;
    Readers& readers = database_->readers();
    const auto all = readers.read_long([&](Connection& connection) {
        check_pages(connection, result);
        check_given(connection, result);
        check_folded(connection, result);
        for (std::string& wrong : wrong_counts(connection)) {
            add_fault(result, std::move(wrong));
        }
        result.cases =
            static_cast<std::uint64_t>(connection.number("SELECT count(*) FROM cases WHERE joined_into IS NULL"));
        return static_cast<std::uint64_t>(connection.number("SELECT count(*) FROM messages"));
    });
    for (std::int64_t last = 0;;) {
        const bool more = readers.read_long([&](Connection& connection) {
            const auto messages = next_messages(connection, last);
            for (const Kept& message : messages) {
                check_message(connection, message, database_->limits(), result);
                last = message.id;
            }
            return !messages.empty();
        });
        if (!more) {
            return result;
        }
        if (progress) {
            progress(result.messages, std::max(all, result.messages));
        }
    }
}

void Store::note_verification(const Verification& found)
{
    database_->writer().call([&](Connection& connection) {
        connection.run("INSERT INTO verifications (at, faults) VALUES (?, ?)", database_->now(),
                       found.faults.size());
    });
}

std::optional<Store::LastVerification> Store::last_verification()
{
    return database_->readers().read([](Connection& connection) {
        Query row = connection.query("SELECT at, faults FROM verifications ORDER BY id DESC LIMIT 1");
        return row.next() ? std::optional{LastVerification{row.time(0), row.natural(1)}} : std::nullopt;
    });
}

}  // namespace shield::store
