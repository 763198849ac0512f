// SPDX-License-Identifier: Apache-2.0
#include "machine.hpp"

#include "machine_addresses.hpp"

#include <shield/acknowledge/decide.hpp>
#include <shield/core/ascii.hpp>
#include <shield/core/machine_fields.hpp>
#include <shield/core/token.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace shield::acknowledge {

namespace {

using core::Assessment;
using core::Mailbox;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), text) != words.end();
}

std::string reason_of_ours(const Mailbox& address, const core::Mailboxes& ours)
{
    return ours.is_ours(address) ? "its sender is one of our own addresses" : std::string{};
}

std::string reason_of_fields(const core::MachineMarks& marks)
{
    if (core::is_automatic(marks.auto_submitted)) {
        return "a machine wrote it (Auto-Submitted)";
    }
    const core::FieldWriter writer = core::writer_of_field(marks.autoreply_field);
    if (writer == core::FieldWriter::responder) {
        return "an auto-responder wrote it (X-Autoreply and the like)";
    }
    // RT gives all that is written in it a Precedence of bulk, what a colleague in another security team writes
    // too.
    if (core::is_bulk(marks.precedence) && writer != core::FieldWriter::ticket_system) {
        return "it is sent in bulk (Precedence)";
    }
    if (!marks.list_field.empty()) {
        return "it came through a list (List-* field)";
    }
    if (!marks.auto_response_suppress.empty() && !core::iequals(marks.auto_response_suppress, "none")) {
        return "it asks for no automatic reply (X-Auto-Response-Suppress)";
    }
    return marks.loop.empty() ? std::string{} : "it carries a loop mark (X-Loop)";
}

std::string reason_of_type(const core::MachineMarks& marks)
{
    const std::string type = core::lowered(marks.content_type);
    // A person may forward a message as one whole message/rfc822.
    const bool forwarded = type == "message/rfc822" || type == "message/global";
    if (type == "multipart/report" || (type.starts_with("message/") && !forwarded)) {
        return "it is a report of a mail system (delivery status, disposition or feedback report)";
    }
    if (type.starts_with("application/tlsrpt")) {
        return "it is a TLS report";
    }
    if (is_one_of(core::lowered(marks.calendar_method), {"reply", "counter", "declinecounter", "refresh"})) {
        return "it is a calendar reply";
    }
    return {};
}

// RFC 7489 section 7.2.1.1: receiver!domain!begin!end[!id].xml[.gz] or .zip; RFC 8460 section 5.1 for TLS:
// .json[.gz].
bool is_aggregate_report_name(std::string_view name)
{
    const std::string lower = core::lowered(name);
    const auto pieces = core::split(lower, '!');
    const auto is_time = [](std::string_view piece) { return !piece.empty() && core::is_digit(piece.front()); };
    return (pieces.size() == 4 || pieces.size() == 5) && is_time(pieces[2]) && is_time(pieces[3]) &&
           (lower.ends_with(".xml") || lower.ends_with(".zip") || lower.ends_with(".gz") ||
            lower.ends_with(".json"));
}

bool is_aggregate_report(const Assessment& message)
{
    return std::any_of(message.attachments.begin(), message.attachments.end(), [](const core::Attachment& part) {
        return is_aggregate_report_name(part.name) || part.declared_type.starts_with("application/tlsrpt");
    });
}

// What mail systems and auto-responders put at the beginning of a subject. People write about bounces and floods of
// automatic replies too; so a phrase counts only when the subject ends after it or goes on as a machine's does.
constexpr std::array bounce_subjects{"undelivered mail returned to sender",
                                     "undeliverable",
                                     "undeliverable mail",
                                     "undeliverable message",
                                     "undelivered message",
                                     "delivery status notification",
                                     "delivery failure",
                                     "delivery failure notification",
                                     "delivery notification",
                                     "failure notice",
                                     "returned mail",
                                     "mail delivery failed",
                                     "mail delivery failure",
                                     "mail delivery problem",
                                     "mail system error",
                                     "message delivery failure",
                                     "message undeliverable",
                                     "warning: message still undelivered",
                                     "warning: could not send message",
                                     "nondeliverable mail",
                                     "non-delivery report",
                                     "non delivery report",
                                     "unzustellbar",
                                     "non remis",
                                     "no se puede entregar",
                                     "loop alert",
                                     "delayed mail",
                                     "report domain"};
constexpr std::array responder_subjects{"auto",
                                        "automatic reply",
                                        "automated reply",
                                        "automatic response",
                                        "auto reply",
                                        "auto-reply",
                                        "autoreply",
                                        "auto response",
                                        "auto-response",
                                        "autoresponse",
                                        "out of office",
                                        "out of the office",
                                        "out of office autoreply",
                                        "vacation reply",
                                        "on vacation",
                                        "abwesenheitsnotiz",
                                        "abwesenheit",
                                        "automatische antwort",
                                        "réponse automatique",
                                        "reponse automatique",
                                        "absence du bureau",
                                        "respuesta automática",
                                        "respuesta automatica",
                                        "fuera de la oficina",
                                        "resposta automática",
                                        "resposta automatica",
                                        "risposta automatica",
                                        "fuori sede",
                                        "automatisch antwoord",
                                        "afwezig",
                                        "автоответ",
                                        "автоматический ответ",
                                        "自动回复",
                                        "自動回覆",
                                        "自動応答",
                                        "automatiskt svar",
                                        "autosvar",
                                        "automaattinen vastaus",
                                        "automatyczna odpowiedź",
                                        "automatická odpověď"};

// What ticket systems put at the beginning of the message that says that they have made a ticket.
constexpr std::array ticket_subjects{"ticket received",   "ticket created",     "new ticket created",
                                     "[ticket received]", "[ticket created]",   "case received",
                                     "request received",  "[request received]", "support request received"};

