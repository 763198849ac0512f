// SPDX-License-Identifier: Apache-2.0
#include "rewritten.hpp"

#include <shield/auth/relayed.hpp>
#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>

namespace shield::auth {

namespace {

const core::Networks& private_networks()
{
    static const core::Networks networks = [] {
        core::Networks all;
        for (const char* text : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8",
                                 "169.254.0.0/16", "::1", "fc00::/7", "fe80::/10"}) {
            all.push_back(*core::Network::parse(text));
        }
        return all;
    }();
    return networks;
}

std::string_view octets_of(const core::Sha256& digest)
{
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

bool are_equal(const core::Sha256& a, const core::Sha256& b)
{
    return core::equal_in_constant_time(octets_of(a), octets_of(b));
}

/// All are looked at, so that the time tells nothing.
bool has_header(const Relay& relay, const Trace& trace)
{
    return relay.header && std::count_if(trace.marks.begin(), trace.marks.end(), [&](const core::Sha256& mark) {
                               return are_equal(mark, *relay.header);
                           }) > 0;
}

bool has_suffix(const Relay& relay, const core::Envelope& envelope)
{
    return relay.suffix &&
           std::count_if(
               envelope.recipients.begin(), envelope.recipients.end(), [&](const core::Recipient& recipient) {
                   return are_equal(core::sha256(core::lowered(recipient.address.suffix())), *relay.suffix);
               }) > 0;
}

/// What one relay wrote into one message.
class Reading {
public:
    Reading(const Relay& relay, const Trace& trace, const core::Mailboxes& ours)
        : relay_{relay}, trace_{trace}, ours_{ours}
    {
        find_border();
    }

    [[nodiscard]] const Hop* border() const noexcept { return hop_; }

    /// The client that the relay met, in the words of its Received field.
    [[nodiscard]] std::optional<std::string> client() const
    {
        return hop_ != nullptr && !hop_->addresses.empty() && !is_inside(hop_->addresses.front())
                   ? std::optional{hop_->addresses.front()}
                   : std::nullopt;
    }

    /// The topmost that is in the relay's name. One that cannot be read may be in its name: nothing below it
    /// counts.
    [[nodiscard]] Recorded results() const
    {
        if (relay_.authserv_id.empty()) {
            return {};
        }
        for (std::size_t i = 0; i < trace_.fields.size() && hop_ != nullptr; ++i) {
            const TraceField& field = trace_.fields[i];
            if (i > border_ && (!relay_.results_below || field.kind == TraceField::Kind::received)) {
                break;
            }
            const std::string& name = field.recorded.authserv_id;
            if (field.kind == TraceField::Kind::results && (name.empty() || name == relay_.authserv_id)) {
                return field.recorded;
            }
        }
        return {};
    }

    /// From whom the relay had it.
    [[nodiscard]] std::string reverse_path(const std::string& given) const
    {
        const auto path = core::Mailbox::parse(given);
        if (!path || !is_rewriting(path->domain)) {
            return given;
        }
        if (const auto original = unwrapped_path(*path)) {
            return *original;
        }
        const std::array candidates{
            address_of_spf(results()), written_path(),
            relay_.arc_sealer.empty() || !trace_.sealed ? std::string{} : address_of_spf(*trace_.sealed),
            is_path_of_google_group(*path) ? trace_.original_sender : std::string{}};
        const auto* const found = std::find_if(candidates.begin(), candidates.end(),
                                               [](const std::string& candidate) { return !candidate.empty(); });
        return found == candidates.end() ? given : *found;
    }

private:
    [[nodiscard]] bool is_inside(const std::string& text) const
    {
        const auto address = core::IpAddress::parse(text);
        return address && (is_private(*address) || core::contains(relay_.internal, *address) ||
                           (!relay_.has_secret() && core::contains(relay_.networks, *address)));
    }

    // The first Received that is not certain to be about a host inside. Taking one too early costs what stands
    // below it; one too late would let the sender write what the relay recorded.
    void find_border()
    {
        for (std::size_t i = 0; i < trace_.fields.size(); ++i) {
            const TraceField& field = trace_.fields[i];
            if (field.kind != TraceField::Kind::received || (field.hop.readable && !field.hop.names_client)) {
                continue;
            }
            const auto& addresses = field.hop.addresses;
            const bool inside = field.hop.readable && !addresses.empty() &&
                                std::all_of(addresses.begin(), addresses.end(),
                                            [&](const std::string& address) { return is_inside(address); });
            if (!inside) {
                border_ = i;
                hop_ = &field.hop;
                return;
            }
        }
    }

    [[nodiscard]] bool is_rewriting(const std::string& domain) const
    {
        return ours_.is_our_domain(domain) ||
               std::find(relay_.rewrites.begin(), relay_.rewrites.end(), domain) != relay_.rewrites.end();
    }

    static std::string address_of_spf(const Recorded& recorded)
    {
        const auto found = std::find_if(
            recorded.results.begin(), recorded.results.end(),
            [](const RecordedResult& one) { return one.method == Method::spf && !one.address.empty(); });
        return found == recorded.results.end() ? std::string{} : found->address;
    }

    /// Return-Path and the like, above the border.
    [[nodiscard]] std::string written_path() const
    {
        for (std::size_t i = 0; i < border_ && hop_ != nullptr; ++i) {
            const TraceField& field = trace_.fields[i];
            if (field.kind == TraceField::Kind::return_path && !field.address.empty()) {
                const auto path = core::Mailbox::parse(field.address);
                const auto original = path && is_rewriting(path->domain) ? unwrapped_path(*path) : std::nullopt;
                return original.value_or(field.address);
            }
        }
        return {};
    }

    const Relay& relay_;
    const Trace& trace_;
    const core::Mailboxes& ours_;
    std::size_t border_{0};
    const Hop* hop_{nullptr};
};

/// `<security.example.com>` for security@example.com (RFC 2919).
bool is_id_of_our_list(std::string_view value, const core::Mailboxes& ours)
{
    const std::size_t open = value.rfind('<');
    std::string_view id = value.substr(open == std::string_view::npos ? 0 : open + 1);
    id = core::trimmed(id.substr(0, id.find('>')));
    for (std::size_t dot = id.find('.'); dot != std::string_view::npos; dot = id.find('.', dot + 1)) {
        if (ours.is_ours({std::string{id.substr(0, dot)}, std::string{id.substr(dot + 1)}})) {
            return true;
        }
    }
    return false;
}

bool names_our_domain(std::string_view value, const core::Mailboxes& ours)
{
    const auto in_names = [](char c) { return core::is_alpha(c) || core::is_digit(c) || c == '.' || c == '-'; };
    for (auto at = value.begin(); at != value.end();) {
        const auto end = std::find_if_not(at, value.end(), in_names);
        if (ours.is_our_domain(std::string_view{&*at, static_cast<std::size_t>(end - at)})) {
            return true;
        }
        at = end == value.end() ? end : end + 1;
    }
    return false;
}

bool is_from_our_list(const Trace& trace, const core::Mailboxes& ours)
{
    bool has_id = false;
    for (const ListField& field : trace.list_fields) {
        const bool is_id = field.name == "list-id";
        const bool is_precedence = field.name.ends_with("precedence");
        if (is_precedence ? field.value != "list"
                          : !(is_id ? is_id_of_our_list(field.value, ours) : names_our_domain(field.value, ours))) {
            return false;
        }
        has_id = has_id || is_id;
    }
    return has_id && !trace.list_fields_left_out;
}

ByOurRelay as_it_met(const Relay& relay, const core::Envelope& envelope, const Trace& trace,
                     const core::Mailboxes& ours)
{
    const Reading reading{relay, trace, ours};
    ByOurRelay by{{relay.name, reading.results(), {}, relay.arc_sealer, false, false},
                  envelope,
                  is_from_our_list(trace, ours)};
    by.envelope.by_relay = {relay.name, envelope.client_address, envelope.helo, envelope.reverse_path};
    by.envelope.reverse_path = reading.reverse_path(envelope.reverse_path);
    if (const auto client = reading.client()) {
        by.envelope.client_address = *client;
        by.envelope.helo = reading.border()->helo;
        by.relayed.client_found = true;
        // In a cloud that others use, hosts inside it send for others too.
        by.relayed.spf_decides = !relay.has_secret();
    }
    // In our own name nobody but we could have written it, and we write none.
    if (trace.sealed && !relay.arc_sealer.empty() && trace.sealed->authserv_id != ours.hostname()) {
        by.relayed.sealed = *trace.sealed;
    }
    return by;
}

}  // namespace

bool is_private(const core::IpAddress& address)
{
    return core::contains(private_networks(), address);
}

std::optional<ByOurRelay> by_our_relay(const core::Envelope& envelope, const Trace& trace,
                                       const std::vector<Relay>& relays, const core::Mailboxes& ours)
{
    const auto client = core::IpAddress::parse(envelope.client_address);
    bool may_be = false;
    for (const Relay& relay : relays) {
        if (!client || !core::contains(relay.networks, *client)) {
            continue;
        }
        if (!relay.has_secret() || has_header(relay, trace) || has_suffix(relay, envelope)) {
            return as_it_met(relay, envelope, trace, ours);
        }
        may_be = may_be || (relay.header && trace.defective);
    }
    if (may_be) {
        // A header that is not read to its end may hold the secret: then SPF would be asked about the relay, which
        // many domains let send for them.
        return ByOurRelay{{}, envelope, false};
    }
    return std::nullopt;
}

}  // namespace shield::auth
