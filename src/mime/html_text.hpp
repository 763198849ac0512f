// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>

#include <string>
#include <string_view>

namespace shield::mime {

struct HtmlText {
    std::string text;       ///< UTF-8, lines end in LF
    bool cut{false};        ///< the HTML was longer than html_max
    bool flattened{false};  ///< it was deeper than html_depth_max; the text is whole
};

/// HTML (UTF-8) as a person would read it: no scripts, no styles, nothing loaded; links as `label <URL>`, lists
/// with marks, cells of a row on one line, quotes behind "> ". Takes anything; linear; memory bounded by html_max.
[[nodiscard]] HtmlText project_html(std::string_view html, const core::Limits& limits);

}  // namespace shield::mime