constexpr std::string_view complaint_subject = "complaint about message from ";  // Microsoft's feedback loop

bool goes_on_as_a_machine(std::string_view rest)
{
    return rest.empty() || rest.starts_with(':') || rest.starts_with(" :") || rest.starts_with("：") ||
           rest.starts_with(" (") || rest.starts_with(" re:");
}

bool begins_with_one_of(std::string_view subject, std::span<const char* const> openings)
{
    return std::any_of(openings.begin(), openings.end(), [&](std::string_view opening) {
        return subject.starts_with(opening) && goes_on_as_a_machine(subject.substr(opening.size()));
    });
}

// For machines that bear no mark at all.
std::string reason_of_shape(const Assessment& message)
{
    const std::string subject = core::lowered(core::trimmed(message.subject));
    if (begins_with_one_of(subject, bounce_subjects) || subject.starts_with(complaint_subject)) {
        return "its subject is that of a mail system's report";
    }
    if (begins_with_one_of(subject, responder_subjects)) {
        return "its subject is that of an auto-responder";
    }
    const std::string from = core::lowered(message.from_shown);
    const bool mail_system =
        is_one_of(from, {"<>"}) || from.find("mailer daemon") != std::string::npos ||
        from.find("mailer-daemon") != std::string::npos || from.find("cron daemon") != std::string::npos ||
        from.find("mail delivery s") != std::string::npos || from.find("ndr administrator") != std::string::npos;
    return mail_system ? "a mail system wrote it (mailer-daemon, postmaster and the like)" : std::string{};
}

// Whether a subject answers or passes on that of a mail system or an auto-responder: "Fwd: Returned mail: ...". A
// person may do so, and so may a machine that answers machines.
bool repeats_machine_subject(std::string_view subject)
{
    constexpr std::array prefixes{"fwd:", "fw:", "re:", "aw:", "wg:", "tr:", "rv:", "sv:"};
    const std::string lower = core::lowered(subject);
    std::string_view rest = core::trimmed(lower);
    bool shortened = false;
    for (bool again = true; again;) {
        again = false;
        for (const std::string_view prefix : prefixes) {
            if (rest.starts_with(prefix)) {
                rest = core::trimmed(rest.substr(prefix.size()));
                again = shortened = true;
            }
        }
    }
    return shortened && (begins_with_one_of(rest, bounce_subjects) || begins_with_one_of(rest, responder_subjects));
}

std::string suspicion_of_fields(const core::MachineMarks& marks)
{
    switch (core::writer_of_field(marks.autoreply_field)) {
        case core::FieldWriter::ticket_system:
            return "it came through a ticket system or a monitor";
        case core::FieldWriter::mass_mailer:
            return "it came through a system for bulk mail (Feedback-ID and the like)";
        case core::FieldWriter::responder:
        case core::FieldWriter::anybody:
            break;
    }
    return {};
}

std::string suspicion_of_subject(const std::string& subject)
{
    if (repeats_machine_subject(subject)) {
        return "its subject passes on that of a mail system or an auto-responder";
    }
    const std::string lower = core::lowered(core::trimmed(subject));
    const bool ticket = std::any_of(ticket_subjects.begin(), ticket_subjects.end(),
                                    [&](std::string_view opening) { return lower.starts_with(opening); });
    return ticket ? "its subject is that of a ticket system's receipt" : std::string{};
}

std::string reason_of_author(const Assessment& message, const core::Mailboxes& ours)
{
    for (const std::string& text : message.from) {
        const auto author = Mailbox::parse(text);
        if (!author) {
            continue;
        }
        if (auto reason = reason_of_ours(*author, ours); !reason.empty()) {
            return reason;
        }
        if (auto reason = reason_of_machine_address(*author); !reason.empty()) {
            return reason;
        }
    }
    return {};
}

}  // namespace

std::string machine_reason_of_envelope(const core::Envelope& envelope, const core::Mailboxes& ours)
{
    if (envelope.reverse_path.empty()) {
        return "it has no return address (null reverse-path)";  // RFC 3834 section 2: MUST NOT
    }
    const auto sender = Mailbox::parse(envelope.reverse_path);
    if (!sender) {
        return {};
    }
    auto reason = reason_of_ours(*sender, ours);
    return reason.empty() ? reason_of_machine_address(*sender) : reason;
}

std::string machine_reason(const core::Envelope& envelope, const Assessment& message, const core::Mailboxes& ours)
{
    if (core::token_in_message_id(message.message_id, ours.hostname())) {
        return "it is one of our own messages, come back";
    }
    for (auto reason :
         {machine_reason_of_envelope(envelope, ours), reason_of_fields(message.machine),
          reason_of_type(message.machine), reason_of_author(message, ours), reason_of_shape(message)}) {
        if (!reason.empty()) {
            return reason;
        }
    }
    return is_aggregate_report(message) ? "it is an aggregate report (DMARC or TLS)" : std::string{};
}

std::string machine_suspicion(const core::Envelope& envelope, const Assessment& message)
{
    for (auto reason : {suspicion_of_subject(message.subject), suspicion_of_fields(message.machine)}) {
        if (!reason.empty()) {
            return reason;
        }
    }
    std::vector<std::string> addresses = message.from;
    addresses.push_back(envelope.reverse_path);
    const bool unattended = std::any_of(addresses.begin(), addresses.end(), [](const std::string& text) {
        const auto address = Mailbox::parse(text);
        return address && is_role_of_machines(*address);
    });
    return unattended ? "its address is one that machines write from (root, alerts and the like)" : std::string{};
}

}  // namespace shield::acknowledge
