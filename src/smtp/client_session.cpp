// SPDX-License-Identifier: Apache-2.0
#include "outgoing.hpp"
#include "peer_reply.hpp"

#include <shield/core/ascii.hpp>
#include <shield/smtp/client_session.hpp>

#include <utility>

namespace shield::smtp {

using core::DeliveryResult;

/// What stands behind a ClientSession.
class ClientSession::Conversation {
public:
    Conversation(std::string hostname, const core::Limits& limits)
        : hostname_{std::move(hostname)}, reply_kept_max_{limits.peer_reply_kept_max}, replies_{limits}
    {
    }

    [[nodiscard]] ClientAction receive(std::string_view octets);
    [[nodiscard]] ClientAction begin(OutgoingMail mail);
    [[nodiscard]] ClientAction commit();
    [[nodiscard]] ClientAction quit();
    void lost(std::string_view why);

    [[nodiscard]] ClientWait wait() const noexcept;
    [[nodiscard]] const DeliveryOutcome& outcome() const noexcept { return outcome_; }
    [[nodiscard]] std::vector<std::uint64_t core::Limits::*> take_reached() { return std::exchange(reached_, {}); }

private:
    /// The reply that is awaited, or what is asked of the driver.
    enum class Phase {
        greeting,
        ehlo,
        helo,
        ready,  ///< ready or done: between messages
        rset,
        mail,
        rcpt,
        data,
        commit,    ///< 354 came; the driver makes its mark
        content,   ///< the final dot is out
        lone_dot,  ///< 354 came although nobody is to get the message: it is ended empty
        closed
    };

    ClientAction take(const PeerReply& reply);
    ClientAction take_ehlo(const PeerReply& reply);
    ClientAction take_data(const PeerReply& reply);
    ClientAction take_content(const PeerReply& reply);
    ClientAction await(Phase phase, std::string output);
    ClientAction envelope();
    void note_refusal(const PeerReply& reply);
    ClientAction next_command();
    ClientAction end(DeliveryOutcome outcome);
    ClientAction break_off(std::string_view why);
    ClientAction give_up(const PeerReply& reply);
    DeliveryOutcome outcome_of(const PeerReply& reply);
    std::string kept(const PeerReply& reply);

