// SPDX-License-Identifier: Apache-2.0
#include "acts.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>
#include <shield/triage/transitions.hpp>

#include <algorithm>

namespace shield::triage::acts {

namespace {

using core::Error;
using core::State;
using store::CaseDetail;
using store::Change;

std::string name_of(const CaseDetail& detail)
{
    return detail.summary.reference.to_string();
}

Error closed_error(const CaseDetail& detail)
{
    return Error{name_of(detail) + " is closed; 'reopen " + name_of(detail) + "' comes first"};
}

const core::Promise& promise_of(const core::Promises& promises, core::Category category)
{
    return promises[static_cast<std::size_t>(category)];
}

// The clock of a case starts with a person's message that nobody has answered yet.
core::Time clock_start(const CaseDetail& detail)
{
    for (const store::Message& message : detail.messages) {
        const bool unanswered =
            !detail.summary.answered_at || message.envelope.received_at > *detail.summary.answered_at;
        if (unanswered && !message.automatic) {
            return message.envelope.received_at;
        }
    }
    return detail.summary.received_at;
}

bool was_told(const CaseDetail& detail, const core::Promises& promises)
{
    const auto state = detail.summary.acknowledgement.state;
    return promise_of(promises, detail.summary.category).tell &&
           (state == core::AcknowledgementState::queued || state == core::AcknowledgementState::sent ||
            state == core::AcknowledgementState::unknown);
}

std::string in_words(std::chrono::milliseconds span)
{
    const auto counted = [](auto number, const char* unit) {
        return std::to_string(number) + " " + unit + (number == 1 ? "" : "s");
    };
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(span).count();
    if (hours >= 48) {
        return counted(hours / 24, "day");
    }
    return hours >= 1 ? counted(hours, "hour")
                      : counted(std::chrono::duration_cast<std::chrono::minutes>(span).count(), "minute");
}

std::optional<Act> act_towards(State wanted)
{
    switch (wanted) {
        case State::triaged:
            return Act::set_triaged;
        case State::in_progress:
            return Act::set_in_progress;
        case State::waiting:
            return Act::set_waiting;
        case State::fresh:
        case State::closed:
            return std::nullopt;
    }
    return std::nullopt;
}

bool same_address(std::string_view a, std::string_view b)
{
    return !a.empty() && core::iequals(a, b);  // a null reverse-path is nobody's address
}

bool names(const store::Message& message, std::string_view address)
{
    if (same_address(message.envelope.reverse_path, address)) {
        return true;
    }
    return message.assessment && std::any_of(message.assessment->from.begin(), message.assessment->from.end(),
                                             [&](const std::string& from) { return same_address(from, address); });
}

}  // namespace

core::result<Change> claim(const CaseDetail& detail, std::string_view who)
{
    const auto next = after(detail.summary.state, Act::claim);
    if (!next) {
        return closed_error(detail);
    }
    Change change;
    if (detail.summary.assignee == who && detail.summary.state == *next) {
        return change;
    }
    change.state = *next;
    change.assignee = std::string{who};
    change.events.push_back({"claim", detail.summary.assignee.empty() || detail.summary.assignee == who
                                          ? std::string{}
                                          : "from " + detail.summary.assignee});
    return change;
}

core::result<Change> note(std::string_view text)
{
    Change change;
    change.events.push_back({"note", std::string{text}});
    return change;
}

core::result<Change> set_state(const CaseDetail& detail, State wanted)
{
    const auto act = act_towards(wanted);
    if (!act) {
        return Error{wanted == State::closed
                         ? "a case is closed with a code: 'close " + name_of(detail) + " CODE'"
                         : "a case is new only once; set takes triaged, in_progress or waiting"};
    }
    const auto next = after(detail.summary.state, *act);
    if (!next) {
        return closed_error(detail);
    }
    Change change;
    if (detail.summary.state != *next) {
        change.state = *next;
        change.events.push_back(
            {"set", std::string{to_string(detail.summary.state)} + " to " + std::string{to_string(*next)}});
    }
    return change;
}

core::result<Change> reclassify(const CaseDetail& detail, core::Category category, const core::Promises& promises)
{
    Change change;
    const core::Category before = detail.summary.category;
    change.category = category;  // also when it stays the same: a person's word stands
    if (category == before) {
        change.events.push_back({"reclassify", "confirmed as " + std::string{to_string(category)}});
        return change;
    }
    change.events.push_back(
        {"reclassify", std::string{to_string(before)} + " to " + std::string{to_string(category)}});
    if (detail.summary.due_at) {
        const core::Time target = promise_of(promises, category).due(clock_start(detail));
        change.due_at = was_told(detail, promises) ? std::min(*detail.summary.due_at, target) : target;
    }
    return change;
}

core::result<Change> close(const CaseDetail& detail, core::ClosingCode code,
                           const std::optional<CaseDetail>& original)
{
    const auto next = after(detail.summary.state, Act::close);
    if (!next) {
        return Error{name_of(detail) + " is closed already" +
                     (detail.summary.code ? " as " + std::string{to_string(*detail.summary.code)} : std::string{})};
    }
    Change change;
    std::string words{to_string(code)};
    if (code == core::ClosingCode::duplicate) {
        if (!original) {
            return Error{"a duplicate needs the case it repeats: 'close " + name_of(detail) +
                         " duplicate --of REF'"};
        }
        if (original->summary.reference == detail.summary.reference) {
            return Error{name_of(detail) + " cannot be a duplicate of itself"};
        }
        if (original->summary.duplicate_of == detail.summary.reference) {
            return Error{name_of(*original) + " is closed as a duplicate of " + name_of(detail) + " already"};
        }
        change.duplicate_of = original->summary.reference;
        words += " of " + name_of(*original);
    }
    change.state = *next;
    change.code = code;
    change.due_at = std::optional<core::Time>{};
    change.events.push_back({"close", words});
    return change;
}

core::result<Change> reopen(const CaseDetail& detail, core::Time now, const core::Promises& promises)
{
    const auto next = after(detail.summary.state, Act::reopen);
    if (!next) {
        return Error{name_of(detail) + " is not closed, it is " + std::string{to_string(detail.summary.state)}};
    }
    Change change;
    change.state = *next;
    change.code = std::optional<core::ClosingCode>{};
    change.duplicate_of = std::optional<core::Reference>{};
    change.due_at = promise_of(promises, detail.summary.category).due(now);
    change.events.push_back(
        {"reopen", detail.summary.code ? "was " + std::string{to_string(*detail.summary.code)} : std::string{}});
    return change;
}

core::result<Change> reply(const CaseDetail& detail, const store::NewOutgoing& mail, core::Time now)
{
    const auto next = after(detail.summary.state, Act::reply);
    if (!next) {
        return closed_error(detail);
    }
    Change change;
    change.state = *next;
    change.answered_at = now;
    change.due_at = std::optional<core::Time>{};
    change.outgoing.push_back(mail);
    change.events.push_back({"reply", "to " + mail.recipient + "\n" + mail.text});
    return change;
}

core::result<void> may_release(const CaseDetail& detail)
{
    const store::Acknowledgement& acknowledgement = detail.summary.acknowledgement;
    const std::string is = "the acknowledgement of " + name_of(detail) + " is ";
    switch (acknowledgement.state) {
        case core::AcknowledgementState::held:
            break;
        case core::AcknowledgementState::pending:
            return Error{is + "not decided yet; try again in a moment"};
        case core::AcknowledgementState::suppressed:
            return Error{is + "suppressed (" + acknowledgement.reason +
                         "): machines get none, 'reply' writes to a person"};
        case core::AcknowledgementState::queued:
        case core::AcknowledgementState::sent:
        case core::AcknowledgementState::unknown:
        case core::AcknowledgementState::failed:  // invariant 4: at most one, when in doubt none
            return Error{is + std::string{to_string(acknowledgement.state)} + ", and a message gets at most one"};
    }
    if (detail.summary.state == State::closed) {
        return closed_error(detail);
    }
    if (detail.messages.front().envelope.reverse_path.empty()) {
        return Error{name_of(detail) +
                     " came with an empty reverse-path: there is nowhere to send an acknowledgement"};
    }
    return {};
}

std::string held_too_long(core::Time received_at, core::Category category, core::Reference reference,
                          core::Time now, const core::Promises& promises)
{
    const core::Promise& promise = promise_of(promises, category);
    if (now <= promise.due(received_at)) {
        return {};
    }
    return "held for " + in_words(now - received_at) + ", past the promise of " + std::string{to_string(category)} +
           " (" + promise.to_string() + "): reply instead (shieldctl reply " + reference.to_string() + ")";
}

core::result<void> may_release_in_bulk(const CaseDetail& detail, core::Time now, const core::Promises& promises)
{
    if (auto allowed = may_release(detail); !allowed) {
        return allowed.error();
    }
    const store::Message& first = detail.messages.front();
    if (std::string late = held_too_long(first.envelope.received_at, detail.summary.category,
                                         detail.summary.reference, now, promises);
        !late.empty()) {
        return Error{std::move(late)};
    }
    if (first.verdict.reply_address == core::ReplyAddress::refuted) {
        return Error{"its domain disowns the message: it is released by its reference alone"};
    }
    if (const auto& flags = detail.summary.flags; std::find(flags.begin(), flags.end(), "spam") != flags.end()) {
        return Error{"it looks like spam: it is released by its reference alone"};
    }
    return {};
}

core::result<Change> release(const CaseDetail& detail, const store::NewOutgoing& mail)
{
    if (auto allowed = may_release(detail); !allowed) {
        return allowed.error();
    }
    Change change;
    change.acknowledgement =
        store::Acknowledgement{core::AcknowledgementState::queued, "released by a person", std::nullopt};
    change.outgoing.push_back(mail);
    change.events.push_back({"release", "was held: " + detail.summary.acknowledgement.reason});
    return change;
}

core::result<core::Mailbox> reply_recipient(const CaseDetail& detail, const std::optional<std::string>& to,
                                            const core::Mailboxes& ours)
{
    const std::string written = to.value_or(detail.messages.front().envelope.reverse_path);
    if (written.empty()) {
        return Error{name_of(detail) + " came with an empty reverse-path; say whom to answer with --to ADDRESS"};
    }
    const auto address = core::Mailbox::parse(written);
    if (!address || address->domain.empty()) {
        return Error{"'" + core::printable_line(core::cut_utf8(written, 80)) + "' is not an address"};
    }
    // What a person writes with a comma or a blank in it is a list or a name, not one odd but real address.
    if (to && !core::is_dot_atom(address->local)) {
        return Error{"'" + core::printable_line(core::cut_utf8(written, 80)) +
                     "' is no plain address; a reply goes to one address only, such as ann@example.net"};
    }
    if (ours.is_ours(*address)) {
        return Error{address->to_string() + " is one of our own mailboxes"};
    }
    return *address;
}

std::string language_of(const CaseDetail& detail)
{
    const store::Message& message = last_word(detail);
    return message.assessment ? message.assessment->language : core::Assessment{}.language;
}

std::vector<std::string> reply_warnings(const CaseDetail& detail, std::string_view recipient)
{
    std::vector<std::string> warnings;
    const std::string to{recipient};
    const store::Message& first = detail.messages.front();
    if (!same_address(first.envelope.reverse_path, recipient)) {
        warnings.push_back(to + " is not the address this case began with (" +
                           (first.envelope.reverse_path.empty() ? "it had none" : first.envelope.reverse_path) +
                           "), and nothing proves whose it is");
    } else if (first.verdict.reply_address != core::ReplyAddress::verified) {
        warnings.push_back(to + " is not verified: somebody else may have written in this name");
    }
    const auto& from = first.assessment ? first.assessment->from : std::vector<std::string>{};
    if (std::none_of(from.begin(), from.end(),
                     [&](const std::string& one) { return same_address(one, recipient); })) {
        warnings.push_back(to + " differs from the From of the first message (" +
                           (from.empty() ? std::string{"it has none that can be read"} : from.front()) + ")");
    }
    if (std::any_of(detail.messages.begin(), detail.messages.end(), [](const store::Message& message) {
            return message.assessment && message.assessment->encryption != core::Encryption::none;
        })) {
        warnings.emplace_back("the case came encrypted, and this reply goes out in clear text");
    }
    const store::Message& last = last_word(detail);
    if (!names(last, recipient) && &last != &first) {
        warnings.push_back("the last message came from " + authors_of(last).front() + ", which is not " + to);
    }
    return warnings;
}

const store::Message& last_word(const CaseDetail& detail)
{
    for (auto message = detail.messages.rbegin(); message != detail.messages.rend(); ++message) {
        if (!message->automatic && message->kind != store::MessageKind::repeat) {
            return *message;
        }
    }
    return detail.messages.back();
}

std::vector<std::string> authors_of(const core::Envelope& envelope, const core::Assessment* message)
{
    return message != nullptr && !message->from.empty() ? message->from
                                                        : std::vector<std::string>{envelope.reverse_path};
}

std::vector<std::string> authors_of(const store::Message& message)
{
    return authors_of(message.envelope, message.assessment ? &*message.assessment : nullptr);
}

bool from_another_address(const CaseDetail& detail, const std::vector<std::string>& authors)
{
    return detail.messages.empty() || !std::all_of(authors.begin(), authors.end(), [&](const std::string& author) {
               return names(detail.messages.front(), author);
           });
}

}  // namespace shield::triage::acts
