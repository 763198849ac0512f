// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/check.hpp>
#include <shield/auth/finding.hpp>
#include <shield/auth/inquiry.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shield::auth {

/// What the owner of a domain asks for when mail in its name does not pass (RFC 9989 section 4.7), the mildest
/// first.
enum class DmarcPolicy : std::uint8_t { none, quarantine, reject };
[[nodiscard]] std::string_view to_string(DmarcPolicy value) noexcept;

struct DmarcInput {
    std::size_t from_fields{0};  ///< how many From fields there are: with any number but one nothing passes
    std::vector<std::string> author_domains;  ///< of all addresses in them: with several nothing passes
    Finding spf;                              ///< of check_spf()
    std::vector<Finding> dkim;                ///< of each signature, its domain that of d=
};

/// What DMARC came to. `finding` has the result (none: no record applies; permerror: not one author domain), about
/// the author domain, and the record of `policy_domain`.
struct DmarcFinding {
    Finding finding;
    DmarcPolicy policy{DmarcPolicy::none};  ///< that applies to a fail; `t=y` has made it milder already
    std::string policy_domain;              ///< whose record applies
    std::string organizational_domain;      ///< of the author domain; empty when a look-up failed
    std::string aligned_domain;             ///< of a pass: which SPF or DKIM verified, and aligned

    friend bool operator==(const DmarcFinding&, const DmarcFinding&) = default;
};

/// Whether the author domain stands behind the message (RFC 9989). A temperror is of the DNS, or of the inquiry's
/// budget or time: here, or of SPF or a signature that could have aligned. Asks at most 8 questions for the author
/// domain and for each verified domain below its organizational domain, most of them the same, and at most 3 for a
/// domain that may not exist.
[[nodiscard]] Check<DmarcFinding> check_dmarc(Inquiry& inquiry, DmarcInput input);

/// Whether two domains are equal or have the same organizational domain (RFC 9989 section 4.10.2). False when one
/// is no name of a domain, and when a look-up that matters failed; see Inquiry::any_failed(). Domains without any
/// record above them are organizational domains themselves, and align with nothing else; top level domains are none
/// unless they say so (`psd=n`). At most 16 questions.
[[nodiscard]] Check<bool> aligned(Inquiry& inquiry, std::string a, std::string b);

}  // namespace shield::auth
