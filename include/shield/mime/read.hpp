// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/assessment.hpp>
#include <shield/core/limits.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace shield::mime {

/// Everything an Assessment holds except `classification`. Takes any octets: what is wrong with them is listed in
/// `defects`, never thrown. Linear in their number; bounded by `limits`. Pure and thread-safe.
[[nodiscard]] core::Assessment read(std::string_view octets, const core::Limits& limits);

/// The decoded octets of attachment `number` (from 1, as in Assessment::attachments), or nothing.
[[nodiscard]] std::optional<std::string> attachment(std::string_view octets, std::size_t number,
                                                    const core::Limits& limits);

}  // namespace shield::mime
