// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/vocabulary.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace shield::core {

/// What one method came to (RFC 8601 section 2.7): its result by name, why in a sentence, and the exact record or
/// key that it rests on. Keys rotate; evidence does not.
struct Proof {
    std::string method;  ///< "spf", "dkim" (one a signature), "dmarc", "arc"
    std::string result;  ///< "pass", "fail", "none", …
    std::string domain;  ///< which it is about
    std::string reason;
    std::string record;

    friend bool operator==(const Proof&, const Proof&) = default;
};

/// What is proven about the sender; without proofs while nothing was checked.
struct Verdict {
    std::vector<Proof> proofs;  ///< in the order of the checks
    ReplyAddress reply_address{ReplyAddress::unverified};
    std::string verified_domain;  ///< of a verified reply address: that the proof is about
    std::string signing_domain;   ///< d= of the signature it rests on; empty when it rests on SPF

    /// Of the method: a pass if there is one, else the first; empty when it was not checked.
    [[nodiscard]] std::string result_of(std::string_view method) const
    {
        const auto is_of = [&](const Proof& proof) { return proof.method == method; };
        const auto passed = std::find_if(proofs.begin(), proofs.end(), [&](const Proof& proof) {
            return is_of(proof) && proof.result == "pass";
        });
        const auto any = passed != proofs.end() ? passed : std::find_if(proofs.begin(), proofs.end(), is_of);
        return any != proofs.end() ? any->result : std::string{};
    }

    friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace shield::core
