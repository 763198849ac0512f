// SPDX-License-Identifier: Apache-2.0
#include "links.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/network.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace shield::campaign {

namespace {

constexpr std::size_t shape_max = 200;

// Under these of a country's domain names are registered one level deeper.
constexpr std::array<std::string_view, 9> second_levels{"co", "com", "org", "net", "ac", "gov", "edu", "ne", "or"};

constexpr std::array<std::string_view, 33> everybodys{"google.com",
                                                      "youtube.com",
                                                      "youtu.be",
                                                      "github.com",
                                                      "gitlab.com",
                                                      "facebook.com",
                                                      "twitter.com",
                                                      "x.com",
                                                      "linkedin.com",
                                                      "instagram.com",
                                                      "microsoft.com",
                                                      "apple.com",
                                                      "mozilla.org",
                                                      "wikipedia.org",
                                                      "w3.org",
                                                      "goo.gl",
                                                      "stackoverflow.com",
                                                      "amazonaws.com",
                                                      "whatsapp.com",
                                                      "telegram.org",
                                                      "t.me",
                                                      "imgur.com",
                                                      "cloudflare.com",
                                                      "owasp.org",
                                                      "mitre.org",
                                                      "nist.gov",
                                                      "rfc-editor.org",
                                                      "ietf.org",
                                                      "portswigger.net",
                                                      "hackerone.com",
                                                      "pastebin.com",
                                                      "dropbox.com",
                                                      "githubusercontent.com"};

// Capitals, digits and length in a mixture that nobody types.
bool looks_random(std::string_view piece) noexcept
{
    const auto digits = std::count_if(piece.begin(), piece.end(), core::is_digit);
    const bool long_word = piece.size() >= 20 && piece.find_first_of("-_") == std::string_view::npos;
    return long_word || digits >= 4 || (digits > 0 && piece.size() >= 6);
}

// Base64 of a few octets may have no digit, but hardly one case.
bool changes_case_often(std::string_view piece) noexcept
{
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    std::size_t changes = 0;
    for (std::size_t i = 1; i < piece.size(); ++i) {
        changes += is_upper(piece[i]) != is_upper(piece[i - 1]) ? 1 : 0;
    }
    return changes >= 3;
}

bool is_token(std::string_view piece) noexcept
{
    constexpr std::size_t short_token = 8;
    constexpr std::size_t long_token = 16;  // no word of a path is so long without a hyphen
    const bool one_word = piece.find_first_of("-_.") == std::string_view::npos;
    return piece.size() >= short_token &&
           (looks_random(piece) || (one_word && (piece.size() >= long_token || changes_case_often(piece))));
}

void add_piece(std::string_view piece, Link& link)
{
    link.token = link.token || is_token(piece);
    const bool random = looks_random(piece) || piece.find('%') != std::string_view::npos;
    link.shape += random ? "*" : core::lowered(piece);
}

void read_path(std::string_view path, Link& link)
{
    for (const std::string_view piece : core::split(path, '/')) {
        if (!piece.empty()) {
            link.shape += '/';
            add_piece(piece, link);
        }
    }
}

void read_query(std::string_view query, Link& link)
{
    for (const std::string_view piece : core::split(query, '&')) {
        const auto equal = piece.find('=');
        link.shape += '?';
        link.shape += looks_random(piece.substr(0, equal)) ? "*" : core::lowered(piece.substr(0, equal));
        link.token =
            link.token || (equal == std::string_view::npos ? is_token(piece) : is_token(piece.substr(equal + 1)));
    }
}

bool is_host(std::string_view host)
{
    return core::is_host_name(host) || core::IpAddress::parse(host).has_value();
}

}  // namespace

std::string registered_domain(std::string_view host)
{
    if (core::IpAddress::parse(host)) {
        return std::string{host};
    }
    const auto labels = core::split(host, '.');
    const std::size_t count = labels.size();
    if (count <= 2) {
        return std::string{host};
    }
    const bool deeper = labels[count - 1].size() == 2 && std::find(second_levels.begin(), second_levels.end(),
                                                                   labels[count - 2]) != second_levels.end();
    std::string domain = deeper ? std::string{labels[count - 3]} + "." : std::string{};
    return domain.append(labels[count - 2]).append(".").append(labels[count - 1]);
}

bool is_everybodys(std::string_view domain) noexcept
{
    return std::find(everybodys.begin(), everybodys.end(), domain) != everybodys.end();
}

Link read_link(std::string_view text)
{
    Link link;
    text = text.substr(0, text.find_last_not_of(".,;:!?'*_") + 1);
    if (const auto scheme = text.find("://"); scheme != std::string_view::npos) {
        text.remove_prefix(scheme + 3);
    }
    const std::string_view authority = text.substr(0, text.find_first_of("/?#"));
    const auto user = authority.rfind('@');
    const std::string_view place = user == std::string_view::npos ? authority : authority.substr(user + 1);
    std::string host = core::lowered(place.substr(0, place.find(':')));
    if (!is_host(host)) {
        return link;
    }
    link.domain = registered_domain(host);
    link.host = std::move(host);
    std::string_view rest = text.substr(authority.size());
    rest = rest.substr(0, rest.find('#'));
    const auto question = rest.find('?');
    read_path(rest.substr(0, question), link);
    if (question != std::string_view::npos) {
        read_query(rest.substr(question + 1), link);
    }
    link.shape.resize(core::cut_utf8(link.shape, shape_max).size());
    return link;
}

}  // namespace shield::campaign
