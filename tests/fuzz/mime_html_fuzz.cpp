// SPDX-License-Identifier: Apache-2.0
// Any text is HTML: what comes out is UTF-8 and no larger than a link beside every label could make it.
#include "charset.hpp"
#include "html_text.hpp"

#include <shield/core/ascii.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string html =
        shield::mime::to_utf8(std::string_view{reinterpret_cast<const char*>(data), size}, "utf-8").text;
    shield::core::Limits limits;
    limits.html_depth_max = 32;
    const shield::mime::HtmlText projected = shield::mime::project_html(html, limits);
    if (!shield::core::is_utf8(projected.text) || projected.text.size() > html.size() * 20 + 100) {
        std::abort();
    }
    return 0;
}
