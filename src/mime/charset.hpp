// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace shield::mime {

enum class CharsetOutcome : std::uint8_t {
    exact,      ///< the octets are what the label says
    guessed,    ///< no label, or one the octets contradict: taken as UTF-8 when they are, else as windows-1252
    malformed,  ///< some octets are not of the charset and became U+FFFD
    unknown,    ///< nobody knows the label: taken as if there were none, so no octet is lost
};

struct Utf8Text {
    std::string text;  ///< always well-formed UTF-8, without NUL
    CharsetOutcome outcome{CharsetOutcome::exact};
};

/// Octets in the charset of a MIME label, as UTF-8. Linear; a label is taken as mail means it (RFC 2046
/// section 4.1.2 and the habits of senders: "iso-8859-1" is windows-1252, "gb2312" is GB 18030, "ks_c_5601-1987" is
/// windows-949).
[[nodiscard]] Utf8Text to_utf8(std::string_view octets, std::string_view label);

}  // namespace shield::mime
