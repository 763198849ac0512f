// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/trace.hpp>
#include <shield/core/envelope.hpp>
#include <shield/core/mailboxes.hpp>
#include <shield/core/network.hpp>

#include <optional>
#include <string>
#include <vector>

namespace shield::auth {

/// A mail system of ours that hands mail on to us: a [[relay]] of the configuration.
struct Relay {
    std::string name;
    core::Networks networks;  ///< of the hosts that connect to us
    core::Networks internal;  ///< of other hosts that mail passes inside it
    /// Which secret its routing rule adds, by mark_of() the field or the recipient's suffix in lower case; with one
    /// the networks are those of a cloud that others use as well.
    std::optional<core::Sha256> header, suffix;
    std::string authserv_id;    ///< lower case; whose Authentication-Results count; empty: nobody's
    bool results_below{false};  ///< it puts them right behind its Received, and leaves no message without them
    std::string arc_sealer;     ///< in A-labels; whose seal counts; empty: nobody's
    std::vector<std::string> rewrites;  ///< lower case; domains of the reverse-paths it writes, beside ours

    [[nodiscard]] bool has_secret() const noexcept { return header || suffix; }

    friend bool operator==(const Relay&, const Relay&) = default;
};

/// In no network but somebody's own (RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291).
[[nodiscard]] bool is_private(const core::IpAddress& address);

/// What our relay recorded about who sent a message.
struct Relayed {
    std::string relay;         ///< its name; empty when the message may have come by one, and nobody can tell
    Recorded results;          ///< of its own Authentication-Results; without authserv_id when there are none
    Recorded sealed;           ///< of the newest ARC set; counts when the chain holds and `arc_sealer` sealed it
    std::string arc_sealer;    ///< in A-labels; empty: no seal counts
    bool client_found{false};  ///< the envelope has the client that the relay met
    bool spf_decides{false};   ///< and what SPF says of that client may be believed, if nothing was recorded

    friend bool operator==(const Relayed&, const Relayed&) = default;
};

/// A message that came by a relay of ours.
struct ByOurRelay {
    Relayed relayed;
    /// With the client and the reverse-path that the relay met, as far as it recorded them.
    core::Envelope envelope;
    bool from_our_list{false};  ///< every List-* and Precedence is that of a list with one of our addresses
};

/// Whether the message came by one of `relays`: its client is in the networks of one, and the secret of that is
/// there, if it has one. Nothing when it did not: then it is mail like any other from that client. Pure.
///
/// What the relay wrote stands above what the sender did: down to its Received field for the first host that is not
/// inside it. Only fields above that one count. Many filters put their Authentication-Results right behind it,
/// where a sender can write as well when they do not: the first there counts where the operator says so.
[[nodiscard]] std::optional<ByOurRelay> by_our_relay(const core::Envelope& envelope, const Trace& trace,
                                                     const std::vector<Relay>& relays, const core::Mailboxes& ours);

}  // namespace shield::auth
