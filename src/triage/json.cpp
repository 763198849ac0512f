// SPDX-License-Identifier: Apache-2.0
#include "json.hpp"

#include "acts.hpp"

#include <shield/core/ascii.hpp>

namespace shield::triage {

namespace {

Json text_or_null(const std::string& text)
{
    return text.empty() ? Json{} : Json(text);
}

Json time_or_null(const std::optional<core::Time>& time)
{
    return time ? Json(core::to_rfc3339(*time)) : Json{};
}

template <typename Word>
Json word(Word value)
{
    return std::string{to_string(value)};
}

std::string_view kind_name(store::MessageKind kind)
{
    switch (kind) {
        case store::MessageKind::first:
            return "first";
        case store::MessageKind::follow_up:
            return "follow_up";
        case store::MessageKind::repeat:
            return "repeat";
    }
    return "";
}

Json acknowledgement_json(const store::Acknowledgement& acknowledgement)
{
    return {{"state", word(acknowledgement.state)},
            {"reason", acknowledgement.reason},
            {"sent_at", time_or_null(acknowledgement.sent_at)}};
}

Json authentication_json(const core::Verdict& verdict)
{
    Json proofs = Json::array();
    for (const core::Proof& proof : verdict.proofs) {
        proofs.push_back({{"method", proof.method},
                          {"result", proof.result},
                          {"domain", proof.domain},
                          {"reason", proof.reason},
                          {"record", proof.record}});
    }
    return {{"spf", text_or_null(verdict.result_of("spf"))},
            {"dkim", text_or_null(verdict.result_of("dkim"))},
            {"dmarc", text_or_null(verdict.result_of("dmarc"))},
            {"arc", text_or_null(verdict.result_of("arc"))},
            {"reply_address", word(verdict.reply_address)},
            {"verified_domain", text_or_null(verdict.verified_domain)},
            {"proofs", std::move(proofs)}};
}

Json references_json(const std::vector<core::Reference>& references)
{
    Json list = Json::array();
    for (const core::Reference& reference : references) {
        list.push_back(reference.to_string());
    }
    return list;
}

Json sentences_json(const core::Classification& classification)
{
    Json list = Json::array();
    for (const core::Reason& reason : classification.reasons) {
        list.push_back(reason.sentence);
    }
    return list;
}

Json classification_json(const core::Classification& classification)
{
    Json probabilities = Json::object();
    for (const core::Category category : core::categories) {
        probabilities[std::string{to_string(category)}] =
            classification.probabilities[static_cast<std::size_t>(category)];
    }
    Json reasons = Json::array();
    for (const core::Reason& reason : classification.reasons) {
        reasons.push_back(
            {{"sentence", reason.sentence}, {"towards", word(reason.towards)}, {"weight", reason.weight}});
    }
    return {{"category", word(classification.category)},
            {"probabilities", std::move(probabilities)},
            {"reasons", std::move(reasons)},
            {"flags", classification.flags}};
}

// A long suffix is a token of ours or the secret of a relay: who knows it can pass for whoever was told.
core::Mailbox without_secret(core::Mailbox address)
{
    constexpr std::size_t octets_min = 16;
    if (address.suffix().size() >= octets_min) {
        address.local.resize(address.local.find('+') + 1);
        address.local += "...";
    }
    return address;
}

Json by_relay_json(const std::optional<core::ByRelay>& by)
{
    return by ? Json{{"relay", by->relay},
                     {"client_address", by->client_address},
                     {"helo", by->helo},
                     {"reverse_path", by->reverse_path}}
              : Json{};
}

Json envelope_json(const core::Envelope& envelope)
{
    Json recipients = Json::array();
    for (const core::Recipient& recipient : envelope.recipients) {
        recipients.push_back(without_secret(recipient.address).to_string());
    }
    return {{"client_address", envelope.client_address},
            {"client_port", envelope.client_port},
            {"helo", envelope.helo},
            {"protocol", envelope.protocol},
            {"tls", text_or_null(envelope.tls)},
            {"reverse_path", envelope.reverse_path},
            {"by_relay", by_relay_json(envelope.by_relay)},
            {"recipients", std::move(recipients)}};
}

Json attachments_json(const std::vector<core::Attachment>& attachments)
{
    Json list = Json::array();
    for (const core::Attachment& attachment : attachments) {
        list.push_back({{"number", list.size() + 1},
                        {"name", attachment.name},
                        {"declared_type", attachment.declared_type},
                        {"sniffed_type", text_or_null(attachment.sniffed_type)},
                        {"size", attachment.size},
                        {"sha256", core::to_hex(attachment.sha256)},
                        {"embedded_message", attachment.embedded_message}});
    }
    return list;
}

// Adds what the octets told; `text_left` bounds one answer.
void add_assessment(Json& json, const core::Assessment& message, std::uint64_t& text_left)
{
    const std::string_view text = core::cut_utf8(message.text, text_left);
    text_left -= text.size();
    json["from"] = message.from_shown;
    json["from_addresses"] = message.from;
    json["reply_to"] = text_or_null(message.reply_to);
    json["to_and_cc"] = message.to_and_cc;
    json["subject"] = message.subject;
    json["date"] = text_or_null(message.date);
    json["message_id"] = text_or_null(message.message_id);
    json["references"] = message.references;
    json["language"] = message.language;
    json["encryption"] = word(message.encryption);
    json["text"] = std::string{text};
    json["text_cut"] = message.text_cut || text.size() < message.text.size();
    json["attachments"] = attachments_json(message.attachments);
    json["defects"] = message.defects;
    json["classification"] = classification_json(message.classification);
}

Json message_json(const store::CaseDetail& detail, std::size_t index, std::uint64_t& text_left)
{
    const store::Message& message = detail.messages[index];
    const bool elsewhere = message.kind == store::MessageKind::follow_up &&
                           acts::from_another_address(detail, acts::authors_of(message));
    Json json{{"number", index + 1},
              {"reference", message.reference.to_string()},
              {"kind", std::string{kind_name(message.kind)}},
              {"received_at", core::to_rfc3339(message.envelope.received_at)},
              {"size", message.size},
              {"sha256", core::to_hex(message.sha256)},
              {"automatic", message.automatic},
              {"from_another_address", elsewhere},
              {"envelope", envelope_json(message.envelope)},
              {"authentication", authentication_json(message.verdict)},
              {"acknowledgement", acknowledgement_json(message.acknowledgement)},
              {"assessed", message.assessment.has_value()}};
    if (message.assessment) {
        add_assessment(json, *message.assessment, text_left);
    }
    return json;
}

Json outgoing_json(const store::Outgoing& mail)
{
    Json attempts = Json::array();
    for (const store::DeliveryAttempt& attempt : mail.attempts) {
        attempts.push_back({{"started_at", core::to_rfc3339(attempt.started_at)},
                            {"committing_at", time_or_null(attempt.committing_at)},
                            {"ended_at", time_or_null(attempt.ended_at)},
                            {"outcome", text_or_null(attempt.outcome)},
                            {"reply", text_or_null(attempt.reply)}});
    }
    return {{"automatic", mail.automatic},     {"recipient", mail.recipient},
            {"message_id", mail.message_id},   {"state", mail.state},
            {"who", text_or_null(mail.who)},   {"created_at", core::to_rfc3339(mail.created_at)},
            {"text", text_or_null(mail.text)}, {"attempts", std::move(attempts)}};
}

Json campaign_json(const store::CampaignDetail& campaign)
{
    Json networks = Json::array();
    for (const store::CampaignDetail::Network& one : campaign.busiest) {
        networks.push_back({{"network", one.name}, {"messages", one.messages}});
    }
    return {{"reference", campaign.reference.to_string()},
            {"cases", campaign.cases},
            {"open", campaign.open},
            {"last_hour", campaign.last_hour},
            {"first_at", core::to_rfc3339(campaign.first_at)},
            {"last_at", core::to_rfc3339(campaign.last_at)},
            {"muted_until", time_or_null(campaign.muted_until)},
            {"senders", campaign.senders},
            {"networks", campaign.networks},
            {"busiest", std::move(networks)},
            {"samples", references_json(campaign.samples)}};
}

}  // namespace

Json row_json(const store::Case& summary)
{
    return {{"reference", summary.reference.to_string()},
            {"category", word(summary.category)},
            {"state", word(summary.state)},
            {"mailbox", summary.mailbox},
            {"from", summary.from},
            {"subject", summary.subject},
            {"received_at", core::to_rfc3339(summary.received_at)},
            {"due_at", time_or_null(summary.due_at)},
            {"assignee", text_or_null(summary.assignee)},
            {"messages", summary.messages},
            {"acknowledgement", acknowledgement_json(summary.acknowledgement)},
            {"flags", summary.flags},
            {"updated_at", core::to_rfc3339(summary.updated_at)},
            {"answered_at", time_or_null(summary.answered_at)},
            {"code", summary.code ? word(*summary.code) : Json{}},
            {"duplicate_of", summary.duplicate_of ? Json(summary.duplicate_of->to_string()) : Json{}},
            {"campaign_cases", summary.campaign_cases}};
}

Json case_json(const store::CaseDetail& detail)
{
    Json json = row_json(detail.summary);
    const store::Message& first = detail.messages.front();
    json["reasons"] = first.assessment ? sentences_json(first.assessment->classification) : Json::array();
    json["authentication"] = authentication_json(first.verdict);
    json["similar"] = references_json(detail.similar);
    json["campaign"] = detail.campaign ? campaign_json(*detail.campaign) : Json{};
    return json;
}

Json detail_json(const store::CaseDetail& detail, std::uint64_t text_max)
{
    Json json = case_json(detail);
    Json messages = Json::array();
    for (std::size_t index = 0; index < detail.messages.size(); ++index) {
        messages.push_back(message_json(detail, index, text_max));
    }
    Json outgoing = Json::array();
    for (const store::Outgoing& mail : detail.outgoing) {
        outgoing.push_back(outgoing_json(mail));
    }
    Json events = Json::array();
    for (const store::Event& event : detail.events) {
        events.push_back({{"at", core::to_rfc3339(event.at)},
                          {"who", event.who},
                          {"kind", event.kind},
                          {"detail", event.detail}});
    }
    json["messages_detail"] = std::move(messages);
    json["outgoing"] = std::move(outgoing);
    json["events"] = std::move(events);
    return json;
}

Json refused_json(const store::RefusedRow& row)
{
    return {{"last_at", core::to_rfc3339(row.message.at)},
            {"first_at", core::to_rfc3339(row.first_at)},
            {"sender", row.message.sender},
            {"mailbox", row.message.mailbox},
            {"client", row.message.client},
            {"size", row.message.size},
            {"attempts", row.attempts}};
}

Json counts_json(const store::QueueCounts& counts)
{
    return {{"attack", counts.attack},         {"urgent", counts.urgent},     {"support", counts.support},
            {"unanswered", counts.unanswered}, {"held", counts.held},         {"unreadable", counts.unreadable},
            {"folded", counts.folded},         {"gathered", counts.gathered}, {"campaigns", counts.campaigns},
            {"closed", counts.closed}};
}

std::string to_line(const Json& json)
{
    return json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

}  // namespace shield::triage
