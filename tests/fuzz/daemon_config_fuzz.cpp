// SPDX-License-Identifier: Apache-2.0
// Any octets are shieldd.toml: a configuration that can be used comes of it, or sentences that name the file.
#include <shield/core/ascii.hpp>
#include <shield/daemon/config.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

static void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace shield;
    const auto config =
        daemon::parse_config({reinterpret_cast<const char*>(data), size}, "/etc/shieldd/shieldd.toml");
    if (!config) {
        check(core::is_utf8(config.error().sentence));
        check(config.error().sentence.starts_with("/etc/shieldd/shieldd.toml"));
        check(config.error().sentence.find('\x1b') == std::string::npos);
        return 0;
    }
    check(!config->hostname.empty() && config->directory.is_absolute() && !config->listen.empty());
    check(core::Mailboxes::make(config->hostname, config->mailboxes).has_value());
    return 0;
}
