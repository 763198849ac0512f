// SPDX-License-Identifier: Apache-2.0
#include <shield/core/dns.hpp>

#include <algorithm>

namespace shield::core {

namespace {

constexpr std::size_t name_octets_max = 253;
constexpr std::size_t label_octets_max = 63;

bool is_label_octet(char octet) noexcept
{
    return octet != '\0' && !(octet >= 'A' && octet <= 'Z');
}

}  // namespace

std::string_view to_string(DnsType type) noexcept
{
    switch (type) {
        case DnsType::a:
            return "A";
        case DnsType::ptr:
            return "PTR";
        case DnsType::mx:
            return "MX";
        case DnsType::txt:
            return "TXT";
        case DnsType::aaaa:
            return "AAAA";
    }
    return "?";
}

std::string_view to_string(Dnssec value) noexcept
{
    switch (value) {
        case Dnssec::unchecked:
            return "unchecked";
        case Dnssec::insecure:
            return "insecure";
        case Dnssec::secure:
            return "secure";
        case Dnssec::bogus:
            return "bogus";
    }
    return "?";
}

bool is_dns_name(std::string_view name) noexcept
{
    if (name.empty() || name.size() > name_octets_max || !std::all_of(name.begin(), name.end(), is_label_octet)) {
        return false;
    }
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('.', begin), name.size());
        if (end == begin || end - begin > label_octets_max) {
            return false;
        }
        begin = end + 1;
    }
    return true;
}

}  // namespace shield::core
