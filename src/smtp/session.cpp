// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"

#include <shield/smtp/session.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace shield::smtp {

Session::Session(std::shared_ptr<const Policy> policy, core::Envelope connection, Offer offer)
    : conversation_{std::make_unique<Conversation>(std::move(policy), std::move(connection), offer)}
{
}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

Action Session::greet()
{
    return conversation_->greet();
}
Action Session::talked_too_soon()
{
    return conversation_->talked_too_soon();
}
void Session::hold_messages(std::uint64_t core::Limits::*bound) noexcept
{
    conversation_->hold_messages(bound);
}
void Session::take_only_attacks(bool only) noexcept
{
    conversation_->take_only_attacks(only);
}
Action Session::receive(std::string_view octets)
{
    return conversation_->receive(octets);
}
Action Session::resume()
{
    return conversation_->resume();
}
Action Session::accepted(const core::Receipt& receipt)
{
    return conversation_->accepted(receipt);
}
Action Session::refused(core::Refusal why)
{
    return conversation_->refused(why);
}
Action Session::tls_begins()
{
    return conversation_->tls_begins();
}
Action Session::secured(std::string description)
{
    return conversation_->secured(std::move(description));
}
Action Session::tls_unavailable()
{
    return conversation_->tls_unavailable();
}
Action Session::timed_out()
{
    return conversation_->close(reply::timed_out);
}
Action Session::too_slow()
{
    return conversation_->close(reply::too_slow);
}
Action Session::make_room()
{
    return conversation_->close(reply::make_room);
}
Action Session::shutting_down()
{
    return conversation_->close(reply::shutting_down);
}
Action Session::failed()
{
    return conversation_->close(reply::failed);
}
bool Session::in_transaction() const noexcept
{
    return conversation_->in_transaction();
}
bool Session::in_content() const noexcept
{
    return conversation_->in_content();
}
const core::Envelope& Session::envelope() const noexcept
{
    return conversation_->envelope();
}

std::string too_many_connections(const Policy& policy)
{
    return reply::closing(reply::too_many_connections, policy.mailboxes.hostname()) + "\r\n";
}
std::string too_many_of_network(const Policy& policy)
{
    return reply::closing(reply::too_many_of_network, policy.mailboxes.hostname()) + "\r\n";
}

Session::Conversation::Conversation(std::shared_ptr<const Policy> policy, core::Envelope connection, Offer offer)
    : policy_{std::move(policy)}, offer_{offer}, lines_{policy_->limits.command_line_max}
{
    connection_.peer = std::move(connection);
}

Action Session::Conversation::greet() const
{
    Action action;
    say(action, reply::greeting(hostname(), offer_.protocol));
    return action;
}

Action Session::Conversation::talked_too_soon()
{
    Action action;
    action.reached.push_back(&core::Limits::greeting_pause);
    say(action, reply::talked_too_soon.line);
    hang_up(action);
    return action;
}

Action Session::Conversation::receive(std::string_view octets)
{
    if (unread_.empty()) {
        return read(octets, {});
    }
    unread_.append(octets);
    return go_on({});
}

Action Session::Conversation::resume()
{
    return go_on({});
}

Action Session::Conversation::accepted(const core::Receipt& receipt)
{
    if (connection_.reading != Reading::nothing_until_decided) {
        return go_on({});  // closed meanwhile; the message is kept and the client will offer it again
    }
    Action action;
    say_for_each_recipient(action, reply::accepted(receipt));
    connection_.errors = 0;
    connection_.idle_commands = 0;
    forget_transaction();
    return go_on(std::move(action));
}

Action Session::Conversation::refused(core::Refusal why)
{
    if (connection_.reading != Reading::nothing_until_decided) {
        return go_on({});
    }
    Action action;
    say_for_each_recipient(action, reply::refused(why, hostname()));
    forget_transaction();
    count_idle_command(action);                 // whoever tries again at once is no better than who says NOOP
    if (why == core::Refusal::shutting_down) {  // RFC 5321 section 3.8: the end follows a 421
        hang_up(action);
    }
    return go_on(std::move(action));
}

Action Session::Conversation::tls_begins()
{
    Action action;
    say(action, reply::start_handshake.line);
    action.then = Then::start_tls;
    return action;
}

/// RFC 3207 section 4.2: whatever was said before is forgotten. Its errors are not: they would be free then.
Action Session::Conversation::secured(std::string description)
{
    connection_.peer.tls = std::move(description);
    connection_.peer.helo.clear();
    connection_.peer.protocol.clear();
    connection_.state = State::connected;
    connection_.reading = Reading::commands;
    connection_.extended = false;
    connection_.heard = true;  // a second handshake inside the first is no first octet
    return {};
}

Action Session::Conversation::tls_unavailable()
{
    Action action;
    connection_.reading = Reading::commands;
    refuse(action, reply::tls_unavailable);
    return go_on(std::move(action));
}

Action Session::Conversation::close(const Closing& why)
{
    Action action;
    if (connection_.reading != Reading::nothing_any_more) {
        say(action, reply::closing(why, hostname()));
        hang_up(action);
    }
    return go_on(std::move(action));
}

}  // namespace shield::smtp
