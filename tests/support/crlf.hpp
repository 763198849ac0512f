// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace shield::support {

/// Mail as it is on the wire, from text as it is written.
[[nodiscard]] inline std::string with_crlf(std::string_view text)
{
    std::string converted;
    for (const char c : text) {
        if (c == '\n' && !converted.ends_with('\r')) {
            converted += '\r';
        }
        converted += c;
    }
    return converted;
}

}  // namespace shield::support
