// SPDX-License-Identifier: Apache-2.0
#include "outgoing.hpp"

#include "case_rows.hpp"
#include "events.hpp"
#include "references.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>
#include <shield/core/network.hpp>

namespace shield::store {

namespace {

// A name that is not plain ASCII has more spellings than anybody can list (case, width, composed or not, xn--), and
// all of them reach one place: they share one entry of the counts.
std::string counted_domain(const std::string& domain)
{
    const bool international =
        !core::is_ascii(domain) || domain.starts_with("xn--") || domain.find(".xn--") != std::string::npos;
    return international ? "(international)" : domain;
}

/// Which is delivered first: what a person wrote; what a person released, or goes to a verified address; the rest.
int urgency_of(const NewOutgoing& mail, std::string_view who)
{
    const bool soon = mail.verified || who != ourselves;
    return !mail.automatic ? 0 : soon ? 1 : 2;
}

}  // namespace

GrantKeys grant_keys(std::string_view reverse_path, std::string_view client_address,
                     std::string_view signing_domain)
{
    const std::string signer{signing_domain};
    auto mailbox = core::Mailbox::parse(reverse_path);
    if (!mailbox) {
        return {core::lowered(reverse_path), {}, signer, core::network_of(client_address)};
    }
    mailbox->domain = counted_domain(mailbox->domain);
    mailbox->local = core::is_ascii(mailbox->local) ? mailbox->unwrapped_local() : "(international)";
    return {mailbox->key(), mailbox->domain, signer, core::network_of(client_address)};
}

GrantKeys grant_keys_of(Connection& connection, std::int64_t message_id, std::string_view signing_domain)
{
    static const std::string sql = "SELECT " + std::string{select_sender} + " FROM messages m WHERE m.id = ?";
    Query row = connection.query(sql, message_id);
    return row.next() ? grant_keys(row.text(0), row.text(1), signing_domain) : GrantKeys{};
}

AcknowledgementHistory granted_before(Connection& connection, const GrantKeys& keys, core::Time now)
{
    const core::Time since = now - std::chrono::hours{24};
    const auto count = [&](std::string_view sql, const std::string& key) {
        return static_cast<std::uint64_t>(connection.number(sql, key, since));
    };
    AcknowledgementHistory history;
    history.sender_day = count(
        "SELECT count(*) FROM outbox WHERE automatic = 1 AND granted_sender = ? AND created_at > ?", keys.sender);
    history.domain_day = count(
        "SELECT count(*) FROM outbox WHERE automatic = 1 AND granted_domain = ? AND created_at > ?", keys.domain);
    history.signer_day =
        keys.signer.empty()
            ? 0
            : count("SELECT count(*) FROM outbox WHERE automatic = 1 AND granted_signer = ? AND created_at > ?",
                    keys.signer);
    history.network_day = count(
        "SELECT count(*) FROM outbox WHERE automatic = 1 AND granted_network = ? AND created_at > ?", keys.network);
    history.total_day = static_cast<std::uint64_t>(
        connection.number("SELECT count(*) FROM outbox WHERE automatic = 1 AND created_at > ?", since));
    return history;
}

void set_message_acknowledgement(Connection& connection, std::int64_t message_id,
                                 const Acknowledgement& acknowledgement)
{
    connection.run(
        "UPDATE messages SET acknowledgement = ?, acknowledgement_reason = ?, acknowledgement_sent_at = ? WHERE id "
        "= ?",
        acknowledgement.state, acknowledgement.reason, acknowledgement.sent_at, message_id);
}

void set_acknowledgement(Connection& connection, std::int64_t message_id, const Acknowledgement& acknowledgement)
{
    set_message_acknowledgement(connection, message_id, acknowledgement);
    connection.run(
        "UPDATE cases SET held = ?1 WHERE id = ?2 AND held != ?1 AND joined_into IS NULL",  // of a first message
        acknowledgement.state == core::AcknowledgementState::held, message_id);
}

std::optional<core::Error> add_outgoing(Connection& connection, const NewOutgoing& mail, std::string_view who,
                                        core::Time now)
{
    const auto answered = message_of(connection, mail.answers);
    if (!answered) {
        return core::Error{"There is no message " + mail.answers.to_string() + "."};
    }
    const std::int64_t message_id = *answered;
    const GrantKeys keys = grant_keys_of(connection, message_id, mail.signing_domain);
    if (mail.automatic &&
        connection.number("SELECT count(*) FROM outbox WHERE message_id = ? AND automatic = 1", message_id) != 0) {
        return core::Error{mail.answers.to_string() + " was acknowledged already."};
    }
    const auto only_automatic = [&](const std::string& key) {
        return mail.automatic ? std::optional{key} : std::nullopt;
    };
    connection.run(
        "INSERT INTO outbox (message_id, automatic, sender, recipient, mail_message_id, octets, text, who, "
        "created_at, "
        "give_up_at, due_at, urgency, granted_sender, granted_domain, granted_signer, granted_network) VALUES (?, "
        "?, "
        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        message_id, mail.automatic, mail.sender, mail.recipient, mail.message_id, Octets{mail.octets}, mail.text,
        who, now, mail.give_up_at, now, urgency_of(mail, who), only_automatic(keys.sender),
        only_automatic(keys.domain), only_automatic(keys.signer), only_automatic(keys.network));
    connection.tally().add_outgoing("queued", 1);
    if (mail.automatic) {
        set_acknowledgement(connection, message_id, {core::AcknowledgementState::queued, {}, std::nullopt});
    }
    return std::nullopt;
}

}  // namespace shield::store
