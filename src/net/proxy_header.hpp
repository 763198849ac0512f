// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "address.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace shield::net {

/// What the octets that came so far are, as the beginning of a connection that a proxy has made for a client:
/// HAProxy's "The PROXY protocol", version 1 (text) and 2 (binary).
struct ProxyHeader {
    enum class State {
        incomplete,  ///< every octet so far belongs to the header, and more must come
        whole,
        malformed  ///< no header, or one for something else than TCP: the connection is not to be used
    };
    State state{State::incomplete};
    std::size_t size{0};             ///< octets of a whole header; what follows is the client's
    std::optional<Endpoint> client;  ///< nothing: the proxy speaks for itself (LOCAL), or does not know (UNKNOWN)

    /// Strict: what is not exactly as the specification has it is malformed. A binary header longer than `size_max`
    /// is malformed; its TLVs are passed over unread.
    [[nodiscard]] static ProxyHeader parse(std::string_view octets, std::size_t size_max);
};

}  // namespace shield::net
