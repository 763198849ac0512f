// SPDX-License-Identifier: Apache-2.0
#include "relays.hpp"

#include <shield/auth/exchange.hpp>
#include <shield/auth/relayed.hpp>

#include <algorithm>

namespace shield::daemon {

namespace {

/// That of a group of ours: when a sender's domain forbids others to use it, a Google group writes itself into
/// From.
bool is_author(const std::vector<std::string>& from, const core::Mailboxes& ours)
{
    return !from.empty() && std::all_of(from.begin(), from.end(), [&](const std::string& text) {
        const auto address = core::Mailbox::parse(text);
        return address && ours.is_ours(*address);
    });
}

void forget_what_our_list_wrote(core::Assessment& message, const core::Envelope& envelope,
                                const core::Mailboxes& ours)
{
    message.machine.list_field.clear();
    message.machine.precedence.clear();
    if (is_author(message.from, ours) && envelope.reverse_path != envelope.by_relay->reverse_path) {
        message.from = {envelope.reverse_path};
    }
}

}  // namespace

bool may_be_relayed(const core::Envelope& envelope, const InForce& in_force)
{
    const auto client = core::IpAddress::parse(envelope.client_address);
    return client && std::any_of(in_force.relays.begin(), in_force.relays.end(),
                                 [&](const auth::Relay& relay) { return core::contains(relay.networks, *client); });
}

core::Envelope as_first_met(const core::Envelope& envelope, Read& read, const InForce& in_force)
{
    if (!may_be_relayed(envelope, in_force)) {
        return envelope;
    }
    const core::Limits& limits = in_force.triage.limits;
    const core::Mailboxes& ours = in_force.triage.mailboxes;
    auth::Trace trace;
    if (auto said = auth::trace_in(read.trace, limits)) {
        trace = *std::move(said);
    } else {
        trace.defective = true;
    }
    auto by = auth::by_our_relay(envelope, trace, in_force.relays, ours);
    if (!by) {
        return envelope;
    }
    if (by->from_our_list && by->envelope.by_relay) {
        forget_what_our_list_wrote(read.assessment, by->envelope, ours);
    }
    if (auto signatures = auth::signatures_in(read.signatures, limits)) {
        signatures->relayed = std::move(by->relayed);
        read.signatures = auth::to_octets(*signatures);
    }
    return std::move(by->envelope);
}

}  // namespace shield::daemon
