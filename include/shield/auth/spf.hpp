// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/check.hpp>
#include <shield/auth/finding.hpp>
#include <shield/auth/inquiry.hpp>
#include <shield/core/network.hpp>

#include <string>

namespace shield::auth {

/// What the SMTP session knew.
struct SpfInput {
    core::IpAddress client;    ///< IPv4 mapped into IPv6 is IPv4
    std::string helo;          ///< of EHLO or HELO, as it was said
    std::string reverse_path;  ///< of MAIL, without angle brackets; empty: `postmaster@` the helo name is checked
};

/// Whether the domain of the reverse-path lets the client send for it (RFC 7208): its result, the term that decided
/// and under which domain, and the record of that domain. Explanations (`exp=`) are never fetched.
///
/// A temperror is of the DNS, or of the inquiry's budget or time; see Inquiry::any_failed(). Bounds, all by RFC
/// 7208 section 4.6.4: 10 terms that ask over all records, 2 look-ups without an answer, 10 names of an mx or ptr.
/// That may still be a hundred questions; the inquiry's budget is what ends them.
[[nodiscard]] Check<Finding> check_spf(Inquiry& inquiry, SpfInput input);

/// Whether the client is a host of a domain that says nothing itself: what "v=spf1 a mx ptr -all" would say there.
[[nodiscard]] Check<bool> is_host_of_domain(Inquiry& inquiry, SpfInput input);

}  // namespace shield::auth
