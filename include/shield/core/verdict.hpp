// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace shield::core {

/// What is proven about the sender. Nothing is checked yet: every field says so, and nobody is verified.
struct Verdict {
    std::string spf{"none"};
    std::string dkim{"none"};
    std::string dmarc{"none"};
    std::string arc{"none"};
    bool reply_address_verified{false};

    friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace shield::core
