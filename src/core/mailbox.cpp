// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>

#include <algorithm>

namespace shield::core {

namespace {

constexpr std::size_t address_octets_max = 320;

// The last "@" that is not inside a quoted string, or npos.
std::size_t find_at(std::string_view text) noexcept
{
    std::size_t at = std::string_view::npos;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && quoted) {
            ++i;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (text[i] == '@' && !quoted) {
            at = i;
        }
    }
    return quoted ? std::string_view::npos : at;
}

bool is_control(char c) noexcept
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_local_part(std::string_view local) noexcept
{
    if (local.empty()) {
        return false;
    }
    bool quoted = false;
    for (const char c : local) {
        quoted = c == '"' ? !quoted : quoted;
        // RFC 5321 section 4.1.2 allows less; what cannot end the path or the line harms nobody.
        if (is_control(c) || (!quoted && (c == ' ' || c == '<' || c == '>'))) {
            return false;
        }
    }
    return true;
}

bool is_domain(std::string_view domain) noexcept
{
    if (domain.empty() || domain.size() > 255) {
        return false;
    }
    if (domain.front() == '[') {  // an address literal, RFC 5321 section 4.1.3
        return domain.size() > 2 && domain.back() == ']' &&
               std::all_of(domain.begin() + 1, domain.end() - 1,
                           [](char c) { return is_alpha(c) || is_digit(c) || c == ':' || c == '.' || c == '-'; });
    }
    if (domain.front() == '.' || domain.front() == '-' || domain.find("..") != std::string_view::npos) {
        return false;
    }
    return std::all_of(domain.begin(), domain.end(), [](char c) {
        return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' ||
               static_cast<unsigned char>(c) >= 0x80;
    });
}

}  // namespace

std::optional<Mailbox> Mailbox::parse(std::string_view text)
{
    if (text.size() > address_octets_max) {
        return std::nullopt;
    }
    const std::size_t at = find_at(text);
    if (at == std::string_view::npos || !is_local_part(text.substr(0, at)) || !is_domain(text.substr(at + 1)) ||
        !is_utf8(text)) {
        return std::nullopt;
    }
    return Mailbox{std::string{text.substr(0, at)}, lowered(text.substr(at + 1))};
}

std::string Mailbox::unwrapped_local() const
{
    std::string lower = lowered(local);
    const auto drop_up_to = [&](std::size_t signs) {
        std::size_t at = 0;
        for (; signs > 0 && at != std::string::npos; --signs) {
            at = lower.find('=', at);
            at += at == std::string::npos ? 0 : 1;
        }
        if (at != std::string::npos && at < lower.size()) {
            lower.erase(0, at);
        }
    };
    if (lower.starts_with("prvs=")) {
        drop_up_to(2);
    } else if (lower.starts_with("srs0=")) {
        drop_up_to(4);
    }
    return lower;
}

std::string Mailbox::key() const
{
    const std::string_view whole = local;
    return lowered(whole.substr(0, whole.find('+'))) + "@" + domain;
}

std::string_view Mailbox::suffix() const noexcept
{
    const auto plus = local.find('+');
    return plus == std::string::npos ? std::string_view{} : std::string_view{local}.substr(plus + 1);
}

bool is_atom_character(char c) noexcept
{
    return is_alpha(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
}

bool is_dot_atom(std::string_view text) noexcept
{
    return !text.empty() && text.front() != '.' && text.back() != '.' &&
           text.find("..") == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || is_atom_character(c); });
}

}  // namespace shield::core
