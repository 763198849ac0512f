// SPDX-License-Identifier: Apache-2.0
#include "evidence.hpp"

#include <shield/core/network.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace shield::triage {

namespace {

using core::EvidenceItem;
using core::EvidenceKind;
using core::EvidencePlace;

bool is_ours(const EvidenceItem& item, const core::Mailboxes& mailboxes)
{
    if (item.kind == EvidenceKind::mailbox) {
        return mailboxes.is_our_domain(std::string_view{item.value}.substr(item.value.rfind('@') + 1));
    }
    return item.kind == EvidenceKind::domain && mailboxes.is_our_domain(item.value);
}

// What tells of the way that a report took, rather than of what is reported.
bool is_of_the_way(EvidenceKind kind)
{
    return kind == EvidenceKind::address || kind == EvidenceKind::mailbox;
}

/// Gathers the rows of one case.
class Gathering {
public:
    Gathering(const core::Mailboxes& mailboxes) : mailboxes_{mailboxes} {}

    void message(const store::Message& message, std::size_t number)
    {
        const core::Evidence none;
        const core::Evidence& evidence = message.assessment ? message.assessment->evidence : none;
        sender(message, number);
        for (const EvidenceItem& item : evidence.items) {
            add(number, evidence.sources[item.source], item);
        }
    }

    [[nodiscard]] CaseEvidence take() && { return std::move(evidence_); }

private:
    void sender(const store::Message& message, std::size_t number)
    {
        const core::Envelope& envelope = message.envelope;
        if (const auto address = core::IpAddress::parse(envelope.client_address)) {
            add(number, envelope,
                {EvidenceKind::address, 0, "SMTP client", address->unmapped().to_string(), {}, 0, {}});
        }
        add(number, envelope, {EvidenceKind::mailbox, 0, "reverse-path", envelope.reverse_path, {}, 0, {}});
        const std::vector<std::string> nobody;
        for (const std::string& author : message.assessment ? message.assessment->from : nobody) {
            add(number, envelope, {EvidenceKind::mailbox, 0, "From", author, {}, 0, {}});
        }
    }

    void add(std::size_t number, const core::Envelope& envelope, EvidenceItem item)
    {
        item.at = envelope.received_at;
        if (core::is_well_formed(item)) {
            add(number, core::EvidenceSource{}, item);
        }
    }

    void add(std::size_t number, const core::EvidenceSource& of, const EvidenceItem& item)
    {
        if (evidence_.rows.size() >= CaseEvidence::rows_max) {
            evidence_.cut = true;
            return;
        }
        const bool reporters =
            of.place == EvidencePlace::message && is_of_the_way(item.kind) && item.found_in != "text";
        evidence_.rows.push_back({number, item.source, of, item, is_ours(item, mailboxes_), reporters});
    }

    const core::Mailboxes& mailboxes_;
    CaseEvidence evidence_;
};

}  // namespace

CaseEvidence evidence_of(const store::CaseDetail& detail, const core::Mailboxes& mailboxes)
{
    Gathering gathering{mailboxes};
    for (std::size_t number = 0; number < detail.messages.size(); ++number) {
        if (detail.messages[number].kind != store::MessageKind::repeat) {
            gathering.message(detail.messages[number], number);
        }
    }
    return std::move(gathering).take();
}

void add_evidence(Json& json, const CaseEvidence& evidence)
{
    Json list = Json::array();
    for (const EvidenceRow& row : evidence.rows) {
        Json one{{"kind", std::string{to_string(row.item.kind)}},
                 {"value", row.item.value},
                 {"found_in", row.item.found_in},
                 {"place", std::string{to_string(row.of.place)}},
                 {"message", row.message + 1},
                 {"source", row.source},
                 {"within", row.of.within},
                 {"at", row.item.at ? Json(core::to_rfc3339(*row.item.at)) : Json{}},
                 {"ours", row.ours},
                 {"reporters", row.reporters}};
        if (row.item.kind == EvidenceKind::address) {
            one["network"] = core::network_of(row.item.value);
        } else if (row.item.kind == EvidenceKind::file) {
            one["sha256"] = core::to_hex(row.item.sha256);
            one["size"] = row.item.size;
        }
        list.push_back(std::move(one));
    }
    json["evidence"] = std::move(list);
    json["evidence_cut"] = evidence.cut;
}

}  // namespace shield::triage
