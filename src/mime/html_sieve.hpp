// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace shield::mime {

struct SievedHtml {
    std::string html;
    bool flattened{false};  ///< it was deeper, and what lay below stands side by side now
};

/// HTML reduced to what carries text, well nested and at most `depth_max` deep: paragraphs, lists, tables, quotes,
/// headings, line breaks; links as `<span title="URL">`, pictures as their alternative text. Scripts, styles,
/// forms, frames, comments and every other attribute are gone.
///
/// This is what the HTML parser is given. It is quadratic in misnested formatting and in the attributes of one tag,
/// and recursive in depth; here is nothing left to make it so. Takes any octets; linear; loads nothing.
[[nodiscard]] SievedHtml sieve_html(std::string_view html, std::size_t depth_max);

}  // namespace shield::mime
