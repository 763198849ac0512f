// SPDX-License-Identifier: Apache-2.0
#include "json.hpp"

#include "json_text.hpp"

#include <nlohmann/json.hpp>

namespace shield::store {

namespace {

using Json = nlohmann::json;

template <typename Read>
auto parsed(const std::string& text, const char* what, const Read& read)
{
    try {
        return read(Json::parse(text));
    } catch (const Json::exception&) {
        throw Damaged{std::string{what} + " is not what was written"};
    }
}

template <typename T>
T known(const std::optional<T>& value, const char* what)
{
    if (!value) {
        throw Damaged{std::string{what} + " is not a known word"};
    }
    return *value;
}

core::Category category_of(const Json& value)
{
    return known(core::parse_category(value.get<std::string>()), "a category");
}

core::ReplyAddress reply_address_of(const Json& value)
{
    const auto known = core::parse_reply_address(value.get<std::string>());
    if (!known) {
        throw Damaged{"a reply address is neither verified nor not"};
    }
    return *known;
}

core::Encryption encryption_of(const Json& value)
{
    const auto word = value.get<std::string>();
    for (const auto candidate : {core::Encryption::none, core::Encryption::pgp_mime, core::Encryption::pgp_inline,
                                 core::Encryption::smime}) {
        if (word == to_string(candidate)) {
            return candidate;
        }
    }
    throw Damaged{"an encryption is not a known word"};
}

core::Sha256 digest_of(const Json& value)
{
    const auto hex = value.get<std::string>();
    core::Sha256 digest{};
    if (hex.size() != 2 * digest.size() || hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
        throw Damaged{"a digest is not 64 digits"};
    }
    for (std::size_t i = 0; i < digest.size(); ++i) {
        digest[i] = static_cast<std::uint8_t>(std::stoul(hex.substr(2 * i, 2), nullptr, 16));
    }
    return digest;
}

void write(JsonText& json, const core::Attachment& attachment)
{
    json.begin_object()
        .member("name", attachment.name)
        .member("declared_type", attachment.declared_type)
        .member("sniffed_type", attachment.sniffed_type)
        .member("size", attachment.size)
        .member("sha256", core::to_hex(attachment.sha256))
        .member("embedded_message", attachment.embedded_message)
        .end_object();
}

core::Attachment attachment_of(const Json& value)
{
    core::Attachment attachment;
    value.at("name").get_to(attachment.name);
    value.at("declared_type").get_to(attachment.declared_type);
    value.at("sniffed_type").get_to(attachment.sniffed_type);
    value.at("size").get_to(attachment.size);
    attachment.sha256 = digest_of(value.at("sha256"));
    value.at("embedded_message").get_to(attachment.embedded_message);
    return attachment;
}

// Each field beside its name, once for both directions.
template <typename Machine, typename Each>
void each_mark(Machine& machine, const Each& each)
{
    each("auto_submitted", machine.auto_submitted);
    each("precedence", machine.precedence);
    each("list_field", machine.list_field);
    each("auto_response_suppress", machine.auto_response_suppress);
    each("autoreply_field", machine.autoreply_field);
    each("content_type", machine.content_type);
    each("report_type", machine.report_type);
    each("calendar_method", machine.calendar_method);
    each("loop", machine.loop);
}

template <typename Assessment, typename Each>
void each_plain_field(Assessment& assessment, const Each& each)
{
    each("from", assessment.from);
    each("from_shown", assessment.from_shown);
    each("reply_to", assessment.reply_to);
    each("to_and_cc", assessment.to_and_cc);
    each("subject", assessment.subject);
    each("message_id", assessment.message_id);
    each("references", assessment.references);
    each("date", assessment.date);
    each("text", assessment.text);
    each("text_cut", assessment.text_cut);
    each("language", assessment.language);
    each("defects", assessment.defects);
}

void write(JsonText& json, const core::Classification& classification)
{
    json.begin_object().member("category", to_string(classification.category)).key("probabilities").begin_array();
    for (const double probability : classification.probabilities) {
        json.value(probability);
    }
    json.end_array().key("reasons").begin_array();
    for (const core::Reason& reason : classification.reasons) {
        json.begin_object()
            .member("sentence", reason.sentence)
            .member("towards", to_string(reason.towards))
            .member("weight", reason.weight)
            .end_object();
    }
    json.end_array().member("flags", classification.flags).end_object();
}

core::Classification classification_of(const Json& value)
{
    core::Classification classification;
    classification.category = category_of(value.at("category"));
    value.at("probabilities").get_to(classification.probabilities);
    for (const Json& reason : value.at("reasons")) {
        classification.reasons.push_back({reason.at("sentence").get<std::string>(),
                                          category_of(reason.at("towards")), reason.at("weight").get<double>()});
    }
    value.at("flags").get_to(classification.flags);
    return classification;
}

// The places and kinds by name, the rest in the order of its members: it is written with every message.
void write(JsonText& json, const core::Evidence& evidence)
{
    json.begin_object().key("sources").begin_array();
    for (const core::EvidenceSource& source : evidence.sources) {
        json.begin_array().value(to_string(source.place)).value(source.within).value(source.multipart).end_array();
    }
    json.end_array().key("items").begin_array();
    for (const core::EvidenceItem& item : evidence.items) {
        json.begin_object()
            .member("kind", to_string(item.kind))
            .member("source", item.source)
            .member("found_in", item.found_in)
            .member("value", item.value);
        if (item.kind == core::EvidenceKind::file) {
            json.member("sha256", core::to_hex(item.sha256)).member("size", item.size);
        }
        if (item.at) {
            json.member("at", static_cast<std::uint64_t>(core::to_unix_ms(*item.at)));
        }
        json.end_object();
    }
    json.end_array().end_object();
}

core::EvidenceItem evidence_item_of(const Json& value, std::size_t sources)
{
    core::EvidenceItem item;
    item.kind = known(core::parse_evidence_kind(value.at("kind").get<std::string>()), "a kind of evidence");
    value.at("source").get_to(item.source);
    value.at("found_in").get_to(item.found_in);
    value.at("value").get_to(item.value);
    if (item.kind == core::EvidenceKind::file) {
        item.sha256 = digest_of(value.at("sha256"));
        value.at("size").get_to(item.size);
    }
    if (const auto at = value.find("at"); at != value.end()) {
        item.at = core::from_unix_ms(at->get<std::int64_t>());
    }
    if (item.source >= sources || !core::is_well_formed(item)) {
        throw Damaged{"an item of evidence cannot be what it says"};
    }
    return item;
}

core::Evidence evidence_of(const Json& value)
{
    core::Evidence evidence;
    for (const Json& source : value.at("sources")) {
        evidence.sources.push_back(
            {known(core::parse_evidence_place(source.at(0).get<std::string>()), "a place of evidence"),
             source.at(1).get<std::uint32_t>(), source.at(2).get<bool>()});
    }
    for (const Json& item : value.at("items")) {
        evidence.items.push_back(evidence_item_of(item, evidence.sources.size()));
    }
    return evidence;
}

}  // namespace

std::string to_json(const std::vector<core::Recipient>& recipients)
{
    JsonText json;
    json.begin_array();
    for (const core::Recipient& recipient : recipients) {
        json.begin_object()
            .member("local", recipient.address.local)
            .member("domain", recipient.address.domain)
            .member("mailbox", recipient.mailbox)
            .member("category", to_string(recipient.category))
            .member("acknowledged", recipient.acknowledged)
            .end_object();
    }
    return json.end_array().take();
}

std::string to_json(const std::vector<std::string>& words)
{
    return JsonText{}.value(words).take();
}

std::string to_json(const core::Assessment& assessment)
{
    JsonText json;
    json.begin_object();
    each_plain_field(assessment, [&](const char* name, const auto& field) { json.member(name, field); });
    json.member("encryption", to_string(assessment.encryption)).key("attachments").begin_array();
    for (const core::Attachment& attachment : assessment.attachments) {
        write(json, attachment);
    }
    json.end_array().key("machine").begin_object();
    each_mark(assessment.machine, [&](const char* name, const std::string& field) {
        if (!field.empty()) {
            json.member(name, field);
        }
    });
    json.end_object().key("classification");
    write(json, assessment.classification);
    if (!assessment.evidence.items.empty()) {
        write(json.key("evidence"), assessment.evidence);
    }
    return json.end_object().take();
}

std::string to_json(const core::Verdict& verdict)
{
    JsonText json;
    json.begin_object().key("proofs").begin_array();
    for (const core::Proof& proof : verdict.proofs) {
        json.begin_object()
            .member("method", proof.method)
            .member("result", proof.result)
            .member("domain", proof.domain)
            .member("reason", proof.reason)
            .member("record", proof.record)
            .end_object();
    }
    return json.end_array()
        .member("reply_address", to_string(verdict.reply_address))
        .member("verified_domain", verdict.verified_domain)
        .member("signing_domain", verdict.signing_domain)
        .end_object()
        .take();
}

std::vector<core::Recipient> recipients_from_json(const std::string& text)
{
    return parsed(text, "the list of recipients", [](const Json& all) {
        std::vector<core::Recipient> recipients;
        for (const Json& value : all) {
            recipients.push_back({{value.at("local").get<std::string>(), value.at("domain").get<std::string>()},
                                  value.at("mailbox").get<std::string>(),
                                  category_of(value.at("category")),
                                  value.at("acknowledged").get<bool>()});
        }
        return recipients;
    });
}

std::vector<std::string> words_from_json(const std::string& text)
{
    return parsed(text, "a list of words", [](const Json& all) { return all.get<std::vector<std::string>>(); });
}

core::Assessment assessment_from_json(const std::string& text)
{
    return parsed(text, "the assessment", [](const Json& value) {
        core::Assessment assessment;
        each_plain_field(assessment, [&](const char* name, auto& field) { value.at(name).get_to(field); });
        assessment.encryption = encryption_of(value.at("encryption"));
        for (const Json& attachment : value.at("attachments")) {
            assessment.attachments.push_back(attachment_of(attachment));
        }
        const Json& machine = value.at("machine");
        each_mark(assessment.machine,
                  [&](const char* name, std::string& field) { field = machine.value(name, std::string{}); });
        assessment.classification = classification_of(value.at("classification"));
        if (const auto evidence = value.find("evidence"); evidence != value.end()) {  // older rows have none
            assessment.evidence = evidence_of(*evidence);
        }
        return assessment;
    });
}

core::Verdict verdict_from_json(const std::string& text)
{
    return parsed(text, "the verdict", [](const Json& value) {
        core::Verdict verdict;
        for (const Json& proof : value.at("proofs")) {
            verdict.proofs.push_back({proof.at("method").get<std::string>(), proof.at("result").get<std::string>(),
                                      proof.at("domain").get<std::string>(), proof.at("reason").get<std::string>(),
                                      proof.at("record").get<std::string>()});
        }
        verdict.reply_address = reply_address_of(value.at("reply_address"));
        value.at("verified_domain").get_to(verdict.verified_domain);
        value.at("signing_domain").get_to(verdict.signing_domain);
        return verdict;
    });
}

}  // namespace shield::store
