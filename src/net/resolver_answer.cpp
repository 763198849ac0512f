// SPDX-License-Identifier: Apache-2.0
#include "resolver_answer.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace shield::net {
namespace {

constexpr std::size_t v4_octets = 4;
constexpr std::size_t v6_octets = 16;
constexpr std::size_t label_octets_max = 63;
constexpr std::size_t why_bogus_octets_max = 300;

std::size_t octet_at(std::string_view octets, std::size_t at)
{
    return static_cast<unsigned char>(octets[at]);
}

std::optional<std::string> address_of(int family, std::size_t size, std::string_view rdata)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (rdata.size() != size || inet_ntop(family, rdata.data(), text.data(), text.size()) == nullptr) {
        return std::nullopt;
    }
    return std::string{text.data()};
}

/// RFC 1035 section 3.3.14: one string or more, each with its length in front.
std::optional<std::string> text_of(std::string_view rdata)
{
    std::string text;
    std::size_t at = 0;
    while (at < rdata.size()) {
        const std::size_t size = octet_at(rdata, at);
        if (size > rdata.size() - at - 1) {
            return std::nullopt;
        }
        text += rdata.substr(at + 1, size);
        at += 1 + size;
    }
    return at == 0 ? std::nullopt : std::optional{std::move(text)};
}

/// RFC 1035 section 3.1, and nothing behind it. A pointer (section 4.1.4) would point out of the record.
std::optional<std::string> name_of(std::string_view rdata)
{
    std::string name;
    std::size_t at = 0;
    while (at < rdata.size()) {
        const std::size_t size = octet_at(rdata, at);
        if (size == 0) {
            const bool whole = at + 1 == rdata.size() && (name.empty() || core::is_dns_name(name));
            return whole ? std::optional{std::move(name)} : std::nullopt;
        }
        const std::string_view label = rdata.substr(at + 1, size);
        if (size > label_octets_max || label.size() != size || label.find('.') != std::string_view::npos) {
            return std::nullopt;
        }
        name += (name.empty() ? "" : ".") + core::lowered(label);
        at += 1 + size;
    }
    return std::nullopt;
}

std::optional<core::DnsRecord> exchange_of(std::string_view rdata)
{
    constexpr std::size_t preference_octets = 2;
    if (rdata.size() < preference_octets) {
        return std::nullopt;
    }
    auto name = name_of(rdata.substr(preference_octets));
    if (!name) {
        return std::nullopt;
    }
    const auto preference = static_cast<std::uint16_t>(octet_at(rdata, 0) << 8U | octet_at(rdata, 1));
    return core::DnsRecord{std::move(*name), preference};
}

std::optional<core::DnsRecord> record_with(std::optional<std::string> value)
{
    return value ? std::optional{core::DnsRecord{std::move(*value)}} : std::nullopt;
}

std::string code_name(unsigned code)
{
    // RFC 1035 section 4.1.1
    constexpr std::array<const char*, 6> names{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};
    return code < names.size() ? names.at(code) : "RCODE " + std::to_string(code);
}

core::DnsAnswer bogus_answer(const std::string& why)
{
    core::DnsAnswer answer = failed_answer("bogus");
    answer.dnssec = core::Dnssec::bogus;
    if (!why.empty()) {
        // It names what was asked and what was answered.
        answer.failure += ": " + core::printable_line(why.substr(0, why_bogus_octets_max));
    }
    return answer;
}

}  // namespace

std::string escaped_dns_name(std::string_view name)
{
    std::string escaped;
    for (const char octet : name) {
        const bool plain =
            core::is_digit(octet) || (octet >= 'a' && octet <= 'z') || octet == '-' || octet == '_' || octet == '.';
        if (plain) {
            escaped += octet;
            continue;
        }
        const std::string number = std::to_string(static_cast<unsigned char>(octet));
        escaped += "\\" + std::string(3 - number.size(), '0') + number;
    }
    return escaped;
}

std::optional<core::DnsRecord> record_of(core::DnsType type, std::string_view rdata)
{
    switch (type) {
        case core::DnsType::a:
            return record_with(address_of(AF_INET, v4_octets, rdata));
        case core::DnsType::aaaa:
            return record_with(address_of(AF_INET6, v6_octets, rdata));
        case core::DnsType::ptr:
            return record_with(name_of(rdata));
        case core::DnsType::txt:
            return record_with(text_of(rdata));
        case core::DnsType::mx:
            return exchange_of(rdata);
    }
    return std::nullopt;
}

core::DnsAnswer failed_answer(std::string why)
{
    return {core::DnsOutcome::failed, core::Dnssec::unchecked, {}, std::move(why)};
}

core::DnsAnswer answer_of(core::DnsType type, const DnsReply& reply, bool validated, std::size_t records_max)
{
    constexpr unsigned no_error = 0;
    if (reply.bogus) {
        return bogus_answer(reply.why_bogus);
    }
    if (!reply.no_name && reply.code != no_error) {
        return failed_answer(code_name(reply.code));
    }
    core::DnsAnswer answer;
    answer.dnssec = !validated     ? core::Dnssec::unchecked
                    : reply.secure ? core::Dnssec::secure
                                   : core::Dnssec::insecure;
    if (reply.no_name || reply.records.empty()) {
        answer.outcome = reply.no_name ? core::DnsOutcome::no_name : core::DnsOutcome::no_data;
        return answer;
    }
    const std::size_t count = std::min(reply.records.size(), records_max);
    for (std::size_t i = 0; i < count; ++i) {
        if (auto record = record_of(type, reply.records[i])) {
            answer.records.push_back(std::move(*record));
        }
    }
    if (answer.records.empty()) {
        return failed_answer("every record is malformed");
    }
    answer.outcome = core::DnsOutcome::records;
    return answer;
}

}  // namespace shield::net
