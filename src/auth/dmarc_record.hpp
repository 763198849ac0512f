// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/dmarc.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace shield::auth {

/// A DMARC policy record (RFC 9989 section 4.7): what of it a verifier needs.
struct DmarcRecord {
    enum class Psd : std::uint8_t { yes, no, unknown };

    DmarcPolicy policy{DmarcPolicy::none};
    std::optional<DmarcPolicy> subdomain_policy, non_existent_policy;  ///< sp= and np=
    Psd psd{Psd::unknown};
    bool strict_dkim{false}, strict_spf{false}, testing{false};
    /// False: p= is missing or wrong, or sp= or np= is wrong, and there is no rua= that somebody could be told at.
    bool applies{true};

    /// Nothing when it does not begin with `v=DMARC1`. Unknown tags, and known ones with a wrong value, are ignored
    /// (section 4.8); of those that stand there twice the first counts.
    [[nodiscard]] static std::optional<DmarcRecord> parse(std::string_view text);

    /// For a domain below the record's.
    [[nodiscard]] DmarcPolicy policy_below(bool exists) const noexcept;
};

}  // namespace shield::auth
