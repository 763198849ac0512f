// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "document.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace shield::mime {

/// How a document differs from the expectation that mail-parser publishes beside a message: part tree, types,
/// texts, octets, names, and which parts are read or attached. One sentence each; empty when all agree.
[[nodiscard]] std::vector<std::string> differences(const Document& document, const nlohmann::json& expected);

}  // namespace shield::mime
