// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "document.hpp"

#include <shield/core/assessment.hpp>

#include <string_view>

namespace shield::mime {

/// Whether the message, or a part of it, is encrypted, and how. `text` is its readable text. Recognises, opens
/// nothing: what cannot be read here is still a case.
[[nodiscard]] core::Encryption encryption_of(const Document& document, std::string_view text);

}  // namespace shield::mime
