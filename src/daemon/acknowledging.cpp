// SPDX-License-Identifier: Apache-2.0
#include "acknowledging.hpp"

#include <shield/store/allowances.hpp>

#include <utility>

namespace shield::daemon {

namespace {

using core::AcknowledgementState;

/// A message that may be acknowledged unless what came before forbids it, kept until the store knows that.
struct Pending {
    std::shared_ptr<const InForce> in_force;
    acknowledge::Decision decision;
    core::Verdict verdict;
    triage::Acknowledged message;
    core::Time received_at;
    bool repeat;
    std::function<triage::Stamp()> stamp;  // made for those alone that are granted: it costs something
};

store::Grant granted(const acknowledge::Decision& decision)
{
    return {{decision.state, decision.reason, std::nullopt}, std::nullopt};
}

/// Runs on the writer thread, inside the transaction that counts what was granted before.
store::Grant grant(const Pending& pending, const store::GrantedBefore& granted_before, bool joined)
{
    const triage::Settings& settings = pending.in_force->triage;
    acknowledge::History history;
    if (!joined && !pending.repeat && pending.decision.state == AcknowledgementState::queued) {
        history = triage::history_of(granted_before(pending.verdict.signing_domain));
    }
    history.follow_up = joined;
    history.repeat = pending.repeat;
    const acknowledge::Decision decision =
        acknowledge::after(history, pending.verdict, pending.decision, settings.limits);
    store::Grant made = granted(decision);
    if (decision.state == AcknowledgementState::queued) {
        const core::Promise& promise = settings.promises[static_cast<std::size_t>(pending.message.category)];
        made.reply = triage::make_acknowledgement(settings, pending.message, promise.due(pending.received_at),
                                                  pending.stamp());
        made.reply->signing_domain = pending.verdict.signing_domain;
        made.reply->verified = pending.verdict.reply_address == core::ReplyAddress::verified;
    }
    return made;
}

}  // namespace

store::Acknowledge acknowledging(const Answerable& about, acknowledge::Decision decision, core::Verdict verdict,
                                 const Assessing& with)
{
    const bool asks_people = decision.state == AcknowledgementState::queued &&
                             verdict.reply_address == core::ReplyAddress::unverified && with.allowed;
    decision = acknowledge::judged(std::move(decision), verdict, with.in_force->unverified,
                                   asks_people ? with.allowed(about.envelope.reverse_path) : std::string{});
    if (decision.state == AcknowledgementState::suppressed) {
        return without_reply(std::move(decision));
    }
    triage::Acknowledged message{about.reference, about.message.classification.category,
                                 about.envelope.reverse_path, about.message.message_id, about.message.language};
    auto stamp = [key = with.signing_key, unique_name = with.unique_name, reference = about.reference,
                  now = with.now] {
        return triage::Stamp{core::make_token(key, reference), unique_name(), now};
    };
    auto pending = std::make_shared<const Pending>(
        Pending{with.in_force, std::move(decision), std::move(verdict), std::move(message),
                about.envelope.received_at, about.kind == store::MessageKind::repeat, std::move(stamp)});
    return [pending](const store::GrantedBefore& before, bool joined) { return grant(*pending, before, joined); };
}

store::Acknowledge waiting_for_verdict(store::MessageKind kind, acknowledge::Decision decision,
                                       const Assessing& with)
{
    const bool repeat = kind == store::MessageKind::repeat;
    return [decision = std::move(decision), repeat, in_force = with.in_force](const store::GrantedBefore&,
                                                                              bool joined) {
        acknowledge::History history;
        history.follow_up = joined;
        history.repeat = repeat;
        core::Verdict best;
        best.reply_address = core::ReplyAddress::verified;
        acknowledge::Decision now = acknowledge::after(history, best, decision, in_force->triage.limits);
        return granted(now.state == AcknowledgementState::queued
                           ? acknowledge::Decision{AcknowledgementState::pending, "its sender is being verified"}
                           : std::move(now));
    };
}

std::function<std::string(const std::string&)> allowed_in(store::Store& store)
{
    return [&store](const std::string& reverse_path) {
        const auto allowance = store.allowances().of(reverse_path);
        return allowance ? "reply address not verified, and " + allowance->whom + " is allowed by " +
                               allowance->who + " until " + core::to_rfc3339(allowance->until)
                         : std::string{};
    };
}

store::Acknowledge without_reply(acknowledge::Decision decision)
{
    return [decision = std::move(decision)](const store::GrantedBefore&, bool) { return granted(decision); };
}

}  // namespace shield::daemon
