// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"

#include <algorithm>
#include <utility>

namespace shield::smtp {

namespace {

/// RFC 3207 section 4: where TLS is required, what these do waits for it. A chunk has no transaction without MAIL,
/// but its octets are to be read all the same.
bool needs_tls(Verb verb)
{
    switch (verb) {
        case Verb::helo:
        case Verb::ehlo:
        case Verb::lhlo:
        case Verb::noop:
        case Verb::quit:
        case Verb::starttls:
        case Verb::bdat:
        case Verb::http:
            return false;
        case Verb::mail:
        case Verb::rcpt:
        case Verb::data:
        case Verb::rset:
        case Verb::vrfy:
        case Verb::help:
        case Verb::expn:
        case Verb::auth:
        case Verb::unknown:
            return true;
    }
    return true;
}

}  // namespace

void Session::Conversation::execute(const CommandLine& line, Action& action)
{
    switch (line.flaw) {
        case CommandLine::Flaw::too_long:
            action.reached.push_back(&core::Limits::command_line_max);
            return refuse(action, reply::command_too_long);
        case CommandLine::Flaw::bare_cr_or_lf:
            return refuse(action, reply::bare_in_command);
        case CommandLine::Flaw::none:
            break;
    }
    if (has_control_character(line.text)) {
        return refuse(action, reply::control_in_command);
    }
    const Command command = parse_command(line.text);
    if (!spoken_in(offer_.protocol, command.verb)) {
        return refuse(action, offer_.protocol == Protocol::smtp ? reply::say_ehlo : reply::say_lhlo);
    }
    if (offer_.tls_required && !is_secured() && needs_tls(command.verb)) {
        return refuse(action, reply::tls_first);
    }
    if (command.verb == Verb::starttls && !offers_starttls()) {
        return refuse(action, is_secured() ? reply::tls_already : reply::not_offered);
    }
    const Transition& step = transition(connection_.state, command.verb);
    if (command.verb == Verb::bdat) {
        return bdat(command.argument, step, action);
    }
    if (step.refusal != nullptr) {
        return refuse(action, *step.refusal);
    }
    if (carry_out(command, action)) {
        connection_.state = step.next;
    }
}

bool Session::Conversation::carry_out(const Command& command, Action& action)
{
    switch (command.verb) {
        case Verb::helo:
        case Verb::ehlo:
        case Verb::lhlo:
            return introduce(command, action);
        case Verb::mail:
            return mail(command.argument, action);
        case Verb::rcpt:
            return rcpt(command.argument, action);
        case Verb::data:
            return data(command.argument, action);
        case Verb::rset:
            return rset(command.argument, action);
        case Verb::noop:
            return idle(reply::ok, action);
        case Verb::vrfy:  // RFC 5321 section 7.3: the same for every name, so that it tells nothing
            return idle(reply::cannot_verify, action);
        case Verb::help:
            return idle(reply::help, action);
        case Verb::quit:
            return quit(command.argument, action);
        case Verb::starttls:
            starttls(command.argument, action);
            return false;  // secured() leads on
        case Verb::http:   // a web page can make a browser say SMTP in the body of a POST; nothing after this is
                           // trusted
            say(action, reply::not_http.line);
            hang_up(action);
            return false;
        case Verb::bdat:  // execute() and the table keep these away
        case Verb::expn:
        case Verb::auth:
        case Verb::unknown:
            return false;
    }
    return false;
}

bool Session::Conversation::introduce(const Command& command, Action& action)
{
    auto name = parse_hello_name(command.argument);
    if (!name) {
        refuse(action, name.error());
        return false;
    }
    drop_transaction(action);  // RFC 5321 section 4.1.4
    connection_.peer.helo = std::move(*name);
    connection_.extended = command.verb != Verb::helo;
    if (connection_.extended) {
        say(action, reply::extended_hello(hostname(), limits(), offers_starttls()));
    } else {
        say(action, reply::hello(hostname()));
    }
    connection_.peer.protocol = connection_.extended ? protocol_name("ESMTP", "LMTP") : "SMTP";
    count_idle_command(action);
    return true;
}

bool Session::Conversation::mail(std::string_view argument, Action& action)
{
    if (connection_.messages >= limits().session_messages_max) {  // RFC 9422 section 4.1
        action.reached.push_back(&core::Limits::session_messages_max);
        say(action, reply::closing(reply::too_many_messages, hostname()));
        hang_up(action);
        return false;
    }
    if (held_ != nullptr) {  // not an error of the client's, who may not know of the others of its network
        action.reached.push_back(held_);
        say(action, reply::messages_held.line);
        count_idle_command(action);
        return false;
    }
    auto mail = parse_mail(argument);
    if (!mail) {
        refuse(action, mail.error());
        return false;
    }
    if (mail->extended && !connection_.extended) {  // HELO announced no extension
        refuse(action, reply::parameter_not_offered);
        return false;
    }
    if (mail->size > limits().message_size_max) {  // RFC 1870 section 6.1
        action.reached.push_back(&core::Limits::message_size_max);
        core::Envelope envelope = connection_.peer;
        envelope.reverse_path = std::move(mail->reverse_path);
        remember_too_big(action, envelope, mail->size);
        refuse(action, reply::message_too_big);
        return false;
    }
    ++connection_.messages;
    transaction_ = std::make_unique<Transaction>(connection_.peer, limits());
    core::Envelope& envelope = transaction_->envelope;
    envelope.reverse_path = std::move(mail->reverse_path);
    envelope.eight_bit = mail->eight_bit;
    envelope.smtputf8 = mail->smtputf8;
    if (envelope.smtputf8) {  // RFC 6531 section 4.3
        envelope.protocol = protocol_name("UTF8SMTP", "UTF8LMTP");
    }
    say(action, reply::sender_ok.line);
    return true;
}

bool Session::Conversation::rcpt(std::string_view argument, Action& action)
{
    auto address = parse_rcpt(argument, transaction_->envelope.smtputf8);
    if (!address) {
        refuse(action, address.error());
        return false;
    }
    if (transaction_->recipients_ok >= limits().recipients_max) {
        // Not an error of the client's: RFC 5321 section 4.5.3.1.10 has it send the rest in another transaction.
        action.reached.push_back(&core::Limits::recipients_max);
        say(action, reply::too_many_recipients.line);
        count_idle_command(action);
        return false;
    }
    auto found = policy_->mailboxes.find(*address);
    if (!found) {
        refuse(action, found.error() == core::Mailboxes::Unknown::foreign_domain ? reply::foreign_domain
                                                                                 : reply::no_such_mailbox);
        return false;
    }
    if (only_attacks_ && found->category != core::Category::attack) {  // not an error of the client's
        action.reached.push_back(&core::Limits::disk_reserve_attack);
        say(action, reply::room_for_attacks.line);
        count_idle_command(action);
        return false;
    }
    auto& recipients = transaction_->envelope.recipients;
    const bool named_before = std::any_of(recipients.begin(), recipients.end(), [&](const core::Recipient& one) {
        return one.address == found->address;
    });
    if (!named_before) {
        recipients.push_back(std::move(*found));
    }
    ++transaction_->recipients_ok;
    say(action, reply::recipient_ok.line);
    return true;
}

bool Session::Conversation::data(std::string_view argument, Action& action)
{
    if (!argument.empty()) {
        refuse(action, reply::no_argument);
        return false;
    }
    connection_.reading = Reading::data;
    say(action, reply::start_content.line);
    return true;
}

// A chunk follows its command whatever the answer is, so it is read first and answered behind its last octet.
void Session::Conversation::bdat(std::string_view argument, const Transition& step, Action& action)
{
    const auto chunk = parse_chunk(argument);
    if (!chunk) {  // what follows may be content or commands: nobody can tell
        say(action, reply::bad_chunk.line);
        hang_up(action);
        return;
    }
    chunk_ = Chunk{chunk->octets, chunk->octets, chunk->last, step.refusal};
    connection_.reading = Reading::chunk;
    if (step.refusal == nullptr) {
        connection_.state = step.next;
        transaction_->content.expect(chunk->octets);
    }
    if (chunk->octets == 0) {
        end_chunk(action);
        if (!chunk->last && listens()) {
            count_idle_command(action);
        }
    }
}

// RFC 3848, RFC 6531 section 4.3: an S behind the name for TLS.
std::string Session::Conversation::protocol_name(std::string_view smtp, std::string_view lmtp) const
{
    return std::string{offer_.protocol == Protocol::smtp ? smtp : lmtp}.append(is_secured() ? "S" : "");
}

bool Session::Conversation::rset(std::string_view argument, Action& action)
{
    if (!argument.empty()) {
        refuse(action, reply::no_argument);
        return false;
    }
    drop_transaction(action);
    return idle(reply::ok, action);
}

bool Session::Conversation::quit(std::string_view argument, Action& action)
{
    if (!argument.empty()) {
        refuse(action, reply::no_argument);
        return false;
    }
    say(action, reply::bye.line);
    hang_up(action);
    return true;
}

void Session::Conversation::starttls(std::string_view argument, Action& action)
{
    if (!argument.empty()) {  // RFC 3207 section 4
        return refuse(action, reply::no_argument);
    }
    connection_.reading = Reading::nothing_until_secured;
    action.then = Then::start_tls;
}

bool Session::Conversation::idle(const Reply& answer, Action& action)
{
    say(action, answer.line);
    count_idle_command(action);
    return true;
}

}  // namespace shield::smtp
