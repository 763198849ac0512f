// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/result.hpp>

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace shield::acknowledge {

/// Refuses everything of Mustache that our templates do not use: known values as `{{reference}}`, `{{team}}`,
/// `{{links.NAME}}` of a link that is configured, `{{due}}` inside its section; sections `{{#due}}`, `{{^due}}`,
/// `{{#links.NAME}}` and `{{^links.NAME}}`, closed in order. No partials, comments, other delimiters or triple
/// braces. An error names `file`, line and remedy; `first_line` is the line on which `text` begins.
[[nodiscard]] core::result<void> check_placeholders(std::string_view text, const std::string& file,
                                                    std::size_t first_line,
                                                    const std::map<std::string, std::string>& links);

/// NAME of every tag `{{links.NAME}}`, `{{#links.NAME}}` or `{{^links.NAME}}`.
[[nodiscard]] std::set<std::string> links_in(std::string_view text);

}  // namespace shield::acknowledge
