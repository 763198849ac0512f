// SPDX-License-Identifier: Apache-2.0
#include "hash.hpp"

#include <shield/campaign/origin.hpp>

namespace shield::campaign {

Origin origin_of(const core::Envelope& envelope, const core::Assessment& message)
{
    std::string sender = envelope.reverse_path;
    if (sender.empty() && !message.from.empty()) {
        sender = message.from.front();
    }
    if (const auto address = core::Mailbox::parse(sender)) {
        sender = address->unwrapped_local() + "@" + address->domain;
    }
    Origin origin;
    origin.sender = hash_of(sender);
    origin.recipient = envelope.recipients.empty() ? 0 : hash_of(core::most_pressing(envelope).mailbox);
    return origin;
}

}  // namespace shield::campaign
