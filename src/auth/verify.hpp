// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "key_record.hpp"

namespace shield::auth {

/// What the signature comes to under a key that may be used: pass, or not, with a reason. Arithmetic only.
struct Verification {
    Result result{Result::none};
    std::string reason;
};
[[nodiscard]] Verification verify(const Signature& signature, const KeyRecord& key);

}  // namespace shield::auth
