// SPDX-License-Identifier: Apache-2.0
// Any octets are an address. What is taken for one is one, is written the same way every time, and whoever it is
// sent to reads the same domain in it.
#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>
#include <shield/core/mailboxes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace shield::core;

static void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto ours = Mailboxes::make("mx.example.com", {{"shield@example.com", {}, Category::attack}});
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto mailbox = Mailbox::parse(text);
    if (!mailbox) {
        return 0;
    }
    const std::string written = mailbox->to_string();
    check(is_utf8(written) && Mailbox::parse(written) == mailbox && written.size() <= size + 2);
    check(std::none_of(written.begin(), written.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }));
    // Whoever reads the last "@" sees the same domain, and nothing in it ends the path (RFC 5321 section 4.1.2).
    const std::string& domain = mailbox->domain;
    check(written.substr(written.rfind('@') + 1) == domain);
    check(domain.starts_with('[') || domain.find_first_of(" <>,;:\\\"()[]@") == std::string::npos);
    check(ours->find(*mailbox).has_value() <= ours->is_our_domain(domain));
    check(Mailbox::parse(mailbox->key() + "@" + domain).has_value() || !mailbox->key().empty());
    return 0;
}
