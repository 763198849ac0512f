// SPDX-License-Identifier: Apache-2.0
#include "received.hpp"

#include "comments.hpp"
#include "mail_date.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <string>

namespace shield::mime {

namespace {

// Behind this a Received field says nothing of its client any more.
constexpr std::size_t from_clause_max = 2048;

bool is_separator(char c) noexcept
{
    return core::is_space(c) || c == '(' || c == ')' || c == ',' || c == ';';
}

/// The next word of a clause, comments opened: "[192.0.2.1]", "helo=x". Counts how deep in comments it stands.
std::string_view next_word(std::string_view& rest, std::size_t& depth)
{
    while (!rest.empty() && is_separator(rest.front())) {
        depth += rest.front() == '(' ? 1 : 0;
        depth -= rest.front() == ')' && depth > 0 ? 1 : 0;
        rest.remove_prefix(1);
    }
    std::size_t end = 0;
    while (end < rest.size() && !is_separator(rest[end])) {
        ++end;
    }
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
}

/// How sure a word is to be what the receiving host saw; 0 for what is no address.
unsigned trust(std::string_view word, bool in_comment)
{
    const bool literal = word.front() == '[';
    // RFC 5321 section 4.4: TCP-info is in the comment, what stands before it is what the client said; Exim puts
    // the address there in brackets when it has no name. Exchange and qmail leave the brackets out.
    return in_comment ? (literal ? 3 : 2) : (literal ? 1 : 0);
}

std::optional<core::IpAddress> client_in(std::string_view clause)
{
    std::optional<core::IpAddress> client;
    unsigned best = 0;
    std::size_t depth = 0;
    bool said_by_client = false;
    for (std::string_view word = next_word(clause, depth); !word.empty(); word = next_word(clause, depth)) {
        if (depth == 0 && core::iequals(word, "by")) {
            break;
        }
        // "(HELO name)" and "(helo=name)" repeat what the client said.
        const bool helo = core::istarts_with(word, "helo=") || core::istarts_with(word, "ehlo=");
        if (const unsigned how = trust(word, depth > 0); !said_by_client && !helo && how > best) {
            if (const auto address = parse_written_address(word)) {
                client = address;
                best = how;
            }
        }
        said_by_client = core::iequals(word, "helo") || core::iequals(word, "ehlo");
    }
    return client;
}

}  // namespace

std::optional<core::IpAddress> parse_written_address(std::string_view text)
{
    text = core::trimmed(text);
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        text = text.substr(1, end - 1);
    }
    if (core::istarts_with(text, "IPv6:")) {  // RFC 5321 section 4.1.3
        text.remove_prefix(5);
    }
    const auto address = core::IpAddress::parse(text);
    return address ? std::optional{address->unmapped()} : std::nullopt;
}

Hop parse_received(std::string_view value)
{
    Hop hop;
    value = core::trimmed(value);
    if (core::istarts_with(value, "from") && value.size() > 4 && core::is_space(value[4])) {
        hop.client = client_in(value.substr(5, from_clause_max));
    }
    if (const auto semicolon = value.rfind(';'); semicolon != std::string_view::npos) {
        hop.at = parse_mail_date(value.substr(semicolon + 1));
    }
    return hop;
}

}  // namespace shield::mime
