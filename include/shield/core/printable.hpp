// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// Text from outside made safe to show. Nothing that arrives may steer a terminal, a log or a reader's eye.
namespace shield::core {

/// One line: control characters, bidirectional and invisible formatting characters and broken UTF-8 become visible
/// escapes such as `\x1b`, `\u202e`, `\n`. Everything else stays as it is.
[[nodiscard]] std::string printable_line(std::string_view text);

/// Like printable_line(), but line feeds and tabs stay, and CRLF becomes a line feed.
[[nodiscard]] std::string printable_text(std::string_view text);

}  // namespace shield::core
