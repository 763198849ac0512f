// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Content-Transfer-Encoding (RFC 2045 section 6). Every decoder takes any octets, is linear, and gives all that
/// can be read: a damaged report is worth more than none.
namespace shield::mime {

enum class TransferEncoding : std::uint8_t { identity, base64, quoted_printable, unknown };

[[nodiscard]] TransferEncoding parse_transfer_encoding(std::string_view value) noexcept;

struct Decoded {
    std::string octets;
    bool valid{true};  ///< false when something had to be skipped or guessed
};

/// Foreign characters are skipped; what follows padding is decoded too, as joined encodings are met in practice.
/// Text with so many of them that it cannot be base64 stays as it is.
[[nodiscard]] Decoded decode_base64(std::string_view text);

/// A `=` that begins no escape stays as it is; blanks before a line end are dropped (RFC 2045 section 6.7 rule 3).
[[nodiscard]] Decoded decode_quoted_printable(std::string_view text);

/// The "Q" encoding of RFC 2047 section 4.2: `_` is a space, and there are no line ends.
[[nodiscard]] std::string decode_q(std::string_view text);

}  // namespace shield::mime
