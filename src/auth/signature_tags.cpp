// SPDX-License-Identifier: Apache-2.0
#include "signature_tags.hpp"

#include "a_labels.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>

#include <algorithm>

namespace shield::auth {

namespace {

constexpr std::size_t rsa_octets_max = 512;  // a modulus of 4096 bits
constexpr std::size_t hash_octets_max = 64;
constexpr std::size_t time_digits_max = 12;  // RFC 6376 section 3.5
constexpr std::size_t shown_max = 100;

// A value of the message, fit to stand in a sentence.
std::string shown(std::string_view value)
{
    return core::printable_line(core::cut_utf8(value, shown_max));
}

std::optional<Canonicalization> form_of(std::string_view name) noexcept
{
    if (name == "simple") {
        return Canonicalization::simple;
    }
    return name == "relaxed" ? std::optional{Canonicalization::relaxed} : std::nullopt;
}

bool contains(const std::vector<std::string>& names, std::string_view name) noexcept
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool SignatureTags::refuse(Result result, std::string reason)
{
    signature_.result = result;
    signature_.reason = std::move(reason);
    return false;
}

std::optional<std::string_view> SignatureTags::required(const char* name)
{
    const auto value = tags_.find(name);
    if (!value || value->empty()) {  // RFC 6376 section 6.1.1
        refuse(Result::permerror, std::string{"The signature has no "} + name + "=.");
        return std::nullopt;
    }
    return value;
}

bool SignatureTags::version()
{
    const auto value = required("v");
    if (value && *value != "1") {  // RFC 6376 section 6.1.1
        return refuse(Result::permerror, "The signature has the version " + shown(*value) + ", not 1.");
    }
    return value.has_value();
}

bool SignatureTags::algorithm()
{
    const auto value = required("a");
    if (!value) {
        return false;
    }
    if (*value == "rsa-sha256") {
        signature_.algorithm = SignatureAlgorithm::rsa_sha256;
    } else if (*value == "ed25519-sha256") {  // RFC 8463 section 3
        signature_.algorithm = SignatureAlgorithm::ed25519_sha256;
    } else if (*value == "rsa-sha1") {  // RFC 8301 section 3.1
        return refuse(Result::permerror, "rsa-sha1 must not be verified any more.");
    } else {
        return refuse(Result::permerror, "The algorithm " + shown(*value) + " is not known.");
    }
    return true;
}

bool SignatureTags::signature()
{
    const auto value = required("b");
    if (!value) {
        return false;
    }
    const auto octets = decode_base64(*value, rsa_octets_max);
    if (!octets || octets->empty()) {
        return refuse(Result::permerror, "b= is no base64 of at most 512 octets.");
    }
    signature_.octets = *octets;
    return true;
}

bool SignatureTags::domain()
{
    const auto domain = required("d");
    const auto selector = domain ? required("s") : std::nullopt;
    if (!selector) {
        return false;
    }
    const auto domain_labels = to_a_labels(*domain);
    const auto selector_labels = to_a_labels(*selector);
    if (!domain_labels || domain_labels->find('.') == std::string::npos) {
        return refuse(Result::permerror, "d= is no name of a domain: " + shown(*domain));
    }
    signature_.domain = *domain_labels;
    signature_.identity_domain = *domain_labels;
    if (!selector_labels) {
        return refuse(Result::permerror, "s= is no selector: " + shown(*selector));
    }
    signature_.selector = *selector_labels;
    return true;
}

bool SignatureTags::identity()
{
    const auto value = tags_.find("i");
    if (!value) {
        return true;
    }
    const std::size_t at = value->rfind('@');
    const auto identity = at == std::string_view::npos ? std::nullopt : to_a_labels(value->substr(at + 1));
    if (!identity || !is_within(*identity, signature_.domain)) {  // RFC 6376 section 6.1.1
        return refuse(Result::permerror, "i= is not at d= or below it: " + shown(*value));
    }
    signature_.identity_domain = *identity;
    return true;
}

bool SignatureTags::canonicalization()
{
    const auto value = tags_.find("c");
    if (!value) {
        return true;  // simple/simple
    }
    const std::size_t slash = value->find('/');
    const auto header = form_of(value->substr(0, slash));
    const auto body =
        slash == std::string_view::npos ? Canonicalization::simple : form_of(value->substr(slash + 1));
    if (!header || !body) {
        return refuse(Result::permerror, "The canonicalization " + shown(*value) + " is not known.");
    }
    signature_.header_canonicalization = *header;
    signature_.body_canonicalization = *body;
    return true;
}

bool SignatureTags::take_names(std::string_view value)
{
    const std::vector<std::string_view> names = colon_list(value);
    if (names.size() > signed_names_max) {
        return refuse(Result::policy, "h= names more than 100 fields.");
    }
    const auto too_long = [](std::string_view name) { return name.size() > signed_name_octets_max; };
    if (std::any_of(names.begin(), names.end(), too_long)) {
        return refuse(Result::permerror, "h= names what no field can be called.");
    }
    std::transform(names.begin(), names.end(), std::back_inserter(signature_.names), core::lowered);
    return true;
}

bool SignatureTags::names()
{
    const auto value = required("h");
    if (!value || !take_names(*value)) {
        return false;
    }
    if (!contains(signature_.names, "from")) {  // RFC 6376 section 6.1.1
        return refuse(Result::permerror, "From is not signed: it is not in h=.");
    }
    return true;
}

bool SignatureTags::no_seals()
{
    // RFC 8617 section 4.1.2
    return !contains(signature_.names, "arc-seal") || refuse(Result::permerror, "h= names ARC-Seal.");
}

bool SignatureTags::no_names()
{
    // RFC 8617 section 4.1.3
    return !tags_.find("h") || refuse(Result::permerror, "The seal has h=.");
}

bool SignatureTags::take_time(const char* name, std::optional<std::uint64_t>& time)
{
    const auto value = tags_.find(name);
    if (!value) {
        return true;
    }
    time = value->size() > time_digits_max ? std::nullopt : core::parse_number(*value);
    return time || refuse(Result::permerror, std::string{name} + "= is no time: " + shown(*value));
}

bool SignatureTags::times()
{
    if (!take_time("t", signature_.signed_at) || !take_time("x", signature_.expires_at)) {
        return false;
    }
    if (signature_.signed_at && signature_.expires_at && *signature_.expires_at <= *signature_.signed_at) {
        return refuse(Result::permerror, "x= is not later than t=.");  // RFC 6376 section 3.5
    }
    return true;
}

bool SignatureTags::query()
{
    const auto value = tags_.find("q");
    const auto methods = value ? colon_list(*value) : std::vector<std::string_view>{};
    if (value && std::find(methods.begin(), methods.end(), "dns/txt") == methods.end()) {
        return refuse(Result::permerror, "q= knows no way to the key that we know: " + shown(*value));
    }
    return true;
}

std::optional<std::string> SignatureTags::body_hash()
{
    const auto value = required("bh");
    if (!value) {
        return std::nullopt;
    }
    signature_.body_length = tags_.find("l").has_value();
    const auto hash = decode_base64(*value, hash_octets_max);
    if (!hash || hash->size() != std::tuple_size_v<core::Sha256>) {
        refuse(Result::permerror, "bh= is no SHA-256 in base64.");
        return std::nullopt;
    }
    return hash;
}

}  // namespace shield::auth
