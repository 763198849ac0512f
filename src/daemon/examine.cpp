// SPDX-License-Identifier: Apache-2.0
#include "examine.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <future>
#include <memory>
#include <system_error>

namespace shield::daemon {

namespace {

using Level = triage::Finding::Level;

constexpr std::chrono::days renewed_before{14};

std::string in_mib(std::uint64_t octets)
{
    return std::to_string(octets >> 20U) + " MiB";
}

}  // namespace

triage::Finding breaker_finding(const delivery::Breaker::Standing& standing)
{
    if (standing.state == delivery::Breaker::State::closed) {
        return {"breaker", Level::ok, "automatic replies go out", {}};
    }
    return {"breaker", Level::warn, delivery::sentence_of(standing),
            "look at what the next hop says, in the log ('delivery') or in a case; it tries again by itself"};
}

triage::Finding certificate_finding(const net::Certificates* certificates, core::Time now)
{
    if (certificates == nullptr) {
        return {"certificate", Level::ok, "none is configured", {}};
    }
    const auto& facts = certificates->facts();
    const auto first = std::min_element(facts.begin(), facts.end(),
                                        [](const auto& a, const auto& b) { return a.not_after < b.not_after; });
    if (first == facts.end()) {
        return {"certificate", Level::ok, "none is configured", {}};
    }
    const std::string found = first->chain.string() +
                              (first->not_after <= now ? " expired at " : " is good until ") +
                              core::to_rfc3339(first->not_after);
    if (first->not_after - now > renewed_before) {
        return {"certificate", Level::ok, found, {}};
    }
    return {"certificate", first->not_after <= now ? Level::fail : Level::warn, found,
            "renew it; it is read again when the file changes"};
}

triage::Finding disk_finding(const std::filesystem::path& directory, std::uint64_t reserve)
{
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(directory, error);
    if (error) {
        return {"disk", Level::fail, directory.string() + ": " + error.message(), "look at the disk"};
    }
    const std::string found = in_mib(space.available) + " are left, " + in_mib(reserve) + " are kept for people";
    if (space.available < reserve) {
        return {"disk", Level::fail, found, "make room: mail is answered 452"};
    }
    // Where mail stops, files of large messages that arrive stop at twice the reserve.
    const bool near = space.available / 4 < reserve;
    return {"disk", near ? Level::warn : Level::ok, found, near ? "make room before mail is answered 452" : ""};
}

triage::Finding no_dns_finding()
{
    return {"dns", Level::ok, "nobody is asked (dns.resolver), and nobody is verified", {}};
}

triage::Finding dns_finding(net::Resolver& resolver, const std::string& name, std::chrono::seconds wait_max)
{
    const auto answered = std::make_shared<std::promise<core::DnsAnswer>>();
    std::future<core::DnsAnswer> answer = answered->get_future();
    resolver.ask({core::lowered(name), core::DnsType::a},
                 [answered](core::DnsAnswer said) { answered->set_value(std::move(said)); });
    std::string why = "no answer in time";
    if (answer.wait_for(wait_max) == std::future_status::ready) {
        const core::DnsAnswer said = answer.get();
        if (said.outcome != core::DnsOutcome::failed) {
            return {"dns", Level::ok, "the resolver answers", {}};
        }
        why = said.failure;
    }
    return {"dns", Level::fail, "the resolver does not tell about " + name + ": " + why,
            "look at dns.resolver; nobody is verified, and acknowledgements are held"};
}

}  // namespace shield::daemon
