// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace shield::auth {

/// The results of RFC 8601 section 2.7, by their names.
enum class Result : std::uint8_t { none, pass, fail, softfail, neutral, policy, temperror, permerror };
[[nodiscard]] std::string_view to_string(Result value) noexcept;

/// What one check came to. Texts are printable UTF-8 and bounded: a record's octets that are not are shown as \xNN.
struct Finding {
    Result result{Result::none};
    std::string domain;  ///< which it is about, in A-labels: SPF's, a signature's d=, DMARC's author domain
    std::string reason;  ///< why, in a sentence: "192.0.2.1 matches ip4:192.0.2.0/24"
    std::string record;  ///< the record or key that it rests on, as published: keys rotate, evidence does not

    friend bool operator==(const Finding&, const Finding&) = default;
};

}  // namespace shield::auth
