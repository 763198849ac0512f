// SPDX-License-Identifier: Apache-2.0
#include "assess.hpp"

#include <algorithm>

namespace shield::daemon {

namespace {

using core::AcknowledgementState;

/// A message that may be acknowledged unless what came before forbids it, kept until the store knows that.
struct Pending {
    std::shared_ptr<const InForce> in_force;
    acknowledge::Decision decision;
    triage::Acknowledged message;
    core::Time received_at;
    bool repeat;
    std::function<triage::Stamp()> stamp;  // made for those alone that are granted: it costs something
};

acknowledge::Decision decide(const InForce& in_force, const core::Envelope& envelope,
                             const core::Assessment* message, const core::Verdict& verdict)
{
    return acknowledge::decide(envelope, message, verdict, in_force.triage.mailboxes, in_force.unverified);
}

store::Assessed::Grant without_reply(const acknowledge::Decision& decision)
{
    return {{decision.state, decision.reason, std::nullopt}, std::nullopt};
}

/// Runs on the writer thread, inside the transaction that counts what was granted before.
store::Assessed::Grant grant(const Pending& pending, const store::GrantedBefore& granted_before, bool joined)
{
    const triage::Settings& settings = pending.in_force->triage;
    acknowledge::History history;
    history.follow_up = joined;
    history.repeat = pending.repeat;
    if (!joined && !pending.repeat && pending.decision.state == AcknowledgementState::queued) {
        const store::AcknowledgementHistory before = granted_before();
        history.sender_day = before.sender_day;
        history.domain_day = before.domain_day;
        history.network_day = before.network_day;
        history.total_day = before.total_day;
    }
    const acknowledge::Decision decision = acknowledge::after(history, pending.decision, settings.limits);
    store::Assessed::Grant granted = without_reply(decision);
    if (decision.state == AcknowledgementState::queued) {
        const core::Promise& promise = settings.promises[static_cast<std::size_t>(pending.message.category)];
        granted.reply = triage::make_acknowledgement(settings, pending.message, promise.due(pending.received_at),
                                                     pending.stamp());
    }
    return granted;
}

std::function<store::Assessed::Grant(const store::GrantedBefore&, bool)> acknowledgement(
    const store::AssessmentWork& work, acknowledge::Decision decision, const core::Assessment& message,
    const Assessing& with)
{
    if (decision.state == AcknowledgementState::suppressed) {
        return [decision](const store::GrantedBefore&, bool) { return without_reply(decision); };
    }
    triage::Acknowledged about{work.reference, message.classification.category, work.envelope.reverse_path,
                               message.message_id, message.language};
    auto stamp = [key = with.signing_key, unique_name = with.unique_name, reference = work.reference,
                  now = with.now] {
        return triage::Stamp{core::make_token(key, reference), unique_name(), now};
    };
    const bool repeat = work.kind == store::MessageKind::repeat;
    auto pending = std::make_shared<const Pending>(Pending{with.in_force, std::move(decision), std::move(about),
                                                           work.envelope.received_at, repeat, std::move(stamp)});
    return [pending](const store::GrantedBefore& before, bool joined) { return grant(*pending, before, joined); };
}

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

store::Assessed assess(const store::AssessmentWork& work, core::Assessment said, const Assessing& with)
{
    const triage::Settings& settings = with.in_force->triage;
    const core::Category provisional = core::most_pressing(work.envelope).category;

    store::Assessed assessed;
    assessed.message_id = work.message_id;
    assessed.received_at = work.envelope.received_at;
    core::Assessment& message = assessed.assessment.emplace(std::move(said));
    message.classification = with.in_force->classifier.classify(message, prior_of(work.envelope, with.known_keys));
    acknowledge::Decision decision = decide(*with.in_force, work.envelope, &message, assessed.verdict);
    assessed.automatic = decision.automatic;
    if (work.kind == store::MessageKind::first) {
        assessed.follows = followed_case(work.envelope, message, settings.sender.hostname, with.known_keys);
    }
    if (message.classification.category != provisional ||
        assessed.follows) {  // the case it follows has another clock
        const auto category = static_cast<std::size_t>(message.classification.category);
        assessed.due_at = settings.promises[category].due(work.envelope.received_at);
    }
    if (assessed.follows) {
        assessed.on_follow_up =
            triage::on_follow_up(work.envelope, message, assessed.automatic, with.now, settings.promises);
    }
    assessed.acknowledge = acknowledgement(work, std::move(decision), message, with);
    return assessed;
}

store::Assessed unreadable(const store::AssessmentWork& work, std::string why, const Assessing& with)
{
    store::Assessed assessed;
    assessed.message_id = work.message_id;
    assessed.received_at = work.envelope.received_at;
    assessed.failure = std::move(why);
    const auto decision = decide(*with.in_force, work.envelope, nullptr, assessed.verdict);
    assessed.acknowledge = [decision](const store::GrantedBefore&, bool) { return without_reply(decision); };
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
