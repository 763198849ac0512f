// SPDX-License-Identifier: Apache-2.0
#include "stix.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>
#include <shield/core/uuid.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace shield::triage {

namespace {

using core::EvidenceKind;
using core::EvidencePlace;

// Section 2.9: the namespace of observables, 00abedb4-aa42-466c-9c01-fed23315a9b7. Other objects must not use it.
constexpr core::UuidOctets observables_namespace{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c,
                                                 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};
// Ours: 609104e4-bd8a-46bf-b478-6b627f6db7e5.
constexpr core::UuidOctets objects_namespace{0x60, 0x91, 0x04, 0xe4, 0xbd, 0x8a, 0x46, 0xbf,
                                             0xb4, 0x78, 0x6b, 0x62, 0x7f, 0x6d, 0xb7, 0xe5};
// An object that keeps its identifier must keep when it was created (section 3.6.1).
constexpr std::string_view identity_created = "2026-01-01T00:00:00.000Z";

// Section 3.2: created and modified have three digits of a second.
std::string timestamp(core::Time time)
{
    std::string text = core::to_rfc3339(time);
    text.pop_back();
    const auto milliseconds = std::to_string(core::to_unix_ms(time) % 1000);
    return text + "." + std::string(3 - milliseconds.size(), '0') + milliseconds + "Z";
}

std::string identifier(const std::string& type, const std::string& name)
{
    return type + "--" + core::named_uuid(objects_namespace, type + " " + name);
}

/// Section 2.9: of the properties that contribute, as RFC 8785 writes them. Our names are ASCII, so the order of a
/// sorted map is the right one; what is no ASCII stays, control characters are escaped, and no number is in them.
std::string observable_identifier(const std::string& type, const nlohmann::json& contributing)
{
    return type + "--" +
           core::named_uuid(observables_namespace,
                            contributing.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace));
}

/// One mail or report of one message.
struct SourceKey {
    std::size_t message;
    std::uint32_t source;
    friend auto operator<=>(const SourceKey&, const SourceKey&) = default;
};

/// What was found in it, as it becomes objects.
struct Found {
    EvidencePlace place{EvidencePlace::message};
    bool multipart{false};
    std::vector<std::string> references;  // of observables
    std::vector<std::string> labels;
    std::optional<core::Time> first, last, date;
    std::string from, subject, message_id;
};

/// Section 6.5: the addr-spec of RFC 5322; what else stands in mail is no email-addr.
bool is_addr_spec(const std::string& value)
{
    const auto mailbox = core::Mailbox::parse(value);
    return mailbox && core::is_ascii(value) && core::is_dot_atom(mailbox->local) &&
           core::is_dot_atom(mailbox->domain);
}

/// Builds the bundle of one case.
class Bundle {
public:
    Bundle(const store::CaseDetail& detail, const std::string& hostname)
        : detail_{detail}, hostname_{hostname}, creator_{identifier("identity", hostname)}
    {
    }

    void add(const EvidenceRow& row)
    {
        Found& found = found_[{row.message, row.source}];
        found.place = row.of.place;
        found.multipart = row.of.multipart;
        const core::EvidenceItem& item = row.item;
        if (item.at) {
            found.first = std::min(found.first.value_or(*item.at), *item.at);
            found.last = std::max(found.last.value_or(*item.at), *item.at);
        }
        switch (item.kind) {
            case EvidenceKind::address:
                return simple(found, item.value.find(':') == std::string::npos ? "ipv4-addr" : "ipv6-addr",
                              item.value);
            case EvidenceKind::url:
                return simple(found, "url", item.value);
            case EvidenceKind::domain:
                return simple(found, "domain-name", item.value);
            case EvidenceKind::mailbox:
                return mailbox(found, item);
            case EvidenceKind::file:
                return file(found, item);
            case EvidenceKind::message_id:
                found.message_id = item.value;
                return;
            case EvidenceKind::subject:
                found.subject = item.value;
                return;
            case EvidenceKind::time:
                found.date = found.date ? found.date : item.at;
                return;
            case EvidenceKind::complaint:
                found.labels.push_back(item.value);
                return;
        }
    }

    [[nodiscard]] Json take() &&
    {
        Json observed = Json::array();
        for (auto& [key, found] : found_) {
            email_message(key, found);
            if (!found.references.empty()) {
                observed.push_back(observed_data(key, found));
            }
        }
        if (observed.empty()) {
            return {};
        }
        Json objects = Json::array({identity(), grouping(observed)});
        for (auto* list : {&observed, &observables_}) {
            std::move(list->begin(), list->end(), std::back_inserter(objects));
        }
        return {{"type", "bundle"},
                {"id", identifier("bundle", name() + " " + timestamp(modified()))},
                {"objects", std::move(objects)}};
    }

private:
    [[nodiscard]] std::string name() const { return detail_.summary.reference.to_string(); }
    [[nodiscard]] core::Time modified() const
    {
        return std::max(detail_.summary.received_at, detail_.summary.updated_at);
    }