    std::string hostname_;
    std::uint64_t reply_kept_max_;
    PeerReplyReader replies_;
    Phase phase_{Phase::greeting};
    Offers offers_;
    OutgoingMail mail_;
    bool mail_open_{false};  // the peer holds a transaction that a new MAIL would meet
    bool refused_{false};    // MAIL or RCPT of the transaction was, and outcome_ is why
    DeliveryOutcome outcome_;
    std::vector<std::uint64_t core::Limits::*> reached_;  // since the last receive()
};

ClientSession::ClientSession(std::string hostname, const core::Limits& limits)
    : conversation_{std::make_unique<Conversation>(std::move(hostname), limits)}
{
}
ClientSession::~ClientSession() = default;
ClientSession::ClientSession(ClientSession&&) noexcept = default;
ClientSession& ClientSession::operator=(ClientSession&&) noexcept = default;

ClientAction ClientSession::start()
{
    return {};
}
ClientAction ClientSession::receive(std::string_view octets)
{
    ClientAction action = conversation_->receive(octets);
    action.reached = conversation_->take_reached();
    return action;
}
ClientAction ClientSession::begin(OutgoingMail mail)
{
    return conversation_->begin(std::move(mail));
}
ClientAction ClientSession::commit()
{
    return conversation_->commit();
}
ClientAction ClientSession::quit()
{
    return conversation_->quit();
}
void ClientSession::lost(std::string_view why)
{
    conversation_->lost(why);
}
ClientWait ClientSession::wait() const noexcept
{
    return conversation_->wait();
}
const DeliveryOutcome& ClientSession::outcome() const noexcept
{
    return conversation_->outcome();
}

ClientAction ClientSession::Conversation::receive(std::string_view octets)
{
    ClientAction action;
    while (phase_ != Phase::closed && !octets.empty()) {
        const auto reply = replies_.next(octets);
        if (replies_.broken()) {
            if (const auto bound = replies_.reached()) {
                reached_.push_back(*bound);
            }
            return break_off(replies_.fault());
        }
        if (!reply) {
            break;
        }
        // A reply nobody waits for: a 421 (RFC 5321 section 3.8), or a peer whose count of replies is not ours.
        // Such a conversation is at an end, else the wrong reply would be taken for the final one.
        if (phase_ == Phase::ready || phase_ == Phase::commit) {
            return break_off("the next hop spoke out of turn: " + kept(*reply));
        }
        ClientAction next = take(*reply);
        action.output += next.output;
        action.then = next.then;
    }
    if (phase_ == Phase::closed) {
        action.then = ClientThen::close;
    }
    return action;
}

ClientAction ClientSession::Conversation::take(const PeerReply& reply)
{
    if (reply.code == 421) {
        return give_up(reply);
    }
    switch (phase_) {
        case Phase::greeting:
            // RFC 5321 sections 3.1 and 4.3.2: 554 says that there is no mail service here, and section 4.2.1 that
            // a 5yz is not to be tried again; so the message this connection was opened for fails with the peer's
            // own words.
            return reply.positive() ? await(Phase::ehlo, "EHLO " + hostname_ + "\r\n") : give_up(reply);
        case Phase::ehlo:
            return take_ehlo(reply);
        case Phase::helo:
            if (!reply.positive()) {
                return give_up(reply);
            }
            phase_ = Phase::ready;
            return {{}, ClientThen::ready};
        case Phase::rset:
            if (!reply.positive()) {
                return give_up(reply);
            }
            mail_open_ = false;
            return offers_.pipelining ? await(Phase::mail, {})
                                      : await(Phase::mail, mail_command(mail_, offers_) + "\r\n");
        case Phase::mail:
            mail_open_ = reply.positive();
            note_refusal(reply);
            return next_command();
        case Phase::rcpt:
            note_refusal(reply);
            return next_command();
        case Phase::data:
            return take_data(reply);
        case Phase::lone_dot:
            mail_open_ = true;  // whatever it was, RSET makes sure
            return end(std::move(outcome_));
        case Phase::content:
            return take_content(reply);
        case Phase::ready:
        case Phase::commit:
        case Phase::closed:
            break;
    }
    return {{}, ClientThen::close};
}

ClientAction ClientSession::Conversation::take_ehlo(const PeerReply& reply)
{
    if (reply.permanent()) {  // RFC 5321 section 3.2
        return await(Phase::helo, "HELO " + hostname_ + "\r\n");
    }
    if (!reply.positive()) {
        return give_up(reply);
    }
    for (std::size_t i = 1; i < reply.lines.size(); ++i) {  // the first is the peer's name
        offers_.take(reply.lines[i]);
    }
    phase_ = Phase::ready;
    return {{}, ClientThen::ready};
}

ClientAction ClientSession::Conversation::begin(OutgoingMail mail)
{
    outcome_ = {};
    refused_ = false;
    if (phase_ != Phase::ready) {
        outcome_ = {DeliveryResult::deferred, "the connection to the next hop is closed"};
        return {{}, ClientThen::close};
    }
    if (replies_.in_reply()) {
        outcome_.reply = "the next hop spoke out of turn";
        phase_ = Phase::closed;
        return {{}, ClientThen::close};
    }
    if (const auto why = obstacle(mail, offers_)) {
        return end({DeliveryResult::failed, *why});
    }
    mail_ = std::move(mail);
    return envelope();
}

// RFC 2920 section 3.1: RSET, MAIL, RCPT and at the end DATA may go in one write.
ClientAction ClientSession::Conversation::envelope()
{
    const std::string rset = mail_open_ ? "RSET\r\n" : "";
    const Phase first = mail_open_ ? Phase::rset : Phase::mail;
    if (offers_.pipelining) {
        return await(first,
                     rset + mail_command(mail_, offers_) + "\r\nRCPT TO:<" + mail_.recipient + ">\r\nDATA\r\n");
    }
    return await(first, mail_open_ ? rset : mail_command(mail_, offers_) + "\r\n");
}

// The first refusal of the envelope is the one that tells.
void ClientSession::Conversation::note_refusal(const PeerReply& reply)
{
    if (!reply.positive() && !refused_) {
        refused_ = true;
        outcome_ = outcome_of(reply);
    }
}

// After the reply to MAIL or RCPT.
ClientAction ClientSession::Conversation::next_command()
{
    const bool after_mail = phase_ == Phase::mail;
    if (offers_.pipelining) {  // all is sent; each command has its reply
        return await(after_mail ? Phase::rcpt : Phase::data, {});
    }
    if (refused_) {
        return end(std::move(outcome_));
    }
    return after_mail ? await(Phase::rcpt, "RCPT TO:<" + mail_.recipient + ">\r\n")
                      : await(Phase::data, "DATA\r\n");
}

ClientAction ClientSession::Conversation::take_data(const PeerReply& reply)
{
    if (reply.intermediate()) {
        if (refused_) {  // RFC 2920 section 3.1
            return await(Phase::lone_dot, ".\r\n");
        }
        phase_ = Phase::commit;
        return {{}, ClientThen::commit};
    }
    if (reply.positive()) {
        return break_off("the next hop answered DATA with " + kept(reply));
    }
    note_refusal(reply);
    return end(std::move(outcome_));
}

ClientAction ClientSession::Conversation::commit()
{
    if (phase_ == Phase::commit && replies_.in_reply()) {
        return break_off("the next hop spoke out of turn");
    }
    if (phase_ != Phase::commit) {
        return {{}, ClientThen::close};
    }
    mail_open_ =
        false;  // the reply to the final dot ends the transaction, whatever it is (RFC 5321 section 4.1.1.4)
    return await(Phase::content, wire_content(std::exchange(mail_.octets, {})));
}

ClientAction ClientSession::Conversation::take_content(const PeerReply& reply)
{
    if (reply.intermediate()) {
        return break_off("the next hop answered the final dot with " + kept(reply));
    }
    DeliveryOutcome outcome = outcome_of(reply);
    if (reply.positive()) {
        outcome.result = DeliveryResult::sent;
    }
    return end(std::move(outcome));
}

ClientAction ClientSession::Conversation::quit()
{
    const bool polite = phase_ == Phase::ready;
    phase_ = Phase::closed;
    return {polite ? "QUIT\r\n" : "", ClientThen::close};
}

void ClientSession::Conversation::lost(std::string_view why)
{
    const Phase phase = std::exchange(phase_, Phase::closed);
    if (phase == Phase::ready || phase == Phase::closed || refused_) {
        return;  // no message is under way, or its outcome is known already
    }
    outcome_ = {phase == Phase::content ? DeliveryResult::unknown : DeliveryResult::deferred,
                std::string{why.substr(0, reply_kept_max_)}};
}

ClientWait ClientSession::Conversation::wait() const noexcept
{
    switch (phase_) {
        case Phase::greeting:
            return ClientWait::greeting;
        case Phase::data:
        case Phase::commit:
            return ClientWait::data;
        case Phase::content:
        case Phase::lone_dot:
            return ClientWait::final_reply;
        case Phase::ehlo:
        case Phase::helo:
        case Phase::ready:
        case Phase::rset:
        case Phase::mail:
        case Phase::rcpt:
        case Phase::closed:
            break;
    }
    return ClientWait::command;
}

ClientAction ClientSession::Conversation::await(Phase phase, std::string output)
{
    phase_ = phase;
    return {std::move(output), ClientThen::read};
}

ClientAction ClientSession::Conversation::end(DeliveryOutcome outcome)
{
    outcome_ = std::move(outcome);
    refused_ = false;
    mail_ = {};
    phase_ = Phase::ready;
    return {{}, ClientThen::done};
}

// The peer cannot be followed any longer.
ClientAction ClientSession::Conversation::break_off(std::string_view why)
{
    lost(why);
    mail_ = {};
    return {{}, ClientThen::close};
}

// The peer ended the conversation with this reply. After the final dot, too, it is an answer: not taken.
ClientAction ClientSession::Conversation::give_up(const PeerReply& reply)
{
    if (!refused_) {
        outcome_ = outcome_of(reply);
    }
    mail_ = {};
    phase_ = Phase::closed;
    return {reply.code == 421 ? "" : "QUIT\r\n", ClientThen::close};
}

DeliveryOutcome ClientSession::Conversation::outcome_of(const PeerReply& reply)
{
    return {reply.permanent() ? DeliveryResult::failed : DeliveryResult::deferred, kept(reply)};
}

// As much of the peer's words as is stored.
std::string ClientSession::Conversation::kept(const PeerReply& reply)
{
    const std::string words = reply.text();
    if (words.size() > reply_kept_max_) {
        reached_.push_back(&core::Limits::peer_reply_kept_max);
    }
    return std::string{core::cut_utf8(words, reply_kept_max_)};
}

}  // namespace shield::smtp
