// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <support/dns_table.hpp>

#include <map>
#include <string>
#include <vector>

namespace shield::auth::test {

struct SpfSuiteCase {
    std::string name;
    std::map<std::string, std::vector<std::string>> fields;  ///< helo, host, mailfrom, result: its values

    [[nodiscard]] std::string field(const std::string& key) const
    {
        return fields.contains(key) ? fields.at(key).front() : "";
    }
};

struct SpfScenario {
    std::string description;
    std::vector<SpfSuiteCase> cases;
    DnsTable zone;
};

/// The scenarios of a file of the OpenSPF suite. Reads as much of YAML as it is written in: two levels of mappings,
/// each value on a line or in a block behind `>-`, `>`, `|` or `|-`.
[[nodiscard]] std::vector<SpfScenario> read_spf_suite(const std::string& path);

}  // namespace shield::auth::test
