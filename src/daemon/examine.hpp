// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "certificate_watch.hpp"

#include <shield/delivery/breaker.hpp>
#include <shield/net/resolver.hpp>
#include <shield/triage/desk.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// What `shieldctl doctor` is told of the daemon itself. Pure but for the question to the DNS and the look at the
/// disk.
namespace shield::daemon {

[[nodiscard]] triage::Finding breaker_finding(const delivery::Breaker::Standing& standing);

/// Of those in force; null: none are configured.
[[nodiscard]] triage::Finding certificate_finding(const net::Certificates* certificates, core::Time now);

[[nodiscard]] triage::Finding disk_finding(const std::filesystem::path& directory, std::uint64_t reserve);

/// When nobody is to be asked.
[[nodiscard]] triage::Finding no_dns_finding();

/// Asks for `name` and waits as long as a question may take; not on an I/O thread.
[[nodiscard]] triage::Finding dns_finding(net::Resolver& resolver, const std::string& name,
                                          std::chrono::seconds wait_max);

}  // namespace shield::daemon
