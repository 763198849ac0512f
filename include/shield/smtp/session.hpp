// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/envelope.hpp>
#include <shield/core/limits.hpp>
#include <shield/core/mailboxes.hpp>
#include <shield/core/receipt.hpp>
#include <shield/smtp/action.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace shield::smtp {

enum class Protocol : std::uint8_t { smtp, lmtp };

/// How a connection comes to TLS: not at all, by a command (RFC 3207), or before the first octet (RFC 8314 section
/// 3.3).
enum class Tls : std::uint8_t { none, starttls, implicit };

/// What one listener speaks.
struct Offer {
    Protocol protocol{Protocol::smtp};
    Tls tls{Tls::none};
    bool tls_required{false};  ///< with starttls: no mail before it

    friend bool operator==(const Offer&, const Offer&) = default;
};

/// What a Session must know before the first octet. Shared by all sessions.
struct Policy {
    core::Mailboxes mailboxes;
    core::Limits limits;
};

/// The server's half of one SMTP (RFC 5321) or LMTP (RFC 2033) conversation, without any I/O.
///
/// Give it octets as they arrive, carry out the Action it returns, report the outcome, repeat. It holds no socket,
/// clock or database and does not throw on input. One connection owns one Session; it is not thread-safe.
class Session {
public:
    /// `connection` carries what is known before the first command: client address and port.
    Session(std::shared_ptr<const Policy> policy, core::Envelope connection, Offer offer = {});
    ~Session();
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;

    [[nodiscard]] Action greet();
    /// In place of the greeting, to a client that has not waited for it.
    [[nodiscard]] Action talked_too_soon();

    /// From now on no message may begin, and which bound is in its way; or, with null, one may.
    void hold_messages(std::uint64_t core::Limits::*bound) noexcept;

    /// From now on only mailboxes for attacks are taken as recipients, or again all: the last part of the disk
    /// (disk_reserve_attack).
    void take_only_attacks(bool only) noexcept;

    /// Octets may be cut anywhere; what follows the end of a message is kept for later.
    [[nodiscard]] Action receive(std::string_view octets);

    /// Answers Then::discard: goes on with the octets kept.
    [[nodiscard]] Action resume();

    /// These two answer Then::deliver. Only the store can make a Receipt, and only after its commit: a message that
    /// is not on disk cannot be answered 250 (invariant 1).
    [[nodiscard]] Action accepted(const core::Receipt& receipt);
    [[nodiscard]] Action refused(core::Refusal why);

    /// These three answer Then::start_tls: the handshake may begin once what this returns is written; it is done,
    /// with this version and cipher; or there can be none now. With Tls::implicit secured() comes before greet().
    [[nodiscard]] Action tls_begins();
    [[nodiscard]] Action secured(std::string description);
    [[nodiscard]] Action tls_unavailable();

    /// The driver ends the conversation: 421 with the reason, then close.
    [[nodiscard]] Action timed_out();
    [[nodiscard]] Action too_slow();
    [[nodiscard]] Action make_room();
    [[nodiscard]] Action shutting_down();
    [[nodiscard]] Action failed();

    /// Between MAIL and the end of its message: a drain waits for it.
    [[nodiscard]] bool in_transaction() const noexcept;
    /// The next octets are a message's.
    [[nodiscard]] bool in_content() const noexcept;

    /// Complete when receive() or resume() returned Then::deliver, except for `received_at`, which the driver sets.
    [[nodiscard]] const core::Envelope& envelope() const noexcept;

private:
    class Conversation;
    std::unique_ptr<Conversation> conversation_;
};

/// What a client hears that gets no Session because there are `connections_max` already: 421, then close.
[[nodiscard]] std::string too_many_connections(const Policy& policy);
/// Or because its network has as many as it may have, now or in this minute.
[[nodiscard]] std::string too_many_of_network(const Policy& policy);

}  // namespace shield::smtp
