// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace shield::store {

/// From the kernel's generator; throws when there is none.
[[nodiscard]] std::string random_octets(std::size_t count);
[[nodiscard]] std::uint64_t random_bits();

/// Lower-case letters and digits, all equally likely.
[[nodiscard]] std::string random_name(std::size_t characters);

}  // namespace shield::store
