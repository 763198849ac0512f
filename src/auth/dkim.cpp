// SPDX-License-Identifier: Apache-2.0
#include "signing_key.hpp"

#include <shield/auth/dkim.hpp>

namespace shield::auth {

namespace {

std::string when(std::uint64_t unix_seconds)
{
    return core::to_rfc3339(core::Time{std::chrono::seconds{unix_seconds}});
}

}  // namespace

Check<Finding> check_dkim(Inquiry& inquiry, Signature signature, core::Time now)
{
    if (signature.result == Result::none && signature.expires_at && has_expired(signature, now)) {
        signature.result = Result::fail;  // RFC 6376 section 6.1.1
        signature.reason = "The signature expired at " + when(*signature.expires_at) + ".";
    }
    if (signature.result != Result::none) {
        co_return Finding{signature.result, signature.domain, signature.reason, {}};
    }
    const core::DnsAnswer answer = co_await inquiry.ask(core::DnsType::txt, key_name(signature));
    co_return judge(signature, answer);
}

}  // namespace shield::auth
