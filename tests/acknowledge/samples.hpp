// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/assessment.hpp>
#include <shield/core/envelope.hpp>
#include <shield/core/mailboxes.hpp>

namespace shield::acknowledge {

inline core::Mailboxes our_mailboxes()
{
    return core::Mailboxes::make("mx.shield.test",
                                 {{"shield@shield.test", {"shield@mx.shield.test"}, core::Category::attack},
                                  {"security@shield.test", {}, core::Category::urgent}})
        .value();
}

/// What a person's mail to shield@shield.test looks like.
inline core::Envelope a_persons_envelope()
{
    core::Envelope envelope;
    envelope.client_address = "192.0.2.7";
    envelope.reverse_path = "mary@home.test";
    envelope.recipients = {our_mailboxes().find(*core::Mailbox::parse("shield@shield.test")).value()};
    return envelope;
}

inline core::Assessment a_persons_message()
{
    core::Assessment message;
    message.from = {"mary@home.test"};
    message.from_shown = "Mary <mary@home.test>";
    message.to_and_cc = {"shield@shield.test"};
    message.subject = "Somebody is in my account";
    message.message_id = "<1@home.test>";
    message.machine.content_type = "text/plain";
    return message;
}

}  // namespace shield::acknowledge
