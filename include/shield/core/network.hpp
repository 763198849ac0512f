// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace shield::core {

/// The network a client address counts under: its /24 for IPv4 (also when mapped into IPv6), its /64 for IPv6, in
/// canonical form such as `192.0.2.0/24`. What is no address comes back as it was.
[[nodiscard]] std::string network_of(std::string_view address);

}  // namespace shield::core
