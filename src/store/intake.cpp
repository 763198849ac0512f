// SPDX-License-Identifier: Apache-2.0
#include "database.hpp"
#include "events.hpp"
#include "folding.hpp"
#include "json.hpp"
#include "spool.hpp"
#include "stages.hpp"

#include <shield/core/network.hpp>
#include <shield/store/intake.hpp>

#include <algorithm>

namespace shield::store {

namespace {

constexpr std::uint64_t overhead = 1024;  // of a waiting submission beside its content

struct Earlier {
    std::int64_t case_id{0};
    core::Category category{core::Category::support};    // of its case
    core::Category written_to{core::Category::support};  // of the mailboxes that it was written to itself
    bool closed{false};
};

core::Refusal refusal_of(Fate fate)
{
    switch (fate) {
        case Fate::committed:
        case Fate::refused:
            return core::Refusal::row_refused;
        case Fate::full:
            return core::Refusal::disk_full;
        case Fate::failed:
        case Fate::busy:
            return core::Refusal::store_failed;
        case Fate::overloaded:
            return core::Refusal::overloaded;
        case Fate::stopped:
            return core::Refusal::shutting_down;
    }
    return core::Refusal::store_failed;
}

}  // namespace

/// The transaction of one message. Writer thread.
class Intake::Arrival final : public Job {
public:
    Arrival(Store::Database& database, Submission submission, Done done)
        : database_{database},
          submission_{std::move(submission)},
          done_{std::move(done)},
          digest_{submission_.content.state_->digest.finish()}
    {
    }

    void run(Connection& connection) override
    {
        const core::Envelope& envelope = submission_.envelope;
        const core::Recipient& recipient = most_pressing(envelope);
        message_id_ = database_.next_message_id();
        reference_ = database_.references().reference_of(connection, message_id_);
        const auto earlier = find_earlier(connection, recipient.category);
        if (earlier) {
            join_earlier(connection, *earlier, recipient);
        } else {
            add_case(connection, recipient);
        }
        const std::int64_t case_id = earlier ? earlier->case_id : message_id_;
        add_message(connection, case_id, earlier ? "repeat" : "first");
        add_octets(connection);
        connection.run("INSERT INTO assessment_work (message_id) VALUES (?)", message_id_);
        add_event(connection, {case_id, message_id_, envelope.received_at, ourselves, "received",
                               earlier ? "repeat" : "first", reference_.to_string() + " for " + recipient.mailbox});
        repeat_ = earlier.has_value();
        database_.repeats().note(digest_, envelope.reverse_path, message_id_);
    }

    Completion ended(Fate fate, std::exception_ptr why) override
    {
        if (message_id_ != 0) {  // it ran; what never did may be ended on another thread
            database_.repeats().settle(digest_, submission_.envelope.reverse_path, message_id_,
                                       fate == Fate::committed);
        }
        if (fate != Fate::committed) {
            log_refusal(fate, why);
            return [done = std::move(done_), fate] { done(refusal_of(fate)); };
        }
        database_.references().settle();
        ++database_.figures().received;
        database_.figures().repeats += repeat_ ? 1 : 0;
        const core::Envelope& envelope = submission_.envelope;
        database_.assessments_waiting.add(to_assess(message_id_, envelope.client_address,
                                                    most_pressing(envelope).category, submission_.content.size()));
        database_.figures().backlog = ++database_.assessment_backlog;
        database_.assessment_bell.ring();
        return [done = std::move(done_), receipt = core::Receipt{reference_}] { done(receipt); };
    }

private:
    /// The same octets from the same reverse-path, lately: a lost 250, or a message split by its recipients. Not
    /// one that was closed, when this is to a more pressing mailbox: nobody would see it (invariant 3).
    [[nodiscard]] std::optional<Earlier> find_earlier(Connection& connection, core::Category category) const
    {
        for (const std::int64_t candidate : database_.repeats().find(digest_, submission_.envelope.reverse_path)) {
            if (const auto earlier = proven(connection, candidate, category)) {
                return earlier->closed && category < earlier->category ? std::nullopt : earlier;
            }
        }
        return std::nullopt;
    }

    /// Nothing when that message is not the same, not here any more, or too old.
    [[nodiscard]] std::optional<Earlier> proven(Connection& connection, std::int64_t candidate,
                                                core::Category category) const
    {
        const core::Envelope& envelope = submission_.envelope;
        const auto since = envelope.received_at - std::chrono::seconds{database_.limits().repeat_window};
        Query row = connection.query(
            "SELECT m.case_id, c.category, c.state = 'closed', m.recipients FROM messages m "
            "JOIN cases c ON c.id = m.case_id "
            "WHERE m.id = ? AND m.sha256 = ? AND m.reverse_path = ? AND m.received_at >= ?",
            candidate, octets_of(digest_), envelope.reverse_path, since);
        if (!row.next()) {
            return std::nullopt;
        }
        core::Envelope written_to;
        written_to.recipients = recipients_from_json(row.text(3));
        return Earlier{row.integer(0), core::parse_category(row.text(1)).value_or(core::Category::support),
                       written_to.recipients.empty() ? category : core::most_pressing(written_to).category,
                       row.flag(2)};
    }

