// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace shield::acknowledge {

/// A text/plain body and the fields that describe it (RFC 2045).
struct Body {
    std::string fields;
    std::string octets;  ///< CRLF lines of at most 998 octets
};

/// `text` is UTF-8 with any line ends; other control characters are left out and broken sequences become U+FFFD.
/// 7bit when it is ASCII, 8bit when it is not, quoted-printable when a line is too long for either.
[[nodiscard]] Body make_body(std::string_view text);

}  // namespace shield::acknowledge
