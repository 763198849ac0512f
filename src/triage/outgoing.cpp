// SPDX-License-Identifier: Apache-2.0
#include "outgoing.hpp"

#include "acts.hpp"

#include <shield/core/ascii.hpp>

#include <stdexcept>

namespace shield::triage {

namespace {

constexpr std::size_t subject_octets_max = 900;  // of RFC 5322's 998 a line, with room for what we add

}  // namespace

std::string reply_subject(const store::CaseDetail& detail)
{
    const std::string reference = detail.summary.reference.to_string();
    const std::string_view subject = core::trimmed(detail.summary.subject);
    if (subject.empty()) {
        return "Re: your message " + reference;
    }
    const std::string answer{core::cut_utf8(subject, subject_octets_max)};
    const bool named = core::lowered(answer).find(core::lowered(reference)) != std::string::npos;
    return (core::istarts_with(answer, "Re:") ? "" : "Re: ") + answer + (named ? "" : " [" + reference + "]");
}

store::NewOutgoing make_reply(const Settings& settings, const store::CaseDetail& detail, std::string_view recipient,
                              std::string_view subject, std::string_view text, const Stamp& stamp)
{
    const store::Message& answered = acts::last_word(detail);
    acknowledge::Answered about{std::string{recipient}, {}, {}};
    if (answered.assessment) {
        about.message_id = answered.assessment->message_id;
        about.references = answered.assessment->references;
    }
    acknowledge::Reply reply =
        acknowledge::make_personal(settings.sender, about, subject, text, stamp.token, stamp.unique, stamp.now);
    store::NewOutgoing mail;
    mail.automatic = false;
    mail.answers = answered.reference;
    mail.sender = std::move(reply.sender);
    mail.recipient = std::move(reply.recipient);
    mail.message_id = std::move(reply.message_id);
    mail.octets = std::move(reply.octets);
    mail.text = std::string{text};
    mail.give_up_at = stamp.now + settings.give_up_after_person;
    return mail;
}

store::NewOutgoing make_acknowledgement(const Settings& settings, const Acknowledged& message,
                                        std::optional<core::Time> due, const Stamp& stamp)
{
    const bool tells = settings.promises[static_cast<std::size_t>(message.category)].tell;
    const std::chrono::seconds near{static_cast<std::int64_t>(settings.limits.promise_time_min)};
    if (!tells || !due || *due - stamp.now < near) {
        due.reset();  // a time that is nearly over would be a promise nobody can keep
    }
    const auto text =
        settings.templates.fill(to_string(message.category), message.language, message.reference, due);
    if (!text) {
        throw std::logic_error("there is no template for the category " + std::string{to_string(message.category)});
    }
    acknowledge::Reply reply =
        acknowledge::make_automatic(settings.sender, {message.reverse_path, message.message_id, {}}, *text,
                                    stamp.token, stamp.unique, stamp.now);
    store::NewOutgoing mail;
    mail.automatic = true;
    mail.answers = message.reference;
    mail.sender = std::move(reply.sender);
    mail.recipient = std::move(reply.recipient);
    mail.message_id = std::move(reply.message_id);
    mail.octets = std::move(reply.octets);
    mail.give_up_at = stamp.now + settings.give_up_after;
    return mail;
}

}  // namespace shield::triage
