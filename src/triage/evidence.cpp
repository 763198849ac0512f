// SPDX-License-Identifier: Apache-2.0
#include "evidence.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/network.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace shield::triage {

namespace {

using core::EvidenceItem;
using core::EvidenceKind;
using core::EvidencePlace;

/// Of a URL as RFC 3986 section 3.2 has it.
std::string_view host_of(std::string_view url)
{
    const std::size_t begin = url.find("://");
    std::string_view authority = url.substr(begin == std::string_view::npos ? url.size() : begin + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    authority.remove_prefix(authority.rfind('@') + 1);  // npos + 1 is 0
    return authority.substr(0, authority.find(':'));
}

/// One of our domains, or a name below it: a link to our own pages in a footer is no attacker's.
bool is_below_ours(std::string_view name, const core::Mailboxes& mailboxes)
{
    const std::string lowered = core::lowered(name);
    for (std::string_view rest = lowered; !rest.empty();) {
        if (mailboxes.is_our_domain(rest)) {
            return true;
        }
        const std::size_t dot = rest.find('.');
        rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
    }
    return false;
}

bool is_ours(const EvidenceItem& item, const core::Mailboxes& mailboxes)
{
    switch (item.kind) {
        case EvidenceKind::mailbox:
            return is_below_ours(std::string_view{item.value}.substr(item.value.rfind('@') + 1), mailboxes);
        case EvidenceKind::domain:
            return is_below_ours(item.value, mailboxes);
        case EvidenceKind::url:
            return is_below_ours(host_of(item.value), mailboxes);
        case EvidenceKind::address:
        case EvidenceKind::message_id:
        case EvidenceKind::subject:
        case EvidenceKind::file:
        case EvidenceKind::time:
        case EvidenceKind::complaint:
            return false;
    }
    return false;
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
