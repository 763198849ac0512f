// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "document.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace shield::mime {

/// A piece of a text: what somebody wrote, or a mail that was pasted into it, with the header that it begins with.
struct Excerpt {
    std::vector<Field> header;  ///< unfolded, names in lower case; empty when there is none
    std::string_view text;      ///< header included, as it stands; refers to the whole text
};

/// Cuts a text where headers stand in it: as a program shows them ("From:", "Sent:", "Subject:"), or a source
/// ("Received:"), quoted ("> ") or not, also where lines were wrapped. The first piece stands before the first
/// header and may be empty. Takes anything; linear; at most `headers_max` headers, what follows stays with the
/// last.
[[nodiscard]] std::vector<Excerpt> excerpts_of(std::string_view text, std::size_t headers_max);

/// The fields of a header that stands alone, as in text/rfc822-headers and the reports of RFC 5965; names in lower
/// case.
[[nodiscard]] std::vector<Field> fields_in(std::string_view header);

}  // namespace shield::mime
