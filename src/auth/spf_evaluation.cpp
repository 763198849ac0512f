// SPDX-License-Identifier: Apache-2.0
#include "spf_evaluation.hpp"

#include <shield/core/printable.hpp>

#include <algorithm>
#include <utility>

namespace shield::auth {

namespace {

using core::DnsAnswer;
using core::DnsOutcome;
using core::DnsRecord;
using core::DnsType;

// RFC 7208 section 4.6.4. The standard fixes all but the second, for which it recommends two.
constexpr unsigned terms_max = 10;
constexpr unsigned void_lookups_max = 2;

constexpr std::size_t shown_octets_max = 80;

std::string shown(const SpfMechanism& mechanism, const std::string& domain)
{
    return std::string{mechanism.text.substr(0, shown_octets_max)} + " of " + domain;
}

/// The one record of SPF among them (section 4.5), or why there is none.
SpfEvaluation::Outcome selected(const DnsAnswer& answer, const std::string& domain)
{
    SpfEvaluation::Outcome outcome;
    for (const DnsRecord& record : answer.records) {
        if (!is_spf_record(record.value)) {
            continue;
        }
        if (outcome.result == Result::neutral) {
            return {Result::permerror, domain + " has several SPF records",
                    outcome.record + " and " + record.value};
        }
        outcome = {Result::neutral, {}, record.value};
    }
    if (outcome.result == Result::none) {
        outcome.reason = domain + " has no SPF record";
    }
    return outcome;
}

}  // namespace

SpfEvaluation::SpfEvaluation(Inquiry& inquiry, const core::IpAddress& client, SpfMacroValues values)
    : inquiry_{inquiry}, client_{client}, client_shown_{client.to_string()}, values_{std::move(values)}
{
}

Check<SpfEvaluation::Outcome> SpfEvaluation::check_host(std::string domain)
{
    Outcome outcome;
    if (domain.find('.') == std::string::npos || !core::is_dns_name(domain)) {  // section 4.3
        outcome.reason = "'" + core::printable_line(domain) + "' is no name of a domain";
        co_return outcome;
    }
    const DnsAnswer answer = co_await inquiry_.ask(DnsType::txt, domain);
    if (answer.outcome == DnsOutcome::failed) {  // section 4.4
        outcome.result = Result::temperror;
        outcome.reason = "the SPF record of " + domain + " could not be asked for: " + answer.failure;
        co_return outcome;
    }
    outcome = selected(answer, domain);
    if (outcome.result != Result::neutral) {
        co_return outcome;
    }
    const auto record = SpfRecord::parse(outcome.record);
    if (!record) {
        outcome.result = Result::permerror;
        outcome.reason = "in the record of " + domain + ", " + record.error().sentence;
        co_return outcome;
    }
    Outcome evaluated = co_await evaluate(*record, domain);
    evaluated.record = outcome.record;  // not that of a domain it redirects to
    co_return evaluated;
}

Check<SpfEvaluation::Outcome> SpfEvaluation::check_record(std::string domain, std::string record)
{
    const auto parsed = SpfRecord::parse(record);
    co_return co_await evaluate(parsed.value(), domain);
}

Check<SpfEvaluation::Outcome> SpfEvaluation::evaluate(const SpfRecord& record, const std::string& domain)
{
    Outcome outcome;
    for (const SpfMechanism& mechanism : record.mechanisms) {
        Match found = co_await match(mechanism, domain);
        if (found.error != Result::none) {
            outcome.result = found.error;
            outcome.reason = "at " + shown(mechanism, domain) + ", " + found.reason;
            co_return outcome;
        }
        if (found.matches) {
            outcome.result = mechanism.qualifier;
            outcome.reason = client_shown_ + " matches " + shown(mechanism, domain) +
                             (found.reason.empty() ? "" : ": " + found.reason);
            co_return outcome;
        }
    }
    if (!record.redirect.empty()) {
        outcome = co_await redirected(record, domain);
        co_return outcome;
    }
    outcome.result = Result::neutral;  // section 4.7
    outcome.reason = client_shown_ + " matches no term of " + domain;
    co_return outcome;
}

/// Section 6.1.
Check<SpfEvaluation::Outcome> SpfEvaluation::redirected(const SpfRecord& record, const std::string& domain)
{
    Outcome outcome;
    outcome.result = Result::permerror;
    const std::string where = "by the redirect of " + domain + ", ";
    if (++terms_ > terms_max) {
        outcome.reason = where + "there are more than 10 terms that ask the DNS";
        co_return outcome;
    }
    std::optional<std::string> target = co_await target_of(record.redirect, domain);
    if (!target) {
        outcome.reason = where + "the local part is not ASCII, and the target has it in its name";
        co_return outcome;
    }
    outcome = co_await check_host(std::move(*target));
    outcome.result = outcome.result == Result::none ? Result::permerror : outcome.result;
    outcome.reason = where + outcome.reason;
    co_return outcome;
}

Check<SpfEvaluation::Match> SpfEvaluation::match(const SpfMechanism& mechanism, const std::string& domain)
{
    Match result;
    if (mechanism.kind == SpfMechanismKind::all) {
        result.matches = true;
        co_return result;
    }
    if (mechanism.kind == SpfMechanismKind::ip4 || mechanism.kind == SpfMechanismKind::ip6) {
        result.matches = mechanism.network.contains(client_);
        co_return result;
    }
    if (++terms_ > terms_max) {
        result.error = Result::permerror;
        result.reason = "there are more than 10 terms that ask the DNS";
        co_return result;
    }
    std::optional<std::string> target = co_await target_of(mechanism.domain_spec, domain);
    if (target) {
        result = co_await match_name(mechanism, std::move(*target));
    }
    co_return result;
}

Check<SpfEvaluation::Match> SpfEvaluation::match_name(const SpfMechanism& mechanism, std::string target)
{
    switch (mechanism.kind) {
        case SpfMechanismKind::include:
            return match_include(std::move(target));
        case SpfMechanismKind::a:
            return match_addresses(mechanism, std::move(target));
        case SpfMechanismKind::mx:
            return match_exchanges(mechanism, std::move(target));
        case SpfMechanismKind::ptr:
            return match_pointers(std::move(target));
        case SpfMechanismKind::exists:
        case SpfMechanismKind::all:
        case SpfMechanismKind::ip4:
        case SpfMechanismKind::ip6:
            break;
    }
    return match_existence(std::move(target));
}

/// The table of section 5.2.
Check<SpfEvaluation::Match> SpfEvaluation::match_include(std::string target)
{
    const Outcome included = co_await check_host(std::move(target));
    Match result;
    result.reason = included.reason;
    switch (included.result) {
        case Result::pass:
            result.matches = true;
            break;
        case Result::fail:
        case Result::softfail:
        case Result::neutral:
        case Result::policy:  // no result of SPF
            break;
        case Result::temperror:
            result.error = Result::temperror;
            break;
        case Result::permerror:
        case Result::none:
            result.error = Result::permerror;
            break;
    }
    co_return result;
}

/// Section 5.3.
Check<SpfEvaluation::Match> SpfEvaluation::match_addresses(const SpfMechanism& mechanism, std::string name)
{
    const DnsAnswer answer = co_await inquiry_.ask(address_type(), name);
    if (auto error = trouble(answer, address_type(), name)) {
        co_return *error;
    }
    Match result;
    result.matches = one_of_them(answer, mechanism);
    co_return result;
}

/// Section 5.4; that there are too many is an error by section 4.6.4.
Check<SpfEvaluation::Match> SpfEvaluation::match_exchanges(const SpfMechanism& mechanism, std::string target)
{
    const DnsAnswer answer = co_await inquiry_.ask(DnsType::mx, target);
    if (auto error = trouble(answer, DnsType::mx, target)) {
        co_return *error;
    }
    Match result;
    if (answer.records.size() > spf_names_max) {
        result.error = Result::permerror;
        result.reason = target + " has more than 10 mail exchangers";
        co_return result;
    }
    for (const DnsRecord& exchange : answer.records) {
        result = co_await match_addresses(mechanism, exchange.value);
        if (result.matches || result.error != Result::none) {
            break;
        }
    }
    co_return result;
}

/// Section 5.7: of IPv4 addresses, whatever the client has.
Check<SpfEvaluation::Match> SpfEvaluation::match_existence(std::string target)
{
    const DnsAnswer answer = co_await inquiry_.ask(DnsType::a, target);
    if (auto error = trouble(answer, DnsType::a, target)) {
        co_return *error;
    }
    Match result;
    result.matches = answer.outcome == DnsOutcome::records;
    co_return result;
}

/// Without an answer, or one void look-up too many (section 4.6.4).
std::optional<SpfEvaluation::Match> SpfEvaluation::trouble(const DnsAnswer& answer, DnsType type,
                                                           const std::string& name)
{
    Match error;
    if (answer.outcome == DnsOutcome::failed) {
        error.error = Result::temperror;
        error.reason = std::string{to_string(type)} + " of " + core::printable_line(name) +
                       " could not be asked for: " + answer.failure;
        return error;
    }
    const bool is_void = answer.outcome != DnsOutcome::records && core::is_dns_name(name);
    if (!is_void || ++void_lookups_ <= void_lookups_max) {
        return std::nullopt;
    }
    error.error = Result::permerror;
    error.reason = "there are more than 2 look-ups that find nothing";
    return error;
}

bool SpfEvaluation::one_of_them(const DnsAnswer& answer, const SpfMechanism& mechanism) const
{
    return std::any_of(answer.records.begin(), answer.records.end(), [&](const DnsRecord& record) {
        const auto address = core::IpAddress::parse(record.value);
        return address && address->v6 == client_.v6 &&
               core::Network::around(*address, client_.v6 ? mechanism.v6_bits : mechanism.v4_bits)
                   .contains(client_);
    });
}

DnsType SpfEvaluation::address_type() const noexcept
{
    return client_.v6 ? DnsType::aaaa : DnsType::a;
}

}  // namespace shield::auth
