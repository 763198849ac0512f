// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/campaign/sketch.hpp>

#include <cstdint>
#include <string>

namespace shield::campaign {

enum class Degree : std::uint8_t {
    none,
    linked,   ///< worth showing, no evidence of a common origin
    brief,    ///< the same few words under the same subject: chance, unless very many
    variant,  ///< one text, changed; evidence with others like it
    copy      ///< one text
};

/// So much of the order in common, and one was made from the other, or both from one text.
inline constexpr double variant_order = 0.12;

struct Likeness {
    Degree degree{Degree::none};
    double similarity{0};  ///< 0 to 1
    double order{0};       ///< share of common triples among all of both
    double words{0};       ///< share of common telling words among all of both
    bool subject{false};   ///< the same
    bool mark{false};      ///< a domain, an address, an account number or an attachment in common
    bool attachment{false};
    bool form{false};  ///< both are one form that different sites fill in, each with a link of its own
};

[[nodiscard]] Likeness likeness(const Sketch& a, const Sketch& b);

/// "the same text (92 % of its words in the same order), the same link or account" and the like.
[[nodiscard]] std::string sentence_of(const Likeness& likeness);

/// Too few words to say anything by themselves.
[[nodiscard]] bool is_brief(const Sketch& sketch) noexcept;

}  // namespace shield::campaign
