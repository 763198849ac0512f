// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// Header fields written so that no value can end its line (RFC 5322 section 2.2).
namespace shield::acknowledge {

/// `Name: value` and CRLF. Control characters in `value` become blanks, so nothing in it can begin another field.
[[nodiscard]] std::string field(std::string_view name, std::string_view value);

/// As field(), for text that may need encoding: folded encoded words when it is not plain ASCII (RFC 2047), and at
/// most one line of RFC 5322's 998 octets long.
[[nodiscard]] std::string text_field(std::string_view name, std::string_view text);

/// RFC 4648 section 4, without line ends.
[[nodiscard]] std::string base64(std::string_view octets);

/// A display name as a phrase: atoms, a quoted string or encoded words.
[[nodiscard]] std::string phrase(std::string_view name);

/// An address for a header field: a local part that is no dot-atom is quoted (RFC 5322 section 3.4.1).
[[nodiscard]] std::string angle_address(std::string_view address);

/// A Message-ID we are willing to repeat (invariant 5): `<dot-atom@dot-atom>` or with a domain literal, at most 250
/// characters.
[[nodiscard]] bool is_repeatable_message_id(std::string_view message_id) noexcept;

}  // namespace shield::acknowledge
