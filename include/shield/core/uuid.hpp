// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace shield::core {

using UuidOctets = std::array<std::uint8_t, 16>;

/// The UUID of a name within a namespace (RFC 9562 section 5.5, version 5): the same for the same name, always.
/// In its usual form, lower case. SHA-1 is what the version asks for; nothing rests on its strength.
[[nodiscard]] std::string named_uuid(const UuidOctets& name_space, std::string_view name);

}  // namespace shield::core