    /// The identifier of an observable, which stands in the bundle once.
    std::string observable(const std::string& type, const nlohmann::json& contributing, Json rest)
    {
        std::string id = observable_identifier(type, contributing);
        if (known_.insert(id).second) {
            Json object{{"type", type}, {"spec_version", "2.1"}, {"id", id}};
            object.update(rest);
            observables_.push_back(std::move(object));
        }
        return id;
    }

    static void refer(Found& found, const std::string& id)
    {
        if (std::find(found.references.begin(), found.references.end(), id) == found.references.end()) {
            found.references.push_back(id);
        }
    }

    void simple(Found& found, const std::string& type, const std::string& value)
    {
        refer(found, observable(type, {{"value", value}}, {{"value", value}}));
    }

    void mailbox(Found& found, const core::EvidenceItem& item)
    {
        if (!is_addr_spec(item.value)) {
            return;
        }
        simple(found, "email-addr", item.value);
        if (item.found_in == "From" && found.from.empty()) {
            found.from = observable_identifier("email-addr", {{"value", item.value}});
        }
    }

    void file(Found& found, const core::EvidenceItem& item)
    {
        const std::string digest = core::to_hex(item.sha256);
        nlohmann::json contributing{{"hashes", {{"SHA-256", digest}}}};
        Json properties{{"hashes", {{"SHA-256", digest}}}, {"size", item.size}};
        if (!item.value.empty()) {
            contributing["name"] = item.value;
            properties["name"] = item.value;
        }
        refer(found, observable("file", contributing, std::move(properties)));
    }

    /// Section 6.6, of mail that tells who wrote it or about what.
    void email_message(const SourceKey& key, Found& found)
    {
        const store::Message& message = detail_.messages[key.message];
        if (found.place == EvidencePlace::complaint) {
            return;
        }
        if (found.place == EvidencePlace::message && !found.from.empty() && message.assessment) {
            found.subject = message.assessment->subject;
            found.message_id = message.assessment->message_id;
        }
        nlohmann::json contributing = nlohmann::json::object();
        Json properties{{"is_multipart", found.multipart}};
        if (found.date) {
            properties["date"] = core::to_rfc3339(*found.date);
        }
        const auto add = [&](const char* property, const std::string& value, bool contributes) {
            if (!value.empty()) {
                properties[property] = value;
                if (contributes) {
                    contributing[property] = value;
                }
            }
        };
        add("from_ref", found.from, true);
        add("subject", found.subject, true);
        add("message_id", found.message_id, false);
        if (!contributing.empty()) {
            refer(found, observable("email-message", contributing, std::move(properties)));
        }
    }

    /// What all objects but observables have (section 3.1).
    [[nodiscard]] Json object(const std::string& type, const std::string& named) const
    {
        return {{"type", type},
                {"spec_version", "2.1"},
                {"id", identifier(type, named)},
                {"created_by_ref", creator_},
                {"created", timestamp(detail_.summary.received_at)},
                {"modified", timestamp(modified())}};
    }

    [[nodiscard]] Json identity() const
    {
        return {{"type", "identity"},
                {"spec_version", "2.1"},
                {"id", creator_},
                {"created", identity_created},
                {"modified", identity_created},
                {"name", hostname_},
                {"identity_class", "organization"}};
    }

    /// Section 4.4; what is in a report for others is for a person to say.
    [[nodiscard]] Json grouping(const Json& observed) const
    {
        Json json = object("grouping", name());
        json["name"] = name();
        json["context"] = "suspicious-activity";
        Json references = Json::array();
        for (const auto* list : {&observed, &observables_}) {
            for (const Json& one : *list) {
                references.push_back(one.at("id"));
            }
        }
        json["object_refs"] = std::move(references);
        return json;
    }

    /// Section 4.14.
    [[nodiscard]] Json observed_data(const SourceKey& key, const Found& found) const
    {
        const store::Message& message = detail_.messages[key.message];
        const core::Time received = message.envelope.received_at;
        Json json = object("observed-data", message.reference.to_string() + " " + std::to_string(key.source));
        if (!found.labels.empty()) {
            json["labels"] = found.labels;
        }
        json["first_observed"] = core::to_rfc3339(found.first.value_or(received));
        json["last_observed"] = core::to_rfc3339(found.last.value_or(received));
        json["number_observed"] = 1;
        json["object_refs"] = found.references;
        return json;
    }

    const store::CaseDetail& detail_;
    const std::string& hostname_;
    std::string creator_;
    std::map<SourceKey, Found> found_;
    std::set<std::string> known_;
    Json observables_ = Json::array();
};

}  // namespace

Json stix_bundle(const store::CaseDetail& detail, const CaseEvidence& evidence, const std::string& hostname,
                 bool sender_is_attacker)
{
    Bundle bundle{detail, hostname};
    for (const EvidenceRow& row : evidence.rows) {
        if (!row.ours && (sender_is_attacker || !row.reporters)) {
            bundle.add(row);
        }
    }
    return std::move(bundle).take();
}

}  // namespace shield::triage
