// SPDX-License-Identifier: Apache-2.0
#include "named_in_text.hpp"

#include "received.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>
#include <shield/core/network.hpp>

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace shield::mime {

namespace {

using core::EvidenceKind;

// Of one word; what is longer is no link that anybody follows by hand.
constexpr std::size_t word_max = 2 * core::Evidence::value_max;
constexpr std::size_t host_max = 253;  // RFC 1035 section 2.3.4

constexpr std::string_view hexadecimal = "0123456789ABCDEF";

struct Spelling {
    std::string_view defanged;
    std::string_view meant;
};
constexpr std::array spellings{Spelling{"[.]", "."},     Spelling{"(.)", "."},     Spelling{"{.}", "."},
                               Spelling{"[dot]", "."},   Spelling{"(dot)", "."},   Spelling{"[:]", ":"},
                               Spelling{"[://]", "://"}, Spelling{"[:/]/", "://"}, Spelling{"[/]", "/"},
                               Spelling{"[@]", "@"},     Spelling{"(@)", "@"},     Spelling{"[at]", "@"},
                               Spelling{"(at)", "@"}};
constexpr std::array schemes{Spelling{"hxxps", "https"}, Spelling{"hxxp", "http"},   Spelling{"h**ps", "https"},
                             Spelling{"h**p", "http"},   Spelling{"https", "https"}, Spelling{"http", "http"},
                             Spelling{"fxps", "ftps"},   Spelling{"fxp", "ftp"},     Spelling{"ftps", "ftps"},
                             Spelling{"ftp", "ftp"}};

std::string refanged(std::string_view word)
{
    std::string text;
    while (!word.empty()) {
        const auto known = std::string_view{"[({"}.find(word.front()) == std::string_view::npos
                               ? spellings.end()
                               : std::find_if(spellings.begin(), spellings.end(), [&](const Spelling& spelling) {
                                     return core::istarts_with(word, spelling.defanged);
                                 });
        if (known != spellings.end()) {
            text += known->meant;
            word.remove_prefix(known->defanged.size());
        } else {
            text += word.front();
            word.remove_prefix(1);
        }
    }
    return text;
}

// Where in a word a link begins: at a scheme that is known, in front of "://".
std::size_t link_in(std::string_view word)
{
    for (auto colon = word.find("://"); colon != std::string_view::npos; colon = word.find("://", colon + 1)) {
        for (const Spelling& scheme : schemes) {
            const std::size_t size = scheme.defanged.size();
            if (colon >= size && core::iequals(word.substr(colon - size, size), scheme.defanged)) {
                return colon - size;
            }
        }
    }
    return std::string_view::npos;
}

// How many more of these brackets close than open.
struct Brackets {
    char opening, closing;
    std::ptrdiff_t excess;
};

// What people write behind a link is not of it; a closing bracket is only when one opened.
std::string_view without_punctuation(std::string_view link)
{
    std::array brackets{Brackets{'(', ')', 0}, Brackets{'[', ']', 0}, Brackets{'{', '}', 0}};
    for (Brackets& one : brackets) {
        one.excess =
            std::count(link.begin(), link.end(), one.closing) - std::count(link.begin(), link.end(), one.opening);
    }
    while (!link.empty()) {
        const auto bracket = std::find_if(brackets.begin(), brackets.end(), [&](const Brackets& one) {
            return one.closing == link.back() && one.excess > 0;
        });
        if (bracket != brackets.end()) {
            --bracket->excess;
        } else if (std::string_view{".,;:!?'*_|"}.find(link.back()) == std::string_view::npos) {
            break;
        }
        link.remove_suffix(1);
    }
    return link;
}

std::string without_entities(std::string_view word)
{
    constexpr std::string_view ampersand = "&amp;";
    std::string plain;
    while (!word.empty()) {
        plain += word.front();
        word.remove_prefix(word.starts_with(ampersand) ? ampersand.size() : 1);
    }
    return plain;
}

std::optional<std::string> in_a_labels(std::string_view name)
{
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<UIDNA, void (*)(UIDNA*)> idna{uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII, &error),
                                                        uidna_close};
    std::array<char, host_max + 1> ascii{};
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    const int length = U_FAILURE(error)
                           ? 0
                           : uidna_nameToASCII_UTF8(idna.get(), name.data(), static_cast<int>(name.size()),
                                                    ascii.data(), static_cast<int>(ascii.size()), &info, &error);
    if (U_FAILURE(error) || length <= 0 || static_cast<std::size_t>(length) > host_max) {
        return std::nullopt;
    }
    return std::string{ascii.data(), static_cast<std::size_t>(length)};
}

struct Authority {
    std::string_view user;  // with its "@"
    std::string_view host;
    std::string_view port;  // with its ":"
};

Authority taken_apart(std::string_view written)
{
    Authority authority;
    const auto at = written.rfind('@');
    if (at != std::string_view::npos) {
        authority.user = written.substr(0, at + 1);
        written.remove_prefix(at + 1);
    }
    const auto bracket = written.starts_with('[') ? written.find(']') : std::string_view::npos;
    const auto colon = written.find(':', bracket == std::string_view::npos ? 0 : bracket);
    authority.host = written.substr(0, colon);
    authority.port = colon == std::string_view::npos ? std::string_view{} : written.substr(colon);
    return authority;
}

void append_encoded(std::string& url, std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto is_hex = [&](std::size_t at) {
            return at < text.size() &&
                   std::string_view{"0123456789abcdef"}.find(core::to_lower(text[at])) != std::string_view::npos;
        };
        // RFC 3986 section 2; brackets belong to hosts alone.
        const bool plain = core::is_alpha(c) || core::is_digit(c) ||
                           std::string_view{"-._~:/?#@!$&'()*+,;="}.find(c) != std::string_view::npos ||
                           (c == '%' && is_hex(i + 1) && is_hex(i + 2));
        if (plain) {
            url += c;
        } else {
            const auto octet = static_cast<unsigned char>(c);
            url += '%';
            url += hexadecimal[octet >> 4U];
            url += hexadecimal[octet & 15U];
        }
    }
}

