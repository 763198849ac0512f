// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The macros of SPF (RFC 7208 section 7).
namespace shield::auth {

/// What the macro letters stand for (section 7.2). There is nothing for c, r and t: they are for explanations, and
/// those are never fetched.
struct SpfMacroValues {
    std::string local;                 ///< l, and with `origin` s
    std::string origin;                ///< o
    std::string domain;                ///< d: of the record that is evaluated
    std::string address;               ///< i: of IPv6 its 32 hexadecimal digits with dots between
    std::string_view version;          ///< v: "in-addr" or "ip6"
    std::string helo;                  ///< h
    std::string validated{"unknown"};  ///< p
};

/// A macro-string with any letters, c, r and t too (section 7.1).
[[nodiscard]] bool is_macro_string(std::string_view text) noexcept;

/// A domain-spec as it may stand behind a mechanism, `redirect=` and `exp=`: without the letters c, r and t.
[[nodiscard]] bool is_domain_spec(std::string_view text) noexcept;

/// Whether p is among its macros; whoever asks has questions to ask.
[[nodiscard]] bool needs_validated_name(std::string_view domain_spec) noexcept;

/// The name that a domain-spec stands for, in lower case, without a final dot, cut from the left to 253 octets at a
/// dot (section 7.3). Nothing when it uses a local part that is not ASCII: such a term matches nothing (RFC 8616
/// section 4). The name may still be none that can be asked for. Linear in the domain-spec; of what is
/// expanded no more is made than can stay.
[[nodiscard]] std::optional<std::string> expand(std::string_view domain_spec, const SpfMacroValues& values);

}  // namespace shield::auth
