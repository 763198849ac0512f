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
/// 7bit when it is ASCII and no line is too long; otherwise the smaller of quoted-printable and base64, because a
/// next hop may lack 8BITMIME (RFC 6152).
[[nodiscard]] Body make_body(std::string_view text);

}  // namespace shield::acknowledge
