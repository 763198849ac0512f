// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>
#include <shield/core/network.hpp>
#include <shield/core/printable.hpp>
#include <shield/core/promise.hpp>
#include <shield/core/reference.hpp>
#include <shield/core/time.hpp>
#include <shield/core/token.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace shield::core;

static void demand(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto mailbox = Mailbox::parse(text)) {
        demand(is_utf8(text) && Mailbox::parse(mailbox->to_string()) == mailbox);
        demand(mailbox->to_string().find_first_of("\r\n") == std::string::npos);
    }
    if (const auto reference = Reference::parse(text)) {
        demand(Reference::parse(reference->to_string()) == reference);
    }
    if (const auto time = parse_rfc3339(text)) {
        demand(parse_rfc3339(to_rfc3339(*time)) == time);
    }
    if (const auto duration = parse_duration(text)) {
        demand(*parse_duration(format_duration(*duration)) == *duration);
    }
    if (const auto promise = Promise::parse(text)) {
        demand(promise->due(Time{}) > Time{});
    }
    const TokenKey key{7, std::string(32, 'k')};
    demand(!verify_token(text, [&](unsigned) { return std::optional{key}; }) || text.size() == 25);
    (void)token_in_message_id(text, "mx.shield.test");
    (void)network_of(text);
    if (const auto place = HostAndPort::parse(text)) {
        demand(HostAndPort::parse(place->to_string()).value() == *place);
        demand(IpAddress::parse(place->host) || is_host_name(place->host));
    }

    const std::string line = printable_line(text);
    demand(is_utf8(line) && std::none_of(line.begin(), line.end(),
                                         [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }));
    demand(is_utf8(printable_text(text)));
    demand(!is_utf8(text) || is_utf8(cut_utf8(text, size / 2)));
    return 0;
}
