// SPDX-License-Identifier: Apache-2.0
#include "recorded_exchange.hpp"

#include <shield/auth/exchange.hpp>
#include <shield/core/dns.hpp>
#include <shield/core/wire.hpp>

#include <algorithm>
#include <optional>
#include <type_traits>

namespace shield::auth {

namespace {

// Only what is written lasts: another version of the program may read it.
constexpr std::uint64_t version = 1;
constexpr std::uint64_t version_with_relayed = 2;

constexpr std::uint64_t reason_max = 1000;
constexpr std::uint64_t domain_max = 253;
constexpr std::uint64_t signature_octets_max = 512;
constexpr std::uint64_t validation_max = 16;

/// A number that may be missing. A const one is written, any other is read.
template <typename Wire, typename Maybe>
void maybe(Wire& wire, std::string_view name, Maybe& value)
{
    std::uint64_t there = value.has_value() ? 1 : 0;
    std::uint64_t number = value.value_or(0);
    wire.number(name, there, 1, 1);
    wire.number(name, number, UINT64_MAX, 8);
    if constexpr (!std::is_const_v<Maybe>) {
        value = there == 1 ? std::optional{number} : std::nullopt;
    }
}

template <typename Wire, typename Signed>
void describe_signature(Wire& wire, Signed& signature)
{
    wire.number("result", signature.result, static_cast<std::uint64_t>(Result::permerror), 1);
    wire.text("reason", signature.reason, reason_max);
    wire.text("domain", signature.domain, domain_max);
    wire.text("selector", signature.selector, domain_max);
    wire.text("identity_domain", signature.identity_domain, domain_max);
    wire.number("algorithm", signature.algorithm, static_cast<std::uint64_t>(SignatureAlgorithm::ed25519_sha256),
                1);
    wire.number("header_canonicalization", signature.header_canonicalization,
                static_cast<std::uint64_t>(Canonicalization::relaxed), 1);
    wire.number("body_canonicalization", signature.body_canonicalization,
                static_cast<std::uint64_t>(Canonicalization::relaxed), 1);
    maybe(wire, "signed_at", signature.signed_at);
    maybe(wire, "expires_at", signature.expires_at);
    wire.number("body_length", signature.body_length, 1, 1);
    wire.list("names", signature.names, signed_names_max,
              [&](auto& name) { wire.octets("name", name, signed_name_octets_max); });
    wire.octets("octets", signature.octets, signature_octets_max);
    wire.digest("header_digest", signature.header_digest);
}

/// Everything, with its bound: the one description for both directions.
template <typename Wire, typename Found>
void describe(Wire& wire, Found& signatures, const core::Limits& limits)
{
    wire.list("dkim", signatures.dkim, dkim_signatures_max,
              [&](auto& signature) { describe_signature(wire, signature); });
    wire.number("dkim_left_out", signatures.dkim_left_out, limits.header_fields_max, 8);
    wire.list("arc", signatures.arc, arc_sets_max, [&](auto& set) {
        wire.octets("results", set.results, limits.header_block_max);
        describe_signature(wire, set.message_signature);
        describe_signature(wire, set.seal);
        wire.text("validation", set.validation, validation_max);
    });
    wire.text("arc_defect", signatures.arc_defect, reason_max);
    wire.number("fields", signatures.authors.fields, limits.header_fields_max, 8);
    wire.list("domains", signatures.authors.domains, author_domains_max,
              [&](auto& domain) { wire.text("author_domain", domain, domain_max); });
    wire.number("readable", signatures.authors.readable, 1, 1);
    wire.text("header_defect", signatures.header_defect, reason_max);
}

template <typename Wire, typename AnyRelayed>
void describe_relayed(Wire& wire, AnyRelayed& relayed)
{
    wire.text("relay", relayed.relay, domain_max);
    describe_recorded(wire, relayed.results);
    describe_recorded(wire, relayed.sealed);
    wire.text("arc_sealer", relayed.arc_sealer, domain_max);
    wire.number("client_found", relayed.client_found, 1, 1);
    wire.number("spf_decides", relayed.spf_decides, 1, 1);
}

/// What questions to the DNS are made of.
void check_names(core::WireReader& wire, const Signatures& signatures)
{
    const auto name_or_nothing = [](const std::string& name) { return name.empty() || core::is_dns_name(name); };
    const auto is_sound = [&](const Signature& signature) {
        return name_or_nothing(signature.domain) && name_or_nothing(signature.selector) &&
               name_or_nothing(signature.identity_domain);
    };
    wire.check("dkim names", std::all_of(signatures.dkim.begin(), signatures.dkim.end(), is_sound));
    wire.check("arc names", std::all_of(signatures.arc.begin(), signatures.arc.end(), [&](const ArcSet& set) {
                   return is_sound(set.message_signature) && is_sound(set.seal);
               }));
    wire.check("author domains",
               std::all_of(signatures.authors.domains.begin(), signatures.authors.domains.end(), name_or_nothing));
    wire.check("recorded domains", !signatures.relayed || (auth::is_sound(signatures.relayed->results) &&
                                                           auth::is_sound(signatures.relayed->sealed)));
}

}  // namespace

std::string to_octets(const Signatures& signatures)
{
    core::WireWriter wire;
    wire.number("version", signatures.relayed ? version_with_relayed : version, version_with_relayed, 1);
    describe(wire, signatures, core::Limits{});  // whoever writes is bound by nothing
    if (signatures.relayed) {
        describe_relayed(wire, *signatures.relayed);
    }
    return std::move(wire).take();
}

std::uint64_t signatures_size_max(const core::Limits& limits) noexcept
{
    const std::uint64_t signature = reason_max + 3 * domain_max + signature_octets_max +
                                    signature_field_octets_max + 4 * signed_names_max + 200;
    return (dkim_signatures_max + 2 * arc_sets_max) * signature + limits.header_block_max + 65536 +
           2 * recorded_size_max;
}

core::result<Signatures> signatures_in(std::string_view octets, const core::Limits& limits)
{
    core::WireReader wire{octets};
    std::uint64_t said_version = 0;
    Signatures signatures;
    wire.number("version", said_version, version_with_relayed, 1);
    wire.check("version", said_version >= version);
    describe(wire, signatures, limits);
    if (said_version == version_with_relayed) {
        describe_relayed(wire, signatures.relayed.emplace());
    }
    check_names(wire, signatures);
    wire.check("size", wire.rest().empty());
    if (!wire.fault().empty()) {
        return core::Error{"what is said of its signatures cannot be: " + std::string{wire.fault()}};
    }
    return signatures;
}

}  // namespace shield::auth
