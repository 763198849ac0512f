// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <shield/core/limits.hpp>
#include <shield/core/result.hpp>
#include <shield/store/assessments.hpp>
#include <shield/store/cases.hpp>

#include <optional>
#include <string_view>

/// Mail on its way into the outbox, and what was acknowledged before. All inside somebody's transaction.
namespace shield::store {

/// What a cap on acknowledgements counts under: a sender without its +suffix, for one mailbox has many of those.
struct GrantKeys {
    std::string sender, domain, signer, network;
};
[[nodiscard]] GrantKeys grant_keys(std::string_view reverse_path, std::string_view client_address,
                                   std::string_view signing_domain);

/// Of a message.
[[nodiscard]] GrantKeys grant_keys_of(Connection& connection, std::int64_t message_id,
                                      std::string_view signing_domain);

[[nodiscard]] AcknowledgementHistory granted_before(Connection& connection, const GrantKeys& keys, core::Time now);

/// On the message, and on the case whose first message it is.
void set_acknowledgement(Connection& connection, std::int64_t message_id, const Acknowledgement& acknowledgement);
/// On the message alone.
void set_message_acknowledgement(Connection& connection, std::int64_t message_id,
                                 const Acknowledgement& acknowledgement);

/// Queues a mail. An error when the message is not known, or is to be acknowledged a second time (invariant 4).
[[nodiscard]] std::optional<core::Error> add_outgoing(Connection& connection, const NewOutgoing& mail,
                                                      std::string_view who, core::Time now);

}  // namespace shield::store
