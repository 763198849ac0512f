// SPDX-License-Identifier: Apache-2.0
#include "granting.hpp"

#include "events.hpp"
#include "outgoing.hpp"

#include <stdexcept>

namespace shield::store {

using core::AcknowledgementState;

Acknowledgement decide_acknowledgement(Connection& connection, const Acknowledge& decide, const Facts& facts,
                                       core::Time now)
{
    Grant grant{{AcknowledgementState::held, "it could not be read", std::nullopt}, std::nullopt};
    if (decide) {
        const auto before = [&](const std::string& signing_domain) {
            return granted_before(connection, grant_keys(facts.reverse_path, facts.client_address, signing_domain),
                                  now);
        };
        grant = decide(before, facts.kind == MessageKind::follow_up);
    }
    Acknowledgement& decided = grant.acknowledgement;
    const bool would_answer =
        decided.state == AcknowledgementState::queued || decided.state == AcknowledgementState::pending;
    if (would_answer && facts.kind == MessageKind::repeat) {
        decided = {AcknowledgementState::suppressed, "it repeats a message that is already here", std::nullopt};
    }
    if (decided.state == AcknowledgementState::queued) {
        if (!grant.reply) {
            throw std::runtime_error{"an acknowledgement was granted without a reply"};
        }
        grant.reply->automatic = true;
        grant.reply->answers = facts.reference;
        if (const auto error = add_outgoing(connection, *grant.reply, ourselves, now)) {
            throw std::runtime_error{error->sentence};
        }
    }
    set_message_acknowledgement(connection, facts.message_id, decided);
    if (decided.state != AcknowledgementState::pending) {
        add_event(connection, {facts.case_id, facts.message_id, now, ourselves, "acknowledgement",
                               to_string(decided.state), decided.reason});
    }
    return decided;
}

}  // namespace shield::store
