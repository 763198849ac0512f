// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/dns.hpp>
#include <shield/core/limits.hpp>
#include <shield/core/log.hpp>
#include <shield/core/metrics.hpp>
#include <shield/core/result.hpp>
#include <shield/net/io_context.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace shield::net {

/// Whom a Resolver asks, and what it believes. A value.
struct ResolverOptions {
    enum class Mode {
        system,     ///< those that resolv.conf(5) names, as they stand there when the Resolver is made or replaced
        recursive,  ///< the servers of the zones themselves, from the root down
        address,    ///< one resolver
        none        ///< nobody
    };
    Mode mode{Mode::system};
    std::string address;  ///< of Mode::address, numeric: "192.0.2.1:53", "[2001:db8::1]:53"
    bool validate{true};  ///< check signatures (RFC 4035 section 5); else every answer is `unchecked`
    std::filesystem::path trust_anchor;  ///< DS or DNSKEY records, one a line; read when validating, then closed

    friend bool operator==(const ResolverOptions&, const ResolverOptions&) = default;
};

/// Why a Resolver cannot be made with these options, as a sentence about its trust anchor, or empty. Asks nobody.
[[nodiscard]] std::string trust_anchor_fault(const ResolverOptions& options);

/// Asks the DNS, with a cache, through libunbound, which works in a thread of its own: signatures are checked
/// there and never hold up connections. Answers are hostile until they were looked at: names are names, strings
/// are inside their records, at most `dns_records_max` are kept. Follows CNAMEs.
///
/// Owned by the daemon, uses no file once it is made. Thread-safe. A question that cannot be answered is answered
/// as `failed`, with the reason; nothing is thrown.
class Resolver {
public:
    /// Throws std::runtime_error with a sentence when it cannot be made: trust_anchor_fault() says it before.
    Resolver(IoContext& io, const ResolverOptions& options, const core::Limits& limits, core::Log& log,
             core::Metrics& metrics);
    /// What is still asked is never answered: no `done` runs any more.
    ~Resolver();

    using Done = std::function<void(core::DnsAnswer)>;

    /// `done`, which must not throw, is called once, on an I/O thread and never inside of ask(), within
    /// `dns_wait_max`. Past `dns_questions_max` that are under way, those included that libunbound still tries
    /// though nobody waits any more, it is called at once, with a failure.
    void ask(core::DnsQuestion question, Done done);

    /// Starts over: another cache, and resolv.conf and the trust anchor read again. What is being asked fails at
    /// once. Throws like the constructor, and then nothing has changed. Not on an I/O thread.
    void replace(const ResolverOptions& options);

    struct State;

private:
    std::shared_ptr<State> state_;
};

}  // namespace shield::net
