// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace shield::campaign {

/// What a link says about who made it, whatever is random in it.
struct Link {
    std::string host;    ///< lower case, without port; empty when there is none that could be
    std::string domain;  ///< of the host, the part that somebody registered, by its look
    std::string shape;   ///< path and names of parameters, what looks random replaced by `*`
    bool token{false};   ///< something random is in it: it was made for one message
};

/// Any text that begins with a scheme and `://`, or with `www.`.
[[nodiscard]] Link read_link(std::string_view text);

/// "mail.example.co.uk" is of "example.co.uk", by its look; a numeric address is of itself.
[[nodiscard]] std::string registered_domain(std::string_view host);

/// Whether so many write of it that it says nothing about who wrote: search engines, code hosts, standards.
[[nodiscard]] bool is_everybodys(std::string_view domain) noexcept;

}  // namespace shield::campaign
