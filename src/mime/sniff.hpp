// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace shield::mime {

/// The media type that the first octets of a file show, whatever its sender declared; empty when nothing is known.
/// Looks at a few fixed places and the first 4096 octets, and opens nothing.
[[nodiscard]] std::string_view sniff(std::string_view octets) noexcept;

}  // namespace shield::mime
