// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/assessment.hpp>

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

namespace shield::classify {

/// What can be seen of a message without reading its words.
enum class Fact : std::uint8_t {
    link,          ///< a web address
    many_links,    ///< four or more
    code,          ///< a fenced block, a shell prompt, a script element, a command line of a testing tool
    http_request,  ///< a request or response line
    stack_trace,   ///< of a crash or an exception
    headings,      ///< two or more, marked as in Markdown: written as a form asks
    attachment,
    embedded_message,
    encrypted,
    list,       ///< sent through a list
    automatic,  ///< says that a machine wrote it
};
inline constexpr std::size_t fact_count = 11;

using Facts = std::bitset<fact_count>;

[[nodiscard]] std::optional<Fact> parse_fact(std::string_view name) noexcept;

/// Linear in the text.
[[nodiscard]] Facts facts_of(const core::Assessment& message, std::string_view text);

}  // namespace shield::classify
