// SPDX-License-Identifier: Apache-2.0
#include "dns_table.hpp"

#include <shield/core/ascii.hpp>

namespace shield::auth::test {

using core::DnsOutcome;

namespace {

std::string key(const std::string& name)
{
    std::string lowered = core::lowered(name);
    lowered.resize(lowered.size() - (lowered.ends_with('.') ? 1 : 0));
    return lowered;
}

}  // namespace

DnsTable& DnsTable::add(core::DnsType type, const std::string& name, const std::string& value,
                        std::uint16_t preference)
{
    const bool is_name = type == core::DnsType::mx || type == core::DnsType::ptr;
    records_[{key(name), type}].push_back({is_name ? key(value) : value, preference});
    names_.insert(key(name));
    return *this;
}

DnsTable& DnsTable::alias(const std::string& name, const std::string& target)
{
    aliases_[key(name)] = key(target);
    return *this;
}

DnsTable& DnsTable::fail(const std::string& name)
{
    failing_.insert(key(name));
    return *this;
}

core::DnsAnswer DnsTable::answer(const core::DnsQuestion& question) const
{
    std::string name = question.name;
    for (int steps = 0; aliases_.contains(name); ++steps) {
        if (steps == 8) {
            return {DnsOutcome::failed, {}, {}, "a loop of aliases"};
        }
        name = aliases_.at(name);
    }
    if (const auto found = records_.find({name, question.type}); found != records_.end()) {
        return {DnsOutcome::records, {}, found->second, {}};
    }
    if (failing_.contains(name)) {
        return {DnsOutcome::failed, {}, {}, "SERVFAIL"};
    }
    return {names_.contains(name) ? DnsOutcome::no_data : DnsOutcome::no_name, {}, {}, {}};
}

}  // namespace shield::auth::test
