// SPDX-License-Identifier: Apache-2.0
#include "assess.hpp"

#include "acknowledging.hpp"
#include "relays.hpp"

#include <algorithm>

namespace shield::daemon {

namespace {

/// Where the sender chose to write. An address with a token of ours is one that we put into Reply-To: it says which
/// case is answered, and nothing about how pressing the answer is.
std::optional<core::Category> prior_of(const core::Envelope& envelope, const core::TokenKeys& keys)
{
    std::optional<core::Category> prior;
    for (const core::Recipient& recipient : envelope.recipients) {
        if (!core::verify_token(recipient.address.suffix(), keys)) {
            prior = std::min(prior.value_or(recipient.category), recipient.category);
        }
    }
    return prior;
}

}  // namespace

store::Assessed assess(const store::AssessmentWork& work, Read read, const Assessing& with)
{
    const triage::Settings& settings = with.in_force->triage;
    const core::Envelope envelope = as_first_met(work.envelope, read, *with.in_force);
    const core::Category provisional = core::most_pressing(envelope).category;

    store::Assessed assessed;
    assessed.message_id = work.message_id;
    assessed.received_at = envelope.received_at;
    if (envelope.by_relay) {
        assessed.origin = {envelope.by_relay->relay, envelope.client_address, envelope.helo, envelope.reverse_path};
    }
    core::Assessment& message = assessed.assessment.emplace(std::move(read.assessment));
    if (with.in_force->authenticates) {
        assessed.signatures = std::move(read.signatures);
    }
    message.classification = with.in_force->classifier.classify(message, prior_of(envelope, with.known_keys));
    acknowledge::Decision decision = acknowledge::decide(envelope, &message, settings.mailboxes);
    assessed.automatic = decision.automatic;
    if (work.kind == store::MessageKind::first) {
        assessed.follows = followed_case(envelope, message, settings.sender.hostname, with.known_keys);
    }
    if (message.classification.category != provisional ||
        assessed.follows) {  // the case it follows has another clock
        const auto category = static_cast<std::size_t>(message.classification.category);
        assessed.due_at = settings.promises[category].due(envelope.received_at);
    }
    if (assessed.follows) {
        assessed.on_follow_up =
            triage::on_follow_up(envelope, message, assessed.automatic, with.now, settings.promises);
    }
    assessed.acknowledge =
        with.in_force->authenticates
            ? waiting_for_verdict(work.kind, std::move(decision), with)
            : acknowledging({work.reference, work.kind, envelope, message}, std::move(decision), {}, with);
    return assessed;
}

store::Assessed unreadable(const store::AssessmentWork& work, std::string why, const Assessing& with)
{
    store::Assessed assessed;
    assessed.message_id = work.message_id;
    assessed.received_at = work.envelope.received_at;
    assessed.failure = std::move(why);
    acknowledge::Decision held{core::AcknowledgementState::held, "it could not be read", false};
    assessed.acknowledge =
        without_reply(may_be_relayed(work.envelope, *with.in_force)
                          ? std::move(held)
                          : acknowledge::decide(work.envelope, nullptr, with.in_force->triage.mailboxes));
    return assessed;
}

std::optional<core::Reference> followed_case(const core::Envelope& envelope, const core::Assessment& message,
                                             const std::string& hostname, const core::TokenKeys& keys)
{
    for (const core::Recipient& recipient : envelope.recipients) {
        if (const auto named = core::verify_token(recipient.address.suffix(), keys)) {
            return named;
        }
    }
    for (const std::string& reference : message.references) {
        const auto token = core::token_in_message_id(reference, hostname);
        if (const auto named = token ? core::verify_token(*token, keys) : std::nullopt) {
            return named;
        }
    }
    return std::nullopt;
}

}  // namespace shield::daemon
