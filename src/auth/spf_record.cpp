// SPDX-License-Identifier: Apache-2.0
#include "spf_record.hpp"

#include "spf_macros.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace shield::auth {

namespace {

using Kind = SpfMechanismKind;

constexpr std::string_view version = "v=spf1";
constexpr std::size_t shown_octets_max = 80;

constexpr std::array<std::pair<std::string_view, Kind>, 8> kinds{{{"all", Kind::all},
                                                                  {"include", Kind::include},
                                                                  {"a", Kind::a},
                                                                  {"mx", Kind::mx},
                                                                  {"ptr", Kind::ptr},
                                                                  {"ip4", Kind::ip4},
                                                                  {"ip6", Kind::ip6},
                                                                  {"exists", Kind::exists}}};

std::optional<Result> qualifier(char c) noexcept
{
    switch (c) {
        case '+':
            return Result::pass;
        case '-':
            return Result::fail;
        case '~':
            return Result::softfail;
        case '?':
            return Result::neutral;
        default:
            return std::nullopt;
    }
}

bool is_number(std::string_view text) noexcept
{
    return !text.empty() && std::all_of(text.begin(), text.end(), core::is_digit);
}

/// ip4-cidr-length and ip6-cidr-length without their slash (RFC 7208 section 5.6): no zero in front.
std::optional<unsigned> prefix_length(std::string_view digits, unsigned most) noexcept
{
    const auto bits = core::parse_number(digits);
    if (!bits || *bits > most || (digits.size() > 1 && digits.front() == '0')) {
        return std::nullopt;
    }
    return static_cast<unsigned>(*bits);
}

/// Takes `separator` and the digits behind it from the end of the argument, where they are. False when the number
/// is none.
bool take_length(std::string_view& argument, std::string_view separator, unsigned& bits)
{
    const std::size_t begin = argument.rfind(separator);
    const std::string_view digits =
        begin == std::string_view::npos ? std::string_view{} : argument.substr(begin + separator.size());
    if (!is_number(digits)) {
        return true;  // it belongs to a domain-spec, which may have slashes
    }
    const auto length = prefix_length(digits, bits);
    bits = length.value_or(0);
    argument = argument.substr(0, begin);
    return length.has_value();
}

bool read_network(std::string_view argument, bool v6, core::Network& network)
{
    const std::size_t slash = argument.find('/');
    const auto address = core::IpAddress::parse(argument.substr(0, slash));
    if (!address || address->v6 != v6) {
        return false;
    }
    const unsigned most = v6 ? 128 : 32;
    const auto bits = slash == std::string_view::npos ? most : prefix_length(argument.substr(slash + 1), most);
    network = core::Network::around(*address, bits.value_or(0));
    return bits.has_value();
}

/// ":" domain-spec.
bool read_domain(std::string_view argument, SpfMechanism& mechanism)
{
    if (!argument.starts_with(':')) {
        return false;
    }
    mechanism.domain_spec = argument.substr(1);
    return is_domain_spec(mechanism.domain_spec);
}

/// What follows a mechanism's name, by the syntax of RFC 7208 section 5.
bool read_argument(std::string_view argument, SpfMechanism& mechanism)
{
    switch (mechanism.kind) {
        case Kind::all:
            return argument.empty();
        case Kind::include:
        case Kind::exists:
            return read_domain(argument, mechanism);
        case Kind::ptr:
            return argument.empty() || read_domain(argument, mechanism);
        case Kind::a:
        case Kind::mx:
            return take_length(argument, "//", mechanism.v6_bits) &&
                   take_length(argument, "/", mechanism.v4_bits) &&
                   (argument.empty() || read_domain(argument, mechanism));
        case Kind::ip4:
        case Kind::ip6:
            return argument.starts_with(':') &&
                   read_network(argument.substr(1), mechanism.kind == Kind::ip6, mechanism.network);
    }
    return false;
}

std::optional<SpfMechanism> read_mechanism(std::string_view term)
{
    SpfMechanism mechanism;
    mechanism.text = term;
    if (const auto said = qualifier(term.front())) {
        mechanism.qualifier = *said;
        term.remove_prefix(1);
    }
    const std::size_t end = std::min(term.find_first_of(":/"), term.size());
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const auto& known) {
        return core::iequals(known.first, term.substr(0, end));
    });
    if (kind == kinds.end()) {
        return std::nullopt;
    }
    mechanism.kind = kind->second;
    return read_argument(term.substr(end), mechanism) ? std::optional{mechanism} : std::nullopt;
}

bool is_modifier_name(std::string_view name) noexcept
{
    return !name.empty() && core::is_alpha(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
        return core::is_alpha(c) || core::is_digit(c) || c == '-' || c == '_' || c == '.';
    });
}

/// The modifiers that may stand there once each (RFC 7208 section 6).
struct Modifiers {
    std::string_view redirect, exp;

    bool take(std::string_view name, std::string_view value)
    {
        const bool is_redirect = core::iequals(name, "redirect");
        if (!is_redirect && !core::iequals(name, "exp")) {
            return is_modifier_name(name) && is_macro_string(value);  // unknown ones are ignored
        }
        std::string_view& known = is_redirect ? redirect : exp;
        const bool first = known.empty();
        known = value;
        return first && is_domain_spec(value);
    }
};

core::Error not_a_term(std::string_view term)
{
    return {"'" + core::printable_line(term.substr(0, shown_octets_max)) + "' is no term of SPF"};
}

}  // namespace

bool is_spf_record(std::string_view text) noexcept
{
    return core::istarts_with(text, version) && (text.size() == version.size() || text[version.size()] == ' ');
}

core::result<SpfRecord> SpfRecord::parse(std::string_view text)
{
    if (text.size() > spf_record_octets_max) {
        return core::Error{"the record is longer than " + std::to_string(spf_record_octets_max) + " octets"};
    }
    SpfRecord record;
    Modifiers modifiers;
    for (const std::string_view term : core::split(text.substr(version.size()), ' ')) {
        if (term.empty()) {
            continue;
        }
        const std::size_t sign = term.find_first_of("=:/");
        if (sign != std::string_view::npos && term[sign] == '=') {
            if (!modifiers.take(term.substr(0, sign), term.substr(sign + 1))) {
                return not_a_term(term);
            }
        } else if (const auto mechanism = read_mechanism(term)) {
            record.mechanisms.push_back(*mechanism);
        } else {
            return not_a_term(term);
        }
    }
    record.redirect = modifiers.redirect;
    return record;
}

}  // namespace shield::auth
