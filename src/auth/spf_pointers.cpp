// SPDX-License-Identifier: Apache-2.0
// What the client's own network says of it: the mechanism `ptr` and the macro p.
#include "a_labels.hpp"
#include "spf_evaluation.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <utility>

namespace shield::auth {

using core::DnsAnswer;
using core::DnsType;

namespace {

/// "4.3.2.1.in-addr.arpa" of "1.2.3.4": the address as macros show it, backwards.
std::string pointer_name(const SpfMacroValues& values)
{
    std::vector<std::string_view> labels = core::split(values.address, '.');
    std::string name;
    for (; !labels.empty(); labels.pop_back()) {
        name.append(labels.back()).append(".");
    }
    return name.append(values.version).append(".arpa");
}

/// The best first (section 7.3, of p): the domain itself, then what is below it, then any other.
int distance(const std::string& name, const std::string& domain)
{
    return name == domain ? 0 : is_within(name, domain) ? 1 : 2;
}

}  // namespace

/// The names of the client's address. Those past the first ten are ignored (section 4.6.4), and so are errors:
/// whoever publishes the record can do nothing about either (section 5.5). For the same reason nothing here counts
/// as a void look-up.
Check<std::vector<std::string>> SpfEvaluation::pointed_names()
{
    const DnsAnswer answer = co_await inquiry_.ask(DnsType::ptr, pointer_name(values_));
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(answer.records.size(), spf_names_max); ++i) {
        names.push_back(core::lowered(answer.records[i].value));
    }
    co_return names;
}

Check<bool> SpfEvaluation::names_the_client(std::string name)
{
    const DnsAnswer answer = co_await inquiry_.ask(address_type(), std::move(name));
    co_return one_of_them(answer, SpfMechanism{});
}

/// Section 5.5. Only names that would match are asked for.
Check<SpfEvaluation::Match> SpfEvaluation::match_pointers(std::string target)
{
    Match result;
    const std::vector<std::string> names = co_await pointed_names();
    for (const std::string& name : names) {
        if (is_within(name, target) && co_await names_the_client(name)) {
            result.matches = true;
            break;
        }
    }
    co_return result;
}

Check<std::string> SpfEvaluation::validated_name(std::string domain)
{
    std::vector<std::string> names = co_await pointed_names();
    std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
        return distance(a, domain) < distance(b, domain);
    });
    for (const std::string& name : names) {
        if (co_await names_the_client(name)) {
            co_return name;
        }
    }
    co_return std::string{"unknown"};
}

Check<std::optional<std::string>> SpfEvaluation::target_of(std::string_view domain_spec, std::string domain)
{
    if (domain_spec.empty()) {
        co_return std::optional{std::move(domain)};
    }
    SpfMacroValues values = values_;
    values.domain = domain;
    if (needs_validated_name(domain_spec)) {
        values.validated = co_await validated_name(std::move(domain));
    }
    co_return expand(domain_spec, values);
}

}  // namespace shield::auth
