// SPDX-License-Identifier: Apache-2.0
#include "resolver_context.hpp"

#include "address.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/network.hpp>

#include <fcntl.h>
#include <unbound.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace shield::net {
namespace {

constexpr int internet = 1;  // the class IN (RFC 1035 section 3.2.4)

void must(int error, const std::string& what)
{
    if (error != UB_NOERROR) {
        throw std::runtime_error{what + ": " + ub_strerror(error)};
    }
}

/// What is there of a file, up to a size that no list of trust anchors has.
std::string content_of(const std::filesystem::path& file)
{
    constexpr std::size_t size_max = 65536;
    std::error_code fault;
    const auto size = std::filesystem::file_size(file, fault);
    std::ifstream stream{file, std::ios::binary};
    if (fault || !stream) {
        const int error = fault ? fault.value() : errno;
        throw std::runtime_error{"cannot read '" + file.string() + "': " + std::strerror(error)};
    }
    if (size > size_max) {
        throw std::runtime_error{"'" + file.string() + "' is too large to be a list of trust anchors"};
    }
    std::string content(size, '\0');
    stream.read(content.data(), static_cast<std::streamsize>(size));
    content.resize(static_cast<std::size_t>(stream.gcount()));
    return content;
}

DnsReply reply_of(const ub_result& result)
{
    DnsReply reply;
    reply.code = static_cast<unsigned>(result.rcode);
    reply.no_name = result.nxdomain != 0;
    reply.secure = result.secure != 0;
    reply.bogus = result.bogus != 0;
    reply.why_bogus = result.why_bogus != nullptr ? result.why_bogus : "";
    for (int i = 0; result.havedata != 0 && result.data != nullptr && result.data[i] != nullptr; ++i) {
        reply.records.emplace_back(result.data[i], static_cast<std::size_t>(result.len[i]));
    }
    return reply;
}

/// Whether there is a way to an address: connecting a datagram socket sends nothing.
bool is_reachable(const char* address)
{
    constexpr std::uint16_t port = 53;
    const auto to = SocketAddress::numeric({address, port}).value();
    const Descriptor probe{::socket(to.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    return probe.valid() && ::connect(probe.number(), to.get(), to.size) == 0;
}

// libunbound's notation of an address: 192.0.2.1@53
std::string server(const std::string& address)
{
    const auto place = core::HostAndPort::parse(address).value();
    return place.host + "@" + std::to_string(place.port);
}

}  // namespace

void ResolverContext::Delete::operator()(ub_ctx* context) const noexcept
{
    ub_ctx_delete(context);
}

ResolverContext::ResolverContext(const ResolverOptions& options, const core::Limits& limits)
    : context_{ub_ctx_create()}, validates_{options.validate}
{
    // The library keeps its own, and closes it.
    readiness_ = Descriptor{context_ ? ::fcntl(ub_fd(context_.get()), F_DUPFD_CLOEXEC, 0) : -1};
    if (!readiness_.valid()) {
        throw std::runtime_error{"cannot make a resolver: no memory or descriptors are left"};
    }
    ub_ctx_debugout(context_.get(), nullptr);  // standard error is our log's
    // A thread of the library's own: the alternative is a process, which the walls around us do not allow.
    must(ub_ctx_async(context_.get(), 1), "cannot make a resolver");
    set_bounds(limits);
    set_servers(options);
    if (options.validate) {
        set_trust_anchors(options.trust_anchor);
    } else {
        set("module-config:", "iterator");
    }
    // Settles everything now, where whoever starts us can be told. (The zone is not there.)
    const int settled = ub_ctx_zone_remove(context_.get(), "shield.invalid.");
    must(settled, options.validate ? "'" + options.trust_anchor.string() + "' has a line that is no trust anchor"
                                   : "cannot make a resolver");
}

ResolverContext::~ResolverContext() = default;

void ResolverContext::set(const char* option, const std::string& value)
{
    must(ub_ctx_set_option(context_.get(), option, value.c_str()), std::string{"cannot set "} + option);
}

void ResolverContext::set_bounds(const core::Limits& limits)
{
    // Records take half, what questions came to a quarter, keys and proofs that nothing is there the rest.
    set("rrset-cache-size:", std::to_string(limits.dns_cache_max / 2));
    set("msg-cache-size:", std::to_string(limits.dns_cache_max / 4));
    set("key-cache-size:", std::to_string(limits.dns_cache_max / 8));
    set("neg-cache-size:", std::to_string(limits.dns_cache_max / 8));
    set("num-queries-per-thread:", std::to_string(limits.dns_questions_max));
    // Sockets. With the library's sixteen, a domain whose servers are silent would have everybody else wait.
    set("outgoing-range:", "256");
    set("outgoing-num-tcp:", "16");
    set("infra-host-ttl:", "60");  // a server that was silent may be back after a minute
}

void ResolverContext::set_servers(const ResolverOptions& options)
{
    using Mode = ResolverOptions::Mode;
    if (options.mode == Mode::recursive) {
        // Zones of strangers say which servers are asked: none of them is on this host.
        set("do-not-query-localhost:", "yes");
        // One that is silent is given up after three tries of 2 s at most. The library's two minutes would fill
        // every place with questions that nobody waits for any more.
        set("infra-cache-max-rtt:", "2000");
        set("outbound-msg-retry:", "3");
        // Without a way to half of the servers, half of the tries would be in vain. When there is a way to none,
        // the network is not there yet.
        const bool v4 = is_reachable("198.41.0.4");  // a.root-servers.net
        const bool v6 = is_reachable("2001:503:ba3e::2:30");
        if (v4 != v6) {
            set(v4 ? "do-ip6:" : "do-ip4:", "no");
        }
        return;
    }
    // A resolver nearby knows the names of private addresses, and nobody has signed them.
    set("do-not-query-localhost:", "no");
    set("unblock-lan-zones:", "yes");
    set("insecure-lan-zones:", "yes");
    // It answers at once what it knows, and takes its time with a domain whose servers are slow. By what it needs
    // on average the library would ask again and again, and then call the resolver dead because of that domain.
    set("infra-cache-min-rtt:", "1000");
    set("outbound-msg-retry:", "2");
    set("infra-keep-probing:", "yes");
    if (options.mode == Mode::address) {
        must(ub_ctx_set_fwd(context_.get(), server(options.address).c_str()), "cannot ask " + options.address);
        return;
    }
    constexpr const char* file = "/etc/resolv.conf";
    if (std::ifstream{file}.good()) {
        must(ub_ctx_resolvconf(context_.get(), file), std::string{"cannot use the name servers in "} + file);
    } else {
        must(ub_ctx_set_fwd(context_.get(), "127.0.0.1"), "cannot ask 127.0.0.1");  // resolv.conf(5)
    }
}

/// Read here and not by the library, which would take a file without any as "nothing is signed".
void ResolverContext::set_trust_anchors(const std::filesystem::path& file)
{
    const std::string content = content_of(file);
    int count = 0;
    for (const std::string_view line : core::split(content, '\n')) {
        const std::string anchor{core::trimmed(line.substr(0, line.find(';')))};
        if (anchor.empty()) {
            continue;
        }
        const int error = ub_ctx_add_ta(context_.get(), anchor.c_str());
        must(error, "'" + file.string() + "' has a line that is no trust anchor");
        ++count;
    }
    if (count == 0) {
        throw std::runtime_error{"'" + file.string() + "' has no trust anchor in it"};
    }
}

void ResolverContext::told(void* asker, int error, ub_result* result) noexcept
{
    struct Free {
        void operator()(ub_result* freed) const noexcept { ub_resolve_free(freed); }
    };
    const std::unique_ptr<ub_result, Free> owned{result};
    const bool answered = error == UB_NOERROR && result != nullptr;
    static_cast<Asker*>(asker)->told(answered ? std::optional{reply_of(*result)} : std::nullopt);
}

bool ResolverContext::ask(const core::DnsQuestion& question, Asker& asker)
{
    const std::string name = escaped_dns_name(question.name) + ".";
    return ub_resolve_async(context_.get(), name.c_str(), static_cast<int>(question.type), internet, &asker,
                            &ResolverContext::told, nullptr) == UB_NOERROR;
}

bool ResolverContext::process()
{
    return ub_process(context_.get()) == UB_NOERROR;
}

std::string trust_anchor_fault(const ResolverOptions& options)
{
    if (options.mode == ResolverOptions::Mode::none || !options.validate) {
        return {};
    }
    try {
        ResolverOptions asking_nobody = options;
        asking_nobody.mode = ResolverOptions::Mode::recursive;
        const ResolverContext context{asking_nobody, core::Limits{}};
        return {};
    } catch (const std::runtime_error& fault) {
        return fault.what();
    }
}

}  // namespace shield::net
