// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/promise.hpp>
#include <shield/store/cases.hpp>

/// A case as the store would give it, for tests of pure code.
namespace shield::triage::sample {

using namespace std::chrono_literals;

inline const core::Time monday_noon = *core::parse_rfc3339("2026-03-02T12:00:00Z");

inline core::Promises promises()
{
    core::Promises all;
    all[0] = {2h, 0, false};
    all[1] = {24h, 0, false};
    all[2] = {72h, 0, false};
    return all;
}

inline core::Reference reference(std::uint64_t bits = 7)
{
    return core::Reference::from_bits(bits);
}

inline store::Message message(store::MessageKind kind, std::string from, core::Time at, std::uint64_t bits)
{
    store::Message one;
    one.reference = reference(bits);
    one.kind = kind;
    one.envelope.client_address = "192.0.2.7";
    one.envelope.client_port = 40000;
    one.envelope.helo = "mail.example.net";
    one.envelope.protocol = "ESMTP";
    one.envelope.reverse_path = from;
    one.envelope.received_at = at;
    one.envelope.recipients.push_back(
        {*core::Mailbox::parse("shield@example.com"), "shield@example.com", core::Category::attack, true});
    one.size = 1234;
    core::Assessment assessment;
    assessment.from = {from};
    assessment.from_shown = "Alice <" + from + ">";
    assessment.subject = "Someone is in my account";
    assessment.message_id = "<m" + std::to_string(bits) + "@example.net>";
    assessment.text = "Please help.\n";
    assessment.classification.category = core::Category::attack;
    assessment.classification.probabilities = {0.9, 0.06, 0.04};
    assessment.classification.reasons = {{"says 'someone is in my account'", core::Category::attack, 2.5}};
    one.assessment = assessment;
    return one;
}

/// A new `attack` of Alice's, received at noon, due two hours later, its acknowledgement held.
inline store::CaseDetail fresh_case()
{
    store::CaseDetail detail;
    detail.messages.push_back(message(store::MessageKind::first, "alice@example.net", monday_noon, 7));
    store::Case& summary = detail.summary;
    summary.id = 1;
    summary.reference = reference();
    summary.category = core::Category::attack;
    summary.mailbox = "shield@example.com";
    summary.from = "Alice <alice@example.net>";
    summary.subject = "Someone is in my account";
    summary.received_at = monday_noon;
    summary.updated_at = monday_noon;
    summary.due_at = monday_noon + 2h;
    summary.acknowledgement = {core::AcknowledgementState::held, "the sender is not verified", {}};
    detail.messages.front().acknowledgement = summary.acknowledgement;
    detail.events.push_back({monday_noon, "shieldd", "received", ""});
    return detail;
}

inline store::CaseDetail case_in(core::State state)
{
    store::CaseDetail detail = fresh_case();
    detail.summary.state = state;
    if (state == core::State::closed) {
        detail.summary.code = core::ClosingCode::resolved;
        detail.summary.due_at.reset();
    }
    return detail;
}

}  // namespace shield::triage::sample
