// SPDX-License-Identifier: Apache-2.0
// The first octet chooses a type, the rest is a record's RDATA: what comes of it is inside of it, and what is a
// name can be asked for, and says the same when it is.
#include "resolver_answer.hpp"

#include <shield/core/network.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace shield;
using core::DnsType;

void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

/// RFC 1035 section 5.1, the other way round.
std::string unescaped(std::string_view text)
{
    std::string octets;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            octets += text[i];
            continue;
        }
        check(i + 3 < text.size());
        octets += static_cast<char>(std::stoi(std::string{text.substr(i + 1, 3)}));
        i += 3;
    }
    return octets;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::array types{DnsType::a, DnsType::ptr, DnsType::mx, DnsType::txt, DnsType::aaaa};
    if (size == 0) {
        return 0;
    }
    const DnsType type = types.at(data[0] % types.size());
    const std::string_view rdata{reinterpret_cast<const char*>(data) + 1, size - 1};
    const auto record = net::record_of(type, rdata);
    if (!record) {
        return 0;
    }
    if (type == DnsType::txt) {
        check(record->value.size() < rdata.size());
    } else if (type == DnsType::a || type == DnsType::aaaa) {
        check(core::IpAddress::parse(record->value).has_value());
    } else {
        check(record->value.empty() || core::is_dns_name(record->value));
        check(unescaped(net::escaped_dns_name(record->value)) == record->value);
    }
    net::DnsReply reply;
    reply.records = {std::string{rdata}, std::string{rdata}};
    check(net::answer_of(type, reply, true, 1).records.size() == 1);
    return 0;
}
