// SPDX-License-Identifier: Apache-2.0
#include "acts.hpp"
#include "evidence.hpp"
#include "operations.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <utility>

namespace shield::triage {

namespace {

// The message a request means: the one that `number` counts, or the one that the reference names.
const store::Message* choose(const store::CaseDetail& detail, core::Reference reference,
                             std::optional<std::uint64_t> number)
{
    if (number) {
        return *number >= 1 && *number <= detail.messages.size() ? &detail.messages[*number - 1] : nullptr;
    }
    const auto found = std::find_if(detail.messages.begin(), detail.messages.end(),
                                    [&](const store::Message& message) { return message.reference == reference; });
    return found == detail.messages.end() ? &detail.messages.front() : &*found;
}

Answer no_such_message(const store::CaseDetail& detail)
{
    return Answer::refused(detail.summary.reference.to_string() + " has messages 1 to " +
                           std::to_string(detail.messages.size()));
}

// A case with a damaged row is shown as far as it can be read: it hides neither itself nor the others (invariant
// 3).
Json full_json(const store::Cases& cases, const store::Case& row)
{
    try {
        const auto detail = cases.find(row.reference);
        return detail && detail->summary.id == row.id ? case_json(*detail) : Json{};
    } catch (const store::Unavailable& failure) {
        if (failure.kind() != store::Unavailable::Kind::corrupt) {
            throw;
        }
        store::Case marked = row;
        marked.flags = {"damaged"};
        return row_json(marked);
    }
}

// Rows alone are enough for a list that people read; `full` has every key of the contract, at one more query a
// case.
Json cases_json(const store::Cases& cases, const std::vector<store::Case>& rows, bool full)
{
    Json list = Json::array();
    for (const store::Case& row : rows) {
        if (!full) {
            list.push_back(row_json(row));
        } else if (Json whole = full_json(cases, row); !whole.is_null()) {
            list.push_back(std::move(whole));
        }
    }
    return list;
}

}  // namespace

Answer Operations::queue(Request& request)
{
    store::QueueFilter filter;
    filter.category = request.category_if("category");
    filter.state = request.state_if("state");
    filter.held = request.flag("held");
    filter.spam = request.flag("spam");
    filter.campaigns = request.flag("campaigns");
    filter.campaign = request.reference_if("campaign");
    const std::uint64_t most = settings_->limits.queue_rows_max;
    filter.limit = request.number_within("limit", 1, most).value_or(std::min(filter.limit, most));
    const bool full = request.flag("full");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    if ((filter.campaigns || filter.campaign) && (filter.category || filter.state || filter.held || filter.spam)) {
        return Answer::misused("campaigns are listed whole: only a limit goes with them");
    }
    if (filter.campaign) {
        const auto detail = store_.cases().find(*filter.campaign);
        if (!detail || !detail->campaign) {
            return Answer::refused(detail ? filter.campaign->to_string() + " is of no campaign"
                                          : no_such_case(*filter.campaign).sentence);
        }
    }
    const store::Queue queue = store_.cases().queue(filter);
    return Answer::done({{"cases", cases_json(store_.cases(), queue.cases, full)},
                         {"counts", counts_json(queue.counts)},
                         {"limit", filter.limit}});
}

Answer Operations::search(Request& request)
{
    constexpr std::uint64_t usual = 50;
    const std::string words = request.text("words");
    const std::uint64_t most = settings_->limits.search_rows_max;
    const std::uint64_t limit = request.number_within("limit", 1, most).value_or(std::min(usual, most));
    const bool full = request.flag("full");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    if (words.size() > settings_->limits.search_words_max) {
        return Answer::past(&core::Limits::search_words_max,
                            Answer::misused("a search has at most " +
                                            std::to_string(settings_->limits.search_words_max) + " octets"));
    }
    return Answer::done(cases_json(store_.cases(), store_.cases().search(words, limit), full));
}

Answer Operations::show(Request& request)
{
    const core::Reference reference = request.reference("reference");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    const auto detail = store_.cases().find(reference);
    if (!detail) {
        return Answer::refused(no_such_case(reference).sentence);
    }
    Json json = detail_json(*detail, settings_->limits.show_text_max);
    add_evidence(json, evidence_of(*detail, settings_->mailboxes));
    Answer answer = Answer::done(std::move(json));
    if (detail->summary.acknowledgement.state == core::AcknowledgementState::held) {
        std::string late =
            acts::held_too_long(detail->messages.front().envelope.received_at, detail->summary.category,
                                detail->summary.reference, now_, settings_->promises);
        if (!late.empty()) {
            answer.warnings.push_back("the acknowledgement is " + std::move(late));
        }
    }
    return answer;
}

Answer Operations::raw(Request& request)
{
    const core::Reference reference = request.reference("reference");
    const auto number = request.number_if("message");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    const auto detail = store_.cases().find(reference);
    if (!detail) {
        return Answer::refused(no_such_case(reference).sentence);
    }
    const store::Message* message = choose(*detail, reference, number);
    auto octets = message != nullptr ? store_.cases().octets(message->reference) : std::nullopt;
    if (!octets) {
        return no_such_message(*detail);
    }
    Answer answer = Answer::done({{"reference", message->reference.to_string()}, {"size", octets->size()}});
    answer.octets = std::move(octets);
    return answer;
}

Answer Operations::attachment(Request& request)
{
    const core::Reference reference = request.reference("reference");
    const auto message_number = request.number_if("message");
    const auto number = request.number_if("number");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    const auto detail = store_.cases().find(reference);
    if (!detail) {
        return Answer::refused(no_such_case(reference).sentence);
    }
    const store::Message* message = choose(*detail, reference, message_number);
    if (message == nullptr) {
        return no_such_message(*detail);
    }
    const std::size_t count = message->assessment ? message->assessment->attachments.size() : 0;
    const auto whole =
        number && *number >= 1 && *number <= count ? store_.cases().octets(message->reference) : std::nullopt;
    std::optional<std::string> octets;
    if (whole) {
        auto read = read_attachment_(*whole, *number, settings_->limits);
        if (!read) {
            return Answer::refused("attachment " + std::to_string(*number) +
                                   " cannot be had: " + core::Error{read.error()}.sentence);
        }
        octets = std::move(*read);
    }
    if (!octets) {
        return Answer::refused(
            "message " + message->reference.to_string() +
            (count == 0 ? " has no attachments" : " has attachments 1 to " + std::to_string(count)));
    }
    const core::Attachment& attachment = message->assessment->attachments[*number - 1];
    Answer answer = Answer::done({{"reference", message->reference.to_string()},
                                  {"name", attachment.name},
                                  {"size", octets->size()},
                                  {"sha256", core::to_hex(core::sha256(*octets))}});
    answer.octets = std::move(octets);
    return answer;
}

Answer Operations::refused(Request& request)
{
    constexpr std::uint64_t usual = 50;
    const std::uint64_t most = settings_->limits.queue_rows_max;
    const std::uint64_t limit = request.number_within("limit", 1, most).value_or(std::min(usual, most));
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    Json list = Json::array();
    for (const store::RefusedRow& row : store_.cases().refused(limit)) {
        list.push_back(refused_json(row));
    }
    return Answer::done(std::move(list));
}

Answer Operations::stats(Request& request)
{
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    Json figures = Json::object();
    for (const auto& [name, value] : store_.cases().stats()) {
        figures[name] = value;
    }
    figures["held_share"] = held_share_json(store_.cases().held_share());
    return Answer::done(std::move(figures));
}

Answer Operations::templates(Request& request)
{
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    return Answer::done(settings_->templates.canned_names());
}

Answer Operations::verify(Request& request)
{
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    const store::Store::Verification found = store_.verify([](std::uint64_t, std::uint64_t) {});
    store_.note_verification(found);
    Answer answer = Answer::done({{"messages", found.messages},
                                  {"octets", found.octets},
                                  {"cases", found.cases},
                                  {"references", found.references},
                                  {"faults", found.faults}});
    if (!found.faults.empty()) {
        answer.status = 1;
        answer.error = std::to_string(found.faults.size()) + (found.faults.size() == 1 ? " fault" : " faults") +
                       " found; restore from a backup and keep this copy for study";
    }
    return answer;
}

/// Into the directory, the one place that this process may write to; whoever asked takes it from there to where
/// they may write, and says so.
Answer Operations::backup(Request& request)
{
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    try {
        return Answer::done({{"file", store_.backup_here([](std::uint64_t, std::uint64_t) {}).string()}});
    } catch (const store::Unavailable& failure) {
        if (failure.kind() != store::Unavailable::Kind::failed) {
            throw;
        }
        return Answer::refused(failure.what());  // it is the copy that cannot be written, not the store
    }
}

Answer Operations::backup_taken(Request& request)
{
    const std::string file = request.text("file");
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    return store_.remove_backup(std::filesystem::path{file}.filename().string())
               ? Answer::done({{"file", file}})
               : Answer::refused("there is no such backup to be taken");
}

Answer Operations::rotate_token_key(Request& request)
{
    if (const auto fault = request.fault()) {
        return Answer::faulty(*fault);
    }
    store_.rotate_token_key();
    return Answer::done({{"key", store_.token_key().id}});
}

}  // namespace shield::triage
