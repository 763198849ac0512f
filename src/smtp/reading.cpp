// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace shield::smtp {

namespace {

constexpr char tls_handshake = 0x16;  // the first octet of a ClientHello's record, RFC 8446 section 5.1

// Why a message cannot be taken, if so; the gravest flaw names it.
std::optional<Reply> refusal_of(const ContentFlaws& flaws, Action& action)
{
    if (flaws.bare_cr_or_lf) {
        return reply::bare_in_content;
    }
    if (flaws.too_big) {
        action.reached.push_back(&core::Limits::message_size_max);
        return reply::message_too_big;
    }
    if (flaws.line_too_long) {
        action.reached.push_back(&core::Limits::text_line_max);
        return reply::text_line_too_long;
    }
    if (flaws.too_many_hops) {
        action.reached.push_back(&core::Limits::received_hops_max);
        return reply::too_many_hops;
    }
    return std::nullopt;
}

}  // namespace

Action Session::Conversation::go_on(Action action)
{
    const std::string unread = std::exchange(unread_, {});
    return read(unread, std::move(action));
}

Action Session::Conversation::read(std::string_view input, Action action)
{
    if (!connection_.heard && !input.empty()) {
        connection_.heard = true;
        if (input.front() == tls_handshake) {  // nothing in it can be a command
            say(action, reply::not_tls.line);
            hang_up(action);
        }
    }
    while (action.then == Then::read && !input.empty() && listens()) {
        read_some(input, action);
    }
    if (action.then == Then::start_tls && !input.empty()) {
        say(action, reply::closing(reply::spoke_before_tls, hostname()));
        hang_up(action);
    }
    if (connection_.reading == Reading::nothing_any_more) {
        action.then = Then::close;
        action.content.clear();
        return action;
    }
    if (transaction_ && !action.content.empty()) {
        transaction_->handed_over = true;
    }
    unread_.assign(input);
    return action;
}

bool Session::Conversation::listens() const noexcept
{
    return connection_.reading == Reading::commands || connection_.reading == Reading::data ||
           connection_.reading == Reading::chunk;
}

void Session::Conversation::read_some(std::string_view& input, Action& action)
{
    switch (connection_.reading) {
        case Reading::commands:
            if (const auto line = lines_.next(input)) {
                execute(*line, action);
            }
            break;
        case Reading::data:
            read_data(input, action);
            break;
        case Reading::chunk:
            read_chunk(input, action);
            break;
        case Reading::nothing_until_decided:
        case Reading::nothing_until_secured:
        case Reading::nothing_any_more:
            break;
    }
}

// Octets that came right behind DATA, before our 354, are content. RFC 2920 section 3.1 forbids the client to send
// any; to take them for commands is what smuggling lives on.
void Session::Conversation::read_data(std::string_view& input, Action& action)
{
    if (transaction_->content.read_data(input, action.content)) {
        end_message(action);
    }
}

void Session::Conversation::read_chunk(std::string_view& input, Action& action)
{
    const std::string_view octets = input.substr(0, std::min<std::uint64_t>(chunk_.left, input.size()));
    if (chunk_.refusal == nullptr) {
        transaction_->content.read_chunk(octets, action.content);
    }
    input.remove_prefix(octets.size());
    chunk_.left -= octets.size();
    if (chunk_.left == 0) {
        end_chunk(action);
    }
}

void Session::Conversation::end_chunk(Action& action)
{
    connection_.reading = Reading::commands;
    if (chunk_.refusal != nullptr) {
        refuse(action, *chunk_.refusal);
    } else if (chunk_.last) {
        transaction_->content.end_chunks();
        end_message(action);
    } else if (const auto refusal = refusal_of(transaction_->content.flaws(), action)) {
        // RFC 3030 section 2: a failed chunk fails the transaction, but what is in the pipe is still to be read.
        // Each further chunk is passed over and refused like this one, until LAST or RSET.
        if (transaction_->content.flaws().too_big) {
            remember_too_big(action, transaction_->envelope, transaction_->content.octets());
        }
        refuse(action, *refusal);
    } else {
        say(action, reply::chunk_kept(chunk_.octets));
    }
}

void Session::Conversation::end_message(Action& action)
{
    const auto refusal = refusal_of(transaction_->content.flaws(), action);
    if (!refusal) {
        connection_.reading = Reading::nothing_until_decided;
        action.then = Then::deliver;
        return;
    }
    if (transaction_->content.flaws().too_big) {
        remember_too_big(action, transaction_->envelope, transaction_->content.octets());
    }
    say_for_each_recipient(action, refusal->line);
    drop_transaction(action);
    count_error(action);
}

void Session::Conversation::forget_transaction()
{
    transaction_.reset();
    connection_.state = State::ready;
    connection_.reading = Reading::commands;
}

void Session::Conversation::drop_transaction(Action& action)
{
    action.content.clear();
    if (transaction_ && transaction_->handed_over) {
        action.then = Then::discard;
    }
    forget_transaction();
}

void Session::Conversation::say(Action& action, std::string_view line)
{
    action.reply.append(line).append("\r\n");
}

// RFC 2033 section 4.2: after the content LMTP owes one reply to every RCPT that was answered 250.
void Session::Conversation::say_for_each_recipient(Action& action, std::string_view line) const
{
    const std::uint64_t times = offer_.protocol == Protocol::lmtp ? transaction_->recipients_ok : 1;
    for (std::uint64_t i = 0; i < times; ++i) {
        say(action, line);
    }
}

void Session::Conversation::refuse(Action& action, const Reply& why)
{
    say(action, why.line);
    count_error(action);
}

void Session::Conversation::remember_too_big(Action& action, const core::Envelope& envelope,
                                             std::uint64_t size) const
{
    core::RefusedMessage message;
    message.client = envelope.client_address;
    message.sender = envelope.reverse_path;
    message.size = size;
    if (!envelope.recipients.empty()) {
        message.mailbox = core::most_pressing(envelope).mailbox;
    }
    action.refused.push_back(std::move(message));
}

void Session::Conversation::count_error(Action& action)
{
    if (++connection_.errors > limits().session_errors_slow) {
        action.reached.push_back(&core::Limits::session_errors_slow);
        ++action.pauses;
    }
    if (connection_.errors > limits().session_errors_max) {
        action.reached.push_back(&core::Limits::session_errors_max);
        say(action, reply::closing(reply::too_many_errors, hostname()));
        hang_up(action);
    }
}

void Session::Conversation::count_idle_command(Action& action)
{
    if (++connection_.idle_commands > limits().session_idle_commands_max) {
        action.reached.push_back(&core::Limits::session_idle_commands_max);
        say(action, reply::closing(reply::too_many_commands, hostname()));
        hang_up(action);
    }
}

void Session::Conversation::hang_up(Action& action)
{
    transaction_.reset();
    unread_ = std::string{};
    connection_.reading = Reading::nothing_any_more;
    action.then = Then::close;
}

}  // namespace shield::smtp
