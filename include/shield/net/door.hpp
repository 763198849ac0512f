// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/network.hpp>
#include <shield/smtp/session.hpp>

namespace shield::net {

/// What is special about one listening socket.
struct Door {
    smtp::Offer offer{};
    /// Gateways: each connection of theirs begins with a PROXY header, and is its client's. From any other address
    /// a connection is what it seems, and a header in it no command that we know.
    core::Networks proxies{};

    friend bool operator==(const Door&, const Door&) = default;
};

}  // namespace shield::net
