// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace shield::mime {

/// The value of a header field with its encoded words (RFC 2047) read, as UTF-8. Words that follow each other in
/// one charset are joined before they are converted, because senders cut characters in two between them. Raw octets
/// above 0x7f are taken as UTF-8 when they are, else as windows-1252. Linear; what is no encoded word stays.
[[nodiscard]] std::string decode_words(std::string_view value);

}  // namespace shield::mime
