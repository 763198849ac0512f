// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/time.hpp>

#include <cstdint>
#include <string>

namespace shield::core {

/// A message that was refused for its size: what is known of it without having it. Somebody wanted to tell us
/// something, so people see that it was there (invariant 3). Everything but `at` and `client` came from the peer.
struct RefusedMessage {
    Time at{};
    std::string client;     ///< its address
    std::string sender;     ///< the reverse-path
    std::string mailbox;    ///< ours, the most pressing; empty when it was refused before a recipient was named
    std::uint64_t size{0};  ///< octets, as announced or as counted

    friend bool operator==(const RefusedMessage&, const RefusedMessage&) = default;
};

}  // namespace shield::core
