// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// Comments of RFC 5322 section 3.2.2. They nest as deep as their author likes; a counter follows, nothing
/// recurses.
namespace shield::mime {

/// The length of the comment at the beginning of `text`, which starts with "(". One that never ends takes it all.
[[nodiscard]] std::size_t comment_length(std::string_view text) noexcept;

/// Without comments outside of quoted strings, and trimmed.
[[nodiscard]] std::string without_comments(std::string_view text);

}  // namespace shield::mime
