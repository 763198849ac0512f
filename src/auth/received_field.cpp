// SPDX-License-Identifier: Apache-2.0
#include "received_field.hpp"

#include "header_fields.hpp"
#include "shown.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/network.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace shield::auth {

namespace {

constexpr std::size_t field_octets_max = 2000;
constexpr std::size_t helo_octets_max = 255;

bool begins_with_word(std::string_view text, std::string_view word)
{
    return core::istarts_with(text, word) &&
           (text.size() == word.size() || core::is_blank(text[word.size()]) || text[word.size()] == '(');
}

/// What stands between "from" and "by": the name that the client gave, and the rest with its comments.
struct FromClause {
    std::string_view name;
    std::string_view rest;
};

/// Nothing when parentheses do not match. In comments "\" escapes (RFC 5322 section 3.2.2).
std::optional<FromClause> from_clause(std::string_view text)
{
    text = core::trimmed(text.substr(4));
    const std::size_t name_end = std::min(text.find_first_of(" \t("), text.size());
    FromClause clause{text.substr(0, name_end), text.substr(name_end)};
    std::size_t depth = 0;
    for (std::size_t i = 0; i < clause.rest.size(); ++i) {
        const char c = clause.rest[i];
        if (c == '\\') {
            ++i;
        } else if (c == '(') {
            ++depth;
        } else if (c == ')') {
            if (depth == 0) {
                return std::nullopt;
            }
            --depth;
        } else if (depth == 0 && i > 0 && (core::is_blank(clause.rest[i - 1]) || clause.rest[i - 1] == ')') &&
                   begins_with_word(clause.rest.substr(i), "by")) {
            clause.rest = clause.rest.substr(0, i);
            return clause;
        }
    }
    return depth == 0 ? std::optional{clause} : std::nullopt;
}

/// `192.0.2.1`, `192.0.2.1:25`, `IPv6:2001:db8::1`, `fe80::1%3`.
std::optional<core::IpAddress> address_in(std::string_view word)
{
    if (core::istarts_with(word, "ipv6:")) {
        word.remove_prefix(5);
    }
    word = word.substr(0, word.find('%'));
    if (std::count(word.begin(), word.end(), ':') == 1) {
        word = word.substr(0, word.find(':'));
    }
    const auto address = core::IpAddress::parse(word);
    return address ? std::optional{address->unmapped()} : std::nullopt;
}

/// What follows the name: each outermost comment, and what stands between them.
std::vector<std::string_view> pieces_of(std::string_view rest)
{
    std::vector<std::string_view> pieces;
    std::size_t depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        const bool opens = rest[i] == '(' && depth++ == 0;
        const bool closes = rest[i] == ')' && --depth == 0;
        i += rest[i] == '\\' ? 1 : 0;
        if (opens || closes) {
            pieces.push_back(rest.substr(begin, i - begin));
            begin = i;
        }
    }
    pieces.push_back(rest.substr(begin));
    return pieces;
}

/// The addresses of a clause: those the server saw, and those the client only said.
class Addresses {
public:
    /// The client's is in one comment. What its certificate says, or a name that somebody chose to look like one,
    /// may stand in another: then nobody can tell.
    void look_at_rest(std::string_view rest)
    {
        for (const std::string_view piece : pieces_of(rest)) {
            const std::size_t before = seen_.size();
            look_at(piece);
            is_ambiguous_ =
                is_ambiguous_ || (before > 0 && seen_.size() > before && seen_.back() != seen_[before - 1]);
        }
    }
    [[nodiscard]] bool is_ambiguous() const noexcept { return is_ambiguous_; }

    void look_at(std::string_view text)
    {
        constexpr std::string_view separators = " \t()[];,=\"<>@";
        bool behind_helo = false;
        while (!text.empty()) {
            const std::size_t end = std::min(text.find_first_of(separators), text.size());
            const std::string_view word = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (word.empty()) {
                continue;
            }
            if (const auto address = address_in(word)) {
                (behind_helo ? said_ : seen_).push_back(address->to_string());
            }
            const bool is_helo = core::iequals(word, "helo") || core::iequals(word, "ehlo");
            behind_helo = is_helo || core::iequals(word, "ident");
            has_helo_ = has_helo_ || is_helo;
        }
    }

    /// Where most put what the client called itself, Exim puts its address, when it knows no name of it; and then
    /// says "helo=" of the other. Nothing of a client that only somebody's word is known of.
    void look_at_name(std::string_view name)
    {
        Addresses in_name;
        in_name.look_at(name);
        if (!seen_.empty()) {
            said_.insert(said_.end(), in_name.seen_.begin(), in_name.seen_.end());
        } else if (has_helo_) {
            seen_ = in_name.seen_;
        } else {
            said_.clear();
        }
    }

    /// The client's is the last that was seen in its comment: before it may stand a name that looks like one.
    [[nodiscard]] std::vector<std::string> all() const
    {
        std::vector<std::string> all{seen_.rbegin(), seen_.rend()};
        if (!all.empty()) {
            all.insert(all.end(), said_.begin(), said_.end());
        }
        return all;
    }

private:
    std::vector<std::string> seen_, said_;
    bool has_helo_{false}, is_ambiguous_{false};
};

}  // namespace

Hop read_hop(std::string_view value)
{
    Hop hop;
    if (value.size() > field_octets_max) {
        return hop;
    }
    const std::string line = unfolded(value);
    const std::string_view text = core::trimmed(line);
    if (!begins_with_word(text, "from")) {
        hop.readable = begins_with_word(text, "by") || text.starts_with('(');
        return hop;
    }
    hop.names_client = true;
    const auto clause = from_clause(text);
    if (!clause) {
        return hop;
    }
    Addresses addresses;
    addresses.look_at_rest(clause->rest);
    if (addresses.is_ambiguous()) {
        return hop;
    }
    addresses.look_at_name(clause->name);
    hop.addresses = addresses.all();
    hop.helo = shown(clause->name, helo_octets_max);
    hop.readable = hop.addresses.size() <= hop_addresses_max;
    hop.addresses.resize(std::min(hop.addresses.size(), hop_addresses_max));
    return hop;
}

}  // namespace shield::auth
