// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace shield::core {

/// What is proven about the sender: results of RFC 8601, empty where nothing was checked, as all is yet. ("none"
/// would be a result: that the domain publishes nothing.)
struct Verdict {
    std::string spf;
    std::string dkim;
    std::string dmarc;
    std::string arc;
    bool reply_address_verified{false};

    friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace shield::core
