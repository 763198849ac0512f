// SPDX-License-Identifier: Apache-2.0
#include "signing_key.hpp"

#include "key_record.hpp"
#include "shown.hpp"
#include "verify.hpp"

#include <shield/core/printable.hpp>

#include <optional>

namespace shield::auth {

namespace {

constexpr std::size_t keys_tried_max = 4;
constexpr std::size_t record_kept_max = 1024;

Verification verification_with(const Signature& signature, const KeyRecord& key)
{
    if (key.result != Result::none) {
        return {key.result, key.reason};
    }
    if (key.strict && signature.identity_domain != signature.domain) {  // RFC 6376 section 3.6.1, t=s
        return {Result::permerror, "i= is below d=, which the key does not allow (t=s)."};
    }
    Verification verification = verify(signature, key);
    if (key.testing) {  // RFC 6376 section 3.6.1: no different from mail without a signature
        verification.result = Result::neutral;
        verification.reason += " The domain only tests DKIM (t=y), so it counts for nothing.";
    }
    return verification;
}

Finding without_key(const Signature& signature, Result result, const std::string& why)
{
    return {result, signature.domain, "No key at " + key_name(signature) + ": " + why + ".", {}};
}

}  // namespace

std::string key_name(const Signature& signature)
{
    return signature.selector + "._domainkey." + signature.domain;
}

Finding judge(const Signature& signature, const core::DnsAnswer& answer)
{
    switch (answer.outcome) {
        case core::DnsOutcome::failed:
            return without_key(signature, Result::temperror, core::printable_line(answer.failure));
        case core::DnsOutcome::no_data:
        case core::DnsOutcome::no_name:
            return without_key(signature, Result::permerror, "there is no such record");
        case core::DnsOutcome::records:
            break;
    }
    std::optional<Finding> found;
    bool found_key = false;
    std::size_t tried = 0;
    for (const core::DnsRecord& record : answer.records) {
        if (tried++ == keys_tried_max) {
            break;
        }
        const KeyRecord key = parse_key_record(record.value);
        const bool is_key = key.result == Result::none && key.algorithm == signature.algorithm;
        const Verification verification = verification_with(signature, key);
        if (!found || verification.result == Result::pass || (is_key && !found_key)) {
            found = Finding{verification.result, signature.domain, verification.reason,
                            shown(record.value, record_kept_max)};
            found_key = found_key || is_key;
        }
        if (verification.result == Result::pass) {
            break;
        }
    }
    return found.value_or(without_key(signature, Result::permerror, "there is no such record"));
}

bool has_expired(const Signature& signature, core::Time now) noexcept
{
    return signature.expires_at && core::Time{std::chrono::seconds{*signature.expires_at}} < now;
}

}  // namespace shield::auth
