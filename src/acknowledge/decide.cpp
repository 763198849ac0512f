// SPDX-License-Identifier: Apache-2.0
#include "fields.hpp"
#include "machine.hpp"

#include <shield/acknowledge/decide.hpp>

#include <algorithm>

namespace shield::acknowledge {

namespace {

using core::AcknowledgementState;

Decision held(std::string reason)
{
    return {AcknowledgementState::held, std::move(reason), false};
}
Decision suppressed(std::string reason)
{
    return {AcknowledgementState::suppressed, std::move(reason), false};
}

bool is_for_acknowledged_mailbox(const core::Envelope& envelope)
{
    return std::any_of(envelope.recipients.begin(), envelope.recipients.end(),
                       [](const core::Recipient& recipient) { return recipient.acknowledged; });
}

// RFC 5230 section 4.5: who is not named was sent a blind copy, or is one of very many.
bool names_us(const core::Assessment& message, const core::Mailboxes& ours)
{
    return std::any_of(message.to_and_cc.begin(), message.to_and_cc.end(), [&](const std::string& text) {
        const auto address = core::Mailbox::parse(text);
        return address && ours.is_ours(*address);
    });
}

// Whether no other spelling of the address reaches the same person. A quoted string ("joe", "j\oe"), a comment, a
// route (joe%there@here) or a dot at the end of the domain makes as many senders out of one as somebody likes, each
// with an acknowledgement of its own. A domain without a dot means something else to everybody who reads it.
bool has_one_spelling(const core::Mailbox& address)
{
    return core::is_dot_atom(address.local) && address.local.find_first_of("%!") == std::string::npos &&
           address.domain.find('.') < address.domain.size() - 1 && address.domain.back() != '.';
}

// Why no reply may go to this reverse-path though a person may read it, or empty.
std::string unusable_address(const core::Envelope& envelope, const core::Mailboxes& ours)
{
    const auto sender = core::Mailbox::parse(envelope.reverse_path);
    if (!sender || sender->domain.front() == '[' || !has_one_spelling(*sender)) {
        return "its return address is not one we can answer";
    }
    return ours.is_our_domain(sender->domain) ? "its sender is in a domain of ours" : std::string{};
}

std::string cap_of_sender(const History& history, const core::Verdict& verdict, const core::Limits& limits)
{
    if (verdict.reply_address != core::ReplyAddress::verified) {
        return history.sender_day >= limits.acknowledgements_sender_day_max
                   ? "its sender had an acknowledgement within 24 hours (acknowledgements_sender_day_max)"
                   : std::string{};
    }
    return history.sender_day >= limits.acknowledgements_verified_day_max
               ? "its sender had its share for 24 hours (acknowledgements_verified_day_max)"
               : std::string{};
}

std::string cap_reached(const History& history, const core::Verdict& verdict, const core::Limits& limits)
{
    if (auto reason = cap_of_sender(history, verdict, limits); !reason.empty()) {
        return reason;
    }
    if (history.domain_day >= limits.acknowledgements_domain_day_max) {
        return "its sender's domain had its share for 24 hours (acknowledgements_domain_day_max)";
    }
    if (history.signer_day >= limits.acknowledgements_signer_day_max) {
        return "the domain that signed it had its share for 24 hours (acknowledgements_signer_day_max)";
    }
    if (history.network_day >= limits.acknowledgements_network_day_max) {
        return "its client's network had its share for 24 hours (acknowledgements_network_day_max)";
    }
    return history.total_day >= limits.acknowledgements_day_max
               ? "the acknowledgements of 24 hours are used up (acknowledgements_day_max)"
               : std::string{};
}

bool has_flag(const core::Assessment& message, std::string_view flag)
{
    const auto& flags = message.classification.flags;
    return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

// The reasons to hold a message that a person may have written, the most telling first.
std::string reason_to_hold(const core::Envelope& envelope, const core::Assessment& message,
                           const core::Mailboxes& ours)
{
    if (auto reason = unusable_address(envelope, ours); !reason.empty()) {
        return reason;
    }
    if (!names_us(message, ours)) {
        return "no mailbox of ours is named in To or Cc";
    }
    if (auto reason = machine_suspicion(envelope, message); !reason.empty()) {
        return reason;
    }
    if (has_flag(message, "spam")) {
        return "it looks like unsolicited mail";
    }
    return {};
}

}  // namespace

Decision decide(const core::Envelope& envelope, const core::Assessment* message, const core::Mailboxes& ours)
{
    auto machine =
        message == nullptr ? machine_reason_of_envelope(envelope, ours) : machine_reason(envelope, *message, ours);
    if (!machine.empty()) {
        return {AcknowledgementState::suppressed, std::move(machine), true};
    }
    // Owed to nobody, whoever wrote it: nothing is there for a person to release.
    if (!is_for_acknowledged_mailbox(envelope)) {
        return suppressed("mail to postmaster@ and abuse@ is not acknowledged");
    }
    if (message == nullptr) {
        return held("it could not be read");
    }
    if (auto reason = reason_to_hold(envelope, *message, ours); !reason.empty()) {
        return held(std::move(reason));
    }
    return {AcknowledgementState::queued, "its sender may be answered", false};
}

Decision judged(Decision decision, const core::Verdict& verdict, Unverified unverified, std::string_view allowed)
{
    if (decision.state != AcknowledgementState::queued) {
        return decision;
    }
    switch (verdict.reply_address) {
        case core::ReplyAddress::verified:
        case core::ReplyAddress::probable:
            return decision;
        case core::ReplyAddress::refuted:
            return held("reply address not verified: its domain disowns the message");
        case core::ReplyAddress::unverified:
            if (!allowed.empty()) {
                decision.reason = allowed;
                return decision;
            }
            return unverified == Unverified::send ? std::move(decision) : held("reply address not verified");
    }
    return held("reply address not verified");
}

Decision after(const History& history, const core::Verdict& verdict, Decision decision, const core::Limits& limits)
{
    if (decision.state == AcknowledgementState::suppressed) {
        return decision;
    }
    if (history.repeat) {
        return suppressed("it repeats a message that is already here");
    }
    if (history.follow_up) {
        return suppressed("it follows up on a known case: a person will answer");
    }
    if (decision.state == AcknowledgementState::queued) {
        if (auto reason = cap_reached(history, verdict, limits); !reason.empty()) {
            return held(std::move(reason));
        }
    }
    return decision;
}

}  // namespace shield::acknowledge
