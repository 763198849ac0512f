// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <shield/core/log.hpp>
#include <shield/core/reference.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// A person's reply that did not arrive. The clock stood still because of it, so the case must say so. All but
/// warn_of() inside somebody's transaction.
namespace shield::store {

/// A mail of the outbox that has come to its end.
struct EndedReply {
    std::int64_t case_id{0}, outbox_id{0}, message_id{0};
    std::string_view state;   ///< "failed" or "unknown"
    std::string_view reason;  ///< the next hop's words, or ours
};

/// What the log says of it: no text of a message.
struct LostReply {
    core::Reference reference{core::Reference::from_bits(0)};  ///< of the case
    std::string recipient, state, reason;
};

/// Puts it into the history and flags the case `undelivered`. When no later reply is on its way or has arrived, a
/// case that waits for the reporter is in progress again, and a clock that stood still is due at once: what a
/// person was promised is over already.
[[nodiscard]] LostReply note_lost_reply(Connection& connection, const EndedReply& reply, core::Time now);

/// A reply arrived: the case is no longer `undelivered`.
void note_arrived_reply(Connection& connection, std::int64_t case_id);

/// After the commit.
void warn_of(const LostReply& reply, core::Log& log);

}  // namespace shield::store
