// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/refused_message.hpp>

#include <string>
#include <vector>

namespace shield::smtp {

/// What the driver of a Session does after writing `reply` and keeping `content`.
enum class Then {
    read,       ///< wait for octets, give them to receive()
    discard,    ///< the transaction ended without a message: drop the content kept so far, then resume()
    deliver,    ///< the message is whole: make it durable, then accepted() or refused()
    start_tls,  ///< the client wants a handshake: tls_begins() and then secured(), or tls_unavailable()
    close       ///< orderly: the reply first, then FIN
};

/// What a Session asks of its driver.
struct Action {
    std::string reply;    ///< octets for the client, often several replies at once (RFC 2920)
    std::string content;  ///< octets of the message, dots unstuffed, to be appended to what was kept before
    Then then{Then::read};
    std::vector<std::uint64_t core::Limits::*> reached;  ///< bounds that were met on the way, for the metrics
    std::uint64_t pauses{0};  ///< errors in `reply` that cost the client a pause each (`error_pause`) before it
    std::vector<core::RefusedMessage> refused;  ///< for their size, to be remembered; `at` is the driver's to set

    friend bool operator==(const Action&, const Action&) = default;
};

}  // namespace shield::smtp
