// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/signatures.hpp>
#include <shield/core/limits.hpp>
#include <shield/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// Signatures as octets: from the process that reads hostile ones, and in the database until they are verified.
/// What comes from there is hostile too: every count, size, number and text is checked, and what does not check out
/// is an error as a whole.
namespace shield::auth {

[[nodiscard]] std::string to_octets(const Signatures& signatures);

/// None that read_signatures() made are longer.
[[nodiscard]] std::uint64_t signatures_size_max(const core::Limits& limits) noexcept;

[[nodiscard]] core::result<Signatures> signatures_in(std::string_view octets, const core::Limits& limits);

}  // namespace shield::auth
