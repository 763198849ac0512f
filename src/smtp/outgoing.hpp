// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/smtp/client_session.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shield::smtp {

/// What the next hop announced in its answer to EHLO.
struct Offers {
    bool pipelining{false};
    bool size{false};
    std::uint64_t size_max{0};  ///< 0: no fixed bound (RFC 1870 section 3)
    bool eight_bit{false};
    bool smtputf8{false};

    /// Takes one line of the answer, such as `SIZE 10240000`.
    void take(std::string_view line) noexcept;
};

/// What a mail needs of the next hop.
struct Needs {
    bool eight_bit{false};
    bool smtputf8{false};
};

[[nodiscard]] Needs needs_of(const OutgoingMail& mail) noexcept;

/// Why this next hop can never take this mail, as a sentence; or nothing.
[[nodiscard]] std::optional<std::string> obstacle(const OutgoingMail& mail, const Offers& offers);

/// The MAIL command with the parameters that are needed and offered; no CRLF.
[[nodiscard]] std::string mail_command(const OutgoingMail& mail, const Offers& offers);

/// The content as it goes over the wire: dots stuffed (RFC 5321 section 4.5.2), with the final dot.
[[nodiscard]] std::string wire_content(std::string octets);

}  // namespace shield::smtp
