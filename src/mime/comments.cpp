// SPDX-License-Identifier: Apache-2.0
#include "comments.hpp"

#include <shield/core/ascii.hpp>

namespace shield::mime {

std::size_t comment_length(std::string_view text) noexcept
{
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '(') {
            ++depth;
        } else if (text[i] == ')' && --depth == 0) {
            return i + 1;
        }
    }
    return text.size();
}

std::string without_comments(std::string_view text)
{
    std::string kept;
    bool quoted = false;
    while (!text.empty()) {
        if (!quoted && text.front() == '(') {
            text.remove_prefix(comment_length(text));
            continue;
        }
        quoted = text.front() == '"' ? !quoted : quoted;
        kept += text.front();
        text.remove_prefix(1);
    }
    return std::string{core::trimmed(kept)};
}

}  // namespace shield::mime
