// SPDX-License-Identifier: Apache-2.0
#include "acts.hpp"
#include "operations.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>
#include <shield/core/printable.hpp>

#include <algorithm>
#include <utility>

namespace shield::triage {

namespace {

Answer answer_for(core::result<store::CaseDetail> outcome)
{
    return outcome ? Answer::done(case_json(*outcome)) : Answer::refused(outcome.error().sentence);
}

// A canned text for a person to send, never an acknowledgement.
core::result<std::string> fill_canned(const acknowledge::Templates& templates, const std::string& name,
                                      const store::CaseDetail& detail)
{
    const std::vector<std::string> canned = templates.canned_names();
    if (std::find(canned.begin(), canned.end(), name) != canned.end()) {
        if (auto filled = templates.fill(name, acts::language_of(detail), detail.summary.reference, {})) {
            return {boost::system::in_place_value, std::move(filled->body)};
        }
    }
    std::string all;
    for (const std::string& one : canned) {
        all += (all.empty() ? "" : ", ") + one;
    }
    const std::string shown = "'" + core::printable_line(core::cut_utf8(name, 60)) + "'";
    return core::Error{(core::parse_category(name) ? shown + " is an acknowledgement, which no person sends"
                                                   : "there is no template " + shown) +
                       (all.empty() ? "; there is no canned text" : "; the canned texts are " + all)};
}

/// Of the campaign that the case stands for.
std::uint64_t number_of_open(const Json& shown)
{
    const Json& campaign = shown.at("campaign");
    return campaign.is_null() || campaign.at("reference") != shown.at("reference")
               ? 0
               : campaign.at("open").get<std::uint64_t>();
}

}  // namespace

core::Error no_such_case(core::Reference reference)
{
    return {"there is no case " + reference.to_string()};
}

Answer Operations::change(core::Reference reference, const store::Decide& decide)
{
    if (!store_.cases().find(reference)) {
        return Answer::refused(no_such_case(reference).sentence);
    }
    return answer_for(store_.cases().change(reference, who_, decide));
}

// The token of a case is made before the store decides: its keys are not to be asked for inside a transaction.
Stamp Operations::stamp_for(const store::CaseDetail& detail)
{
    return {core::make_token(store_.token_key(), detail.summary.reference), store_.unique_name(), now_};
}

Answer Operations::claim(Request& request)
{
    const core::Reference reference = request.reference("reference");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    return change(reference, [&](const store::CaseDetail& detail) { return acts::claim(detail, who_); });
}

Answer Operations::note(Request& request)
{
    const core::Reference reference = request.reference("reference");
    const std::string text = request.text("text");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    if (core::trimmed(text).empty()) {
        return Answer::misused("the note is empty");
    }
    if (text.size() > settings_->limits.note_max) {
        return Answer::past(&core::Limits::note_max,
                            Answer::refused("a note has at most " + std::to_string(settings_->limits.note_max) +
                                            " octets; limits.note_max sets how many"));
    }
    return change(reference, [&](const store::CaseDetail&) { return acts::note(text); });
}

Answer Operations::set(Request& request)
{
    const core::Reference reference = request.reference("reference");
    const core::State wanted = request.state("state");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    return change(reference, [&](const store::CaseDetail& detail) { return acts::set_state(detail, wanted); });
}

Answer Operations::reclassify(Request& request)
{
    const core::Reference reference = request.reference("reference");
    const core::Category category = request.category("category");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    return change(reference, [&](const store::CaseDetail& detail) {
        return acts::reclassify(detail, category, settings_->promises);
    });
}

Answer Operations::close(Request& request)
{
    const core::Reference reference = request.reference("reference");
    const core::ClosingCode code = request.closing_code("code");
    const auto of = request.reference_if("of");
    const bool campaign = request.flag("campaign");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    if (campaign) {
        return close_campaign(reference, code);
    }
    if ((code == core::ClosingCode::duplicate) != of.has_value()) {
        return Answer::misused("the code duplicate, and no other, comes with the case it repeats: --of REF");
    }
    std::optional<store::CaseDetail> original;
    if (of) {
        original = store_.cases().find(*of);
        if (!original) {
            return Answer::refused(no_such_case(*of).sentence);
        }
    }
    Answer answer =
        change(reference, [&](const store::CaseDetail& detail) { return acts::close(detail, code, original); });
    if (answer.status == 0 && number_of_open(answer.result) > 0) {
        answer.warnings.push_back(
            std::to_string(number_of_open(answer.result)) +
            " cases are folded behind it and stay open: 'close REF CODE --campaign' closes them too, "
            "'unfold REF --campaign' brings them back");
    }
    return answer;
}

Answer Operations::reopen(Request& request)
{
    const core::Reference reference = request.reference("reference");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    return change(reference,
                  [&](const store::CaseDetail& detail) { return acts::reopen(detail, now_, settings_->promises); });
}

Answer Operations::join(Request& request)
{
    const core::Reference reference = request.reference("reference");
    const core::Reference into = request.reference("into");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    const auto joining = store_.cases().find(reference);
    const auto target = store_.cases().find(into);
    if (!joining || !target) {
        return Answer::refused(no_such_case(joining ? into : reference).sentence);
    }
    if (joining->summary.id == target->summary.id) {
        return Answer::refused(reference.to_string() + " is part of " + target->summary.reference.to_string() +
                               " already");
    }
    if (target->summary.state == core::State::closed && joining->summary.state != core::State::closed) {
        return Answer::refused(target->summary.reference.to_string() + " is closed, and joining would hide " +
                               joining->summary.reference.to_string() + "; reopen it first");
    }
    return answer_for(store_.cases().join(joining->summary.reference, target->summary.reference, who_));
}

Answer Operations::reply(Request& request)
{
    const core::Reference reference = request.reference("reference");
    const auto written = request.text_if("text");
    const auto canned = request.text_if("template");
    const auto to = request.text_if("to");
    const bool dry_run = request.flag("dry_run");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    if (written.has_value() == canned.has_value()) {
        return Answer::misused("a reply has either a text or a template");
    }
    const auto detail = store_.cases().find(reference);
    if (!detail) {
        return Answer::refused(no_such_case(reference).sentence);
    }
    std::string text = written.value_or("");
    if (canned) {
        const auto filled = fill_canned(settings_->templates, *canned, *detail);
        if (!filled) {
            return Answer::refused(filled.error().sentence);
        }
        text = *filled;
    }
    if (core::trimmed(text).empty()) {
        return Answer::misused("the reply is empty");
    }
    if (text.size() > settings_->limits.reply_text_max) {
        return Answer::past(
            &core::Limits::reply_text_max,
            Answer::refused("a reply has at most " + std::to_string(settings_->limits.reply_text_max) +
                            " octets; limits.reply_text_max sets how many"));
    }
    const auto recipient = acts::reply_recipient(*detail, to, settings_->mailboxes);
    if (!recipient) {
        return Answer::refused(recipient.error().sentence);
    }
    return send_reply(*detail, recipient->to_string(), text, dry_run);
}

Answer Operations::send_reply(const store::CaseDetail& detail, const std::string& recipient,
                              const std::string& text, bool dry_run)
{
    const store::NewOutgoing mail =
        make_reply(*settings_, detail, recipient, reply_subject(detail), text, stamp_for(detail));
    const auto decide = [&](const store::CaseDetail& current) { return acts::reply(current, mail, now_); };
    if (dry_run) {
        const auto allowed = decide(detail);
        if (!allowed) {
            return Answer::refused(allowed.error().sentence);
        }
        Answer answer = Answer::done({{"recipient", mail.recipient}, {"sender", mail.sender}, {"text", text}});
        answer.warnings = acts::reply_warnings(detail, recipient);
        answer.octets = mail.octets;
        return answer;
    }
    Answer answer = change(detail.summary.reference, decide);
    if (answer.status == 0) {
        answer.warnings = acts::reply_warnings(detail, recipient);
        answer.result["recipient"] = mail.recipient;
    }
    return answer;
}

}  // namespace shield::triage
