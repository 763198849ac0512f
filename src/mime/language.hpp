// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace shield::mime {

/// The language of a tag list such as "de-AT, en;q=0.5" (RFC 3282): two letters in lower case, or empty.
[[nodiscard]] std::string first_language(std::string_view value);

/// The language a text seems to be written in, two letters: by its script, and in Latin script by a vote of small
/// words among en, de, fr, es, pt, it and nl. "en" when nothing speaks for another. Looks at the first 8 KiB of
/// UTF-8.
[[nodiscard]] std::string guess_language(std::string_view text);

}  // namespace shield::mime