std::optional<std::string> host_in_url(std::string_view written)
{
    if (written.starts_with('[')) {
        const auto address = core::IpAddress::parse(
            written.substr(1, written.size() < 2 || !written.ends_with(']') ? 0 : written.size() - 2));
        return address && address->v6 ? std::optional{"[" + address->to_string() + "]"} : std::nullopt;
    }
    return canonical_host(written);
}

void tell_host(std::string_view host, const NamedInText& found)
{
    if (const auto address = core::IpAddress::parse(host)) {
        found(EvidenceKind::address, address->unmapped().to_string());
    } else if (host.find('.') != std::string_view::npos) {
        found(EvidenceKind::domain, std::string{host});
    }
}

bool tell_link(std::string_view link, const NamedInText& found)
{
    const auto url = canonical_url(without_punctuation(link));
    if (!url) {
        return false;
    }
    found(EvidenceKind::url, *url);
    tell_host(host_of(*url), found);
    return true;
}

// A host, an address or a mail address, written so that nobody follows it by mistake.
void tell_defanged(std::string_view word, const NamedInText& found)
{
    word = without_punctuation(word);
    while (!word.empty() && std::string_view{"([{'*_"}.find(word.front()) != std::string_view::npos) {
        word.remove_prefix(1);
    }
    if (const auto mailbox = core::Mailbox::parse(word)) {
        const auto host = canonical_host(mailbox->domain);
        if (host && !mailbox->local.empty()) {
            found(EvidenceKind::mailbox, mailbox->local + "@" + *host);
            tell_host(*host, found);
        }
        return;
    }
    if (const auto host = canonical_host(word.substr(0, word.find_first_of("/?#:")))) {
        tell_host(*host, found);
    }
}

void tell_word(std::string_view word, const NamedInText& found)
{
    word = word.substr(0, word_max);
    const bool may_be_defanged = word.find_first_of("[({") != std::string_view::npos;
    if (!may_be_defanged && word.find("://") == std::string_view::npos && !core::istarts_with(word, "www.")) {
        return;
    }
    const std::string plain = may_be_defanged ? refanged(word) : std::string{word};
    if (const auto begin = link_in(plain); begin != std::string_view::npos) {
        tell_link(std::string_view{plain}.substr(begin), found);
    } else if (core::istarts_with(plain, "www.")) {
        tell_link("http://" + plain, found);
    } else if (plain.size() < word.size()) {
        tell_defanged(plain, found);
    }
}

template <typename Each>
void each_word(std::string_view text, std::string_view separators, const Each& each)
{
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(separators), text.size());
        if (end > 0) {
            each(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

}  // namespace

void find_named_in(std::string_view text, const NamedInText& found)
{
    each_word(text, " \t\r\n\f\v<>\"`", [&](std::string_view word) { tell_word(word, found); });
}

void find_links_in_html(std::string_view html, const NamedInText& found)
{
    each_word(html, " \t\r\n\f\v<>\"'`", [&](std::string_view word) {
        word = word.substr(0, word_max);
        if (word.find("://") == std::string_view::npos) {
            return;
        }
        const std::string plain = without_entities(word);
        if (const auto begin = link_in(plain); begin != std::string_view::npos) {
            tell_link(std::string_view{plain}.substr(begin), found);
        }
    });
}

std::optional<std::string> canonical_url(std::string_view written)
{
    const std::string plain = refanged(core::trimmed(written.substr(0, word_max)));
    const auto colon = plain.find("://");
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    const std::string scheme = core::lowered(std::string_view{plain}.substr(0, colon));
    const auto known =
        std::find_if(schemes.begin(), schemes.end(), [&](const Spelling& one) { return one.defanged == scheme; });
    std::string_view rest{plain};
    rest.remove_prefix(colon + 3);
    const std::string_view place = rest.substr(0, rest.find_first_of("/?#\\"));
    const Authority authority = taken_apart(place);
    const auto host = host_in_url(authority.host);
    const auto port =
        authority.port.empty() ? std::optional<std::uint64_t>{1} : core::parse_number(authority.port.substr(1));
    if (known == schemes.end() || !host || !port) {
        return std::nullopt;
    }
    std::string url = std::string{known->meant} + "://";
    append_encoded(url, authority.user);
    url += *host;
    url += authority.port;
    rest.remove_prefix(place.size());
    if (rest.starts_with('\\')) {  // which programs that follow links take for a slash
        url += '/';
        rest.remove_prefix(1);
    }
    append_encoded(url, rest);
    return url.size() <= core::Evidence::value_max ? std::optional{url} : std::nullopt;
}

std::string_view host_of(std::string_view url) noexcept
{
    const auto scheme = url.find("://");
    url.remove_prefix(scheme == std::string_view::npos ? url.size() : scheme + 3);
    std::string_view host = taken_apart(url.substr(0, url.find_first_of("/?#"))).host;
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    return host;
}

std::optional<std::string> canonical_host(std::string_view written)
{
    if (written.ends_with('.')) {
        written.remove_suffix(1);
    }
    if (written.size() > 4 * host_max || !core::is_utf8(written)) {
        return std::nullopt;
    }
    const auto host = core::is_ascii(written) ? std::optional{core::lowered(written)} : in_a_labels(written);
    return host && core::is_host_name(*host) ? host : std::nullopt;
}

}  // namespace shield::mime
