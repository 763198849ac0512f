// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "defects.hpp"
#include "document.hpp"

#include <shield/core/limits.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace shield::mime {

/// Which leaves are the message as a person reads it, and which are attached to it; both in the order of the
/// octets. Alternatives that were not chosen are in neither.
struct Selection {
    std::vector<std::size_t> text;
    std::vector<std::size_t> attachments;
};

[[nodiscard]] Selection select(const Document& document);

struct ReadableText {
    std::string text;  ///< UTF-8, lines end in LF, at most text_max octets
    bool cut{false};
};

/// The text of the chosen parts, one after another.
[[nodiscard]] ReadableText readable_text(const Document& document, const std::vector<std::size_t>& parts,
                                         const core::Limits& limits, Defects& defects);

}  // namespace shield::mime
