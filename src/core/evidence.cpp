// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/evidence.hpp>
#include <shield/core/mailbox.hpp>
#include <shield/core/network.hpp>

#include <algorithm>
#include <chrono>

namespace shield::core {

namespace {

constexpr std::array<std::string_view, evidence_kinds.size()> kind_names{
    "address", "url", "domain", "mailbox", "message_id", "subject", "file", "time", "complaint"};
constexpr std::array<std::string_view, evidence_places.size()> place_names{
    "message", "attached message", "attached header", "pasted header", "complaint"};

template <typename Value, std::size_t count>
std::optional<Value> parse(std::string_view text, const std::array<Value, count>& values) noexcept
{
    const auto found =
        std::find_if(values.begin(), values.end(), [&](Value value) { return to_string(value) == text; });
    return found == values.end() ? std::nullopt : std::optional{*found};
}

bool is_printable_ascii(std::string_view text) noexcept
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// RFC 3986 section 2: the characters that a URI is made of.
bool is_uri_character(char c) noexcept
{
    return is_alpha(c) || is_digit(c) ||
           std::string_view{"-._~:/?#[]@!$&'()*+,;=%"}.find(c) != std::string_view::npos;
}

bool is_url(std::string_view value) noexcept
{
    const auto scheme = value.find("://");
    return scheme != std::string_view::npos && scheme > 0 && scheme + 3 < value.size() &&
           std::all_of(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(scheme), is_alpha) &&
           std::all_of(value.begin(), value.end(), is_uri_character);
}

bool is_message_id(std::string_view value) noexcept
{
    return value.size() > 2 && value.front() == '<' && value.back() == '>' && is_printable_ascii(value) &&
           value.find(' ') == std::string_view::npos;
}

// RFC 1123 section 2.1: what ends in a number is meant for an address.
bool is_domain(std::string_view value)
{
    const auto dot = value.rfind('.');
    return is_host_name(value) && lowered(value) == value && dot != std::string_view::npos &&
           !std::all_of(value.begin() + static_cast<std::ptrdiff_t>(dot) + 1, value.end(), is_digit);
}

bool has_the_form_of(EvidenceKind kind, const std::string& value)
{
    switch (kind) {
        case EvidenceKind::address: {
            const auto address = IpAddress::parse(value);
            return address && address->unmapped().to_string() == value && is_public(*address);
        }
        case EvidenceKind::url:
            return is_url(value);
        case EvidenceKind::domain:
            return is_domain(value);
        case EvidenceKind::mailbox: {
            const auto mailbox = Mailbox::parse(value);
            return mailbox && !mailbox->local.empty() && !mailbox->domain.empty() && mailbox->to_string() == value;
        }
        case EvidenceKind::message_id:
            return is_message_id(value);
        case EvidenceKind::subject:
        case EvidenceKind::time:
            return !value.empty();
        case EvidenceKind::complaint:
            return !value.empty() && is_printable_ascii(value);
        case EvidenceKind::file:
            return true;
    }
    return false;
}

}  // namespace

std::string_view to_string(EvidenceKind kind) noexcept
{
    return kind_names[static_cast<std::size_t>(kind)];
}

std::string_view to_string(EvidencePlace place) noexcept
{
    return place_names[static_cast<std::size_t>(place)];
}

std::optional<EvidenceKind> parse_evidence_kind(std::string_view text) noexcept
{
    return parse(text, evidence_kinds);
}

std::optional<EvidencePlace> parse_evidence_place(std::string_view text) noexcept
{
    return parse(text, evidence_places);
}

bool is_well_formed(const EvidenceItem& item)
{
    return item.value.size() <= Evidence::value_max && is_utf8(item.value) && !item.found_in.empty() &&
           item.found_in.size() <= Evidence::found_in_max && is_printable_ascii(item.found_in) &&
           (!item.at || is_plausible(*item.at)) && has_the_form_of(item.kind, item.value);
}

bool is_plausible(Time time) noexcept
{
    using namespace std::chrono;
    return time >= Time{} && time < sys_days{year{10000} / January / 1};
}

}  // namespace shield::core