    void add_case(Connection& connection, const core::Recipient& recipient) const
    {
        const core::Envelope& envelope = submission_.envelope;
        connection.run(
            "INSERT INTO cases (id, category, mailbox, sender, received_at, updated_at, due_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            message_id_, recipient.category, recipient.mailbox, envelope.reverse_path, envelope.received_at,
            envelope.received_at, submission_.due_at);
        connection.tally().add_new_case(recipient.category);
    }

    void add_message(Connection& connection, std::int64_t case_id, std::string_view kind) const
    {
        const core::Envelope& envelope = submission_.envelope;
        connection.run(
            "INSERT INTO messages (id, reference, case_id, kind, received_at, client_address, client_port, helo, "
            "protocol, tls, reverse_path, smtputf8, eight_bit, recipients, size, sha256) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            message_id_, reference_.bits(), case_id, kind, envelope.received_at, envelope.client_address,
            envelope.client_port, envelope.helo, envelope.protocol, envelope.tls, envelope.reverse_path,
            envelope.smtputf8, envelope.eight_bit, to_json(envelope.recipients), submission_.content.size(),
            octets_of(digest_));
    }

    /// A repeat makes no case of its own, but it may have been written to a more pressing mailbox of ours than
    /// before.
    void join_earlier(Connection& connection, const Earlier& earlier, const core::Recipient& recipient) const
    {
        connection.run("UPDATE cases SET message_count = message_count + 1, updated_at = ? WHERE id = ?",
                       submission_.envelope.received_at, earlier.case_id);
        if (recipient.category < std::min(earlier.category, earlier.written_to)) {
            Recount recount{connection, earlier.case_id};
            connection.run(
                "UPDATE cases SET category = ?, mailbox = ?, due_at = min(due_at, ?) "
                "WHERE id = ? AND category_by = 'machine'",
                recipient.category, recipient.mailbox, submission_.due_at, earlier.case_id);
            recount.finish();
            bring_back(connection, earlier.case_id, submission_.envelope.received_at, ourselves,
                       "it came to a more pressing mailbox as well");
        }
    }

    void add_octets(Connection& connection)
    {
        const std::uint64_t row_max = database_.limits().octets_row_max;
        std::int64_t row = message_id_ << 16;
        for (std::uint64_t offset = 0; offset < submission_.content.size(); offset += row_max, ++row) {
            if ((row >> 16) != message_id_) {
                throw std::runtime_error{"the message has too many rows"};
            }
            connection.run("INSERT INTO octets (id, octets) VALUES (?, ?)", row,
                           Octets{submission_.content.state_->piece(offset, row_max)});
        }
    }

    void log_refusal(Fate fate, const std::exception_ptr& why) const
    {
        if (fate != Fate::refused || !why) {
            return;  // counted and said once by the writer
        }
        try {
            std::rethrow_exception(why);
        } catch (const std::exception& error) {
            database_.options().log->line(core::Severity::error, "message_not_written", {{"why", error.what()}});
        }
    }

    static Octets octets_of(const core::Sha256& digest)
    {
        return {{reinterpret_cast<const char*>(digest.data()), digest.size()}};
    }

    Store::Database& database_;
    Submission submission_;
    Done done_;
    core::Sha256 digest_;
    std::int64_t message_id_{0};
    core::Reference reference_{core::Reference::from_bits(0)};
    bool repeat_{false};
};

Intake::Intake(Store::Database& database) : database_{database} {}

Spool Intake::spool() const
{
    return Spool{std::make_unique<Spool::State>(database_.options())};
}

void Intake::submit(Submission submission, Done done)
{
    const bool spooled = static_cast<bool>(submission.content.state_->file);
    const std::uint64_t octets = submission.content.size() + overhead;
    database_.figures().spooled += spooled ? 1 : 0;
    const Claim claim = database_.claim_of(submission.envelope.client_address, most_pressing(submission.envelope));
    database_.writer().submit(std::make_unique<Arrival>(database_, std::move(submission), std::move(done)),
                              spooled ? Lane::large : Lane::intake, octets, claim);
}

bool Intake::takes_only_attacks(std::string_view client_address) const
{
    return database_.writer().health() == Health::reserved &&
           !database_.known_networks().contains(core::network_key(client_address), database_.now());
}

}  // namespace shield::store
