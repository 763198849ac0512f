// SPDX-License-Identifier: Apache-2.0
#include "a_labels.hpp"
#include "shown.hpp"
#include "spf_evaluation.hpp"

#include <shield/auth/spf.hpp>
#include <shield/core/printable.hpp>

#include <string_view>
#include <utility>

namespace shield::auth {

namespace {

std::string_view without_final_dot(std::string_view name) noexcept
{
    name.remove_suffix(name.ends_with('.') ? 1 : 0);
    return name;
}

/// In A-labels where it is a name; what else was said at EHLO stays for the macro h.
std::string helo_of(std::string_view said)
{
    return to_a_labels(without_final_dot(said)).value_or(std::string{said});
}

/// The sender's parts, by sections 2.4 and 4.3. False when its domain is no name.
bool set_sender(std::string_view reverse_path, SpfMacroValues& values)
{
    const std::size_t at = reverse_path.rfind('@');
    const std::string_view local = reverse_path.substr(0, at == std::string_view::npos ? 0 : at);
    values.local = local.empty() ? "postmaster" : local;
    values.origin =
        reverse_path.empty() ? values.helo : reverse_path.substr(at == std::string_view::npos ? 0 : at + 1);
    const auto domain = to_a_labels(without_final_dot(values.origin));
    values.origin = domain.value_or(values.origin);
    return domain.has_value();
}

/// "192.0.2.1", or 32 hexadecimal digits with dots between (section 7.3).
std::string dotted(const core::IpAddress& address)
{
    if (!address.v6) {
        return address.to_string();
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const unsigned char octet : address.octets) {
        text.append({digits[octet >> 4], '.', digits[octet & 15], '.'});
    }
    text.pop_back();
    return text;
}

/// What is to be evaluated.
struct Asked {
    explicit Asked(const SpfInput& input) : client{input.client.unmapped()}  // section 5
    {
        values.helo = helo_of(input.helo);
        values.address = dotted(client);
        values.version = client.v6 ? "ip6" : "in-addr";
        has_domain = set_sender(input.reverse_path, values);
    }

    core::IpAddress client;
    SpfMacroValues values;
    bool has_domain{false};
};

}  // namespace

Check<bool> is_host_of_domain(Inquiry& inquiry, SpfInput input)
{
    const Asked asked{input};
    if (!asked.has_domain) {
        co_return false;
    }
    SpfEvaluation evaluation{inquiry, asked.client, asked.values};
    const SpfEvaluation::Outcome outcome =
        co_await evaluation.check_record(asked.values.origin, "v=spf1 a mx ptr -all");
    co_return outcome.result == Result::pass;
}

Check<Finding> check_spf(Inquiry& inquiry, SpfInput input)
{
    const Asked asked{input};
    const std::string& domain = asked.values.origin;
    SpfEvaluation evaluation{inquiry, asked.client, asked.values};
    SpfEvaluation::Outcome outcome;
    if (asked.has_domain) {
        outcome = co_await evaluation.check_host(domain);
    } else {
        outcome.reason = "'" + core::printable_line(domain) + "' is no name of a domain";  // section 4.3
    }
    Finding finding;
    finding.result = outcome.result;
    finding.domain = shown(domain, shown_name_octets_max);
    finding.reason = shown(outcome.reason, shown_reason_octets_max);
    finding.record = shown(outcome.record, spf_record_octets_max);
    co_return finding;
}

}  // namespace shield::auth
