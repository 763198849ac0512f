// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/mailbox.hpp>
#include <shield/core/time.hpp>
#include <shield/core/vocabulary.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shield::core {

/// One recipient that was accepted.
struct Recipient {
    Mailbox address;      ///< as the client wrote it, `+suffix` included
    std::string mailbox;  ///< the configured address it stands for, e.g. "shield@example.com"
    Category category{Category::support};
    bool acknowledged{true};  ///< false for postmaster and abuse

    friend bool operator==(const Recipient&, const Recipient&) = default;
};

/// How a message came that a relay of ours handed on: what SMTP said between the two of us.
struct ByRelay {
    std::string relay;           ///< what the configuration calls it
    std::string client_address;  ///< of its host that connected
    std::string helo;
    std::string reverse_path;  ///< as it wrote it

    friend bool operator==(const ByRelay&, const ByRelay&) = default;
};

/// What SMTP said about a message. Everything here came from the peer except `received_at` and the addresses of the
/// connection itself. With `by_relay` set, client_address, helo and reverse_path are those that our relay met, as
/// far as it recorded them, so that whoever counts, judges or answers has the sender and not the relay.
struct Envelope {
    std::string client_address;  ///< numeric, as the kernel (or a trusted PROXY header) gave it
    std::uint16_t client_port{0};
    std::string helo;          ///< the name the client gave, at most 255 octets, printable
    std::string protocol;      ///< SMTP, ESMTP, LMTP, UTF8SMTP, UTF8LMTP (RFC 3848, RFC 6531)
    std::string tls;           ///< "TLSv1.3 TLS_AES_256_GCM_SHA384", or empty
    std::string reverse_path;  ///< empty for the null reverse-path
    bool smtputf8{false};
    bool eight_bit{false};
    std::vector<Recipient> recipients;
    Time received_at{};  ///< ours, never the message's Date (invariant 7)
    std::optional<ByRelay> by_relay;

    friend bool operator==(const Envelope&, const Envelope&) = default;
};

/// The recipient whose category is the most pressing; the first among equals. The envelope must have one.
[[nodiscard]] const Recipient& most_pressing(const Envelope& envelope);

}  // namespace shield::core
