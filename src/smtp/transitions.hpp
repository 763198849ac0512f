// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command.hpp"
#include "reply.hpp"

#include <array>
#include <cstdint>

namespace shield::smtp {

/// Where a conversation stands between two commands.
enum class State : std::uint8_t {
    connected,    ///< not yet introduced
    ready,        ///< no transaction
    addressed,    ///< MAIL was accepted, no recipient yet
    deliverable,  ///< with at least one recipient
    chunking      ///< BDAT began, LAST has not come
};
inline constexpr std::size_t states = 5;

/// What a command does in a state: it is carried out and, when that succeeds, leads to `next`; or it is refused and
/// changes nothing.
struct Transition {
    State next{};
    const Reply* refusal{nullptr};
};

namespace table {

constexpr Transition to(State next) noexcept
{
    return {next, nullptr};
}
constexpr Transition no(const Reply& refusal) noexcept
{
    return {State::connected, &refusal};
}

inline constexpr auto connected = to(State::connected);
inline constexpr auto ready = to(State::ready);
inline constexpr auto addressed = to(State::addressed);
inline constexpr auto deliverable = to(State::deliverable);
inline constexpr auto chunking = to(State::chunking);
inline constexpr auto hello = no(reply::hello_first);
inline constexpr auto mail = no(reply::mail_first);
inline constexpr auto rcpt = no(reply::recipient_first);
inline constexpr auto nested = no(reply::nested_mail);
inline constexpr auto begun = no(reply::chunks_begun);
inline constexpr auto in_mail = no(reply::starttls_in_mail);
inline constexpr auto absent = no(reply::not_offered);
inline constexpr auto strange = no(reply::unrecognised);

/// The order of commands, RFC 5321 section 4.1.4: a row a verb, a column a state. transitions_test.cpp walks every
/// pair. MAIL before a greeting is refused: RFC 5321 leaves it to the server, and no working client does it. DATA
/// leads to `ready` by the end of its content, BDAT by LAST, STARTTLS to `connected` by its handshake. Which of
/// HELO, EHLO and LHLO exist is spoken_in()'s.
// clang-format off
inline constexpr std::array<std::array<Transition, states>, verbs> rows{{
    //               connected    ready        addressed    deliverable  chunking
    /* helo     */ {{ready,       ready,       ready,       ready,       ready}},
    /* ehlo     */ {{ready,       ready,       ready,       ready,       ready}},
    /* lhlo     */ {{ready,       ready,       ready,       ready,       ready}},
    /* mail     */ {{hello,       addressed,   nested,      nested,      nested}},
    /* rcpt     */ {{hello,       mail,        deliverable, deliverable, begun}},
    /* data     */ {{hello,       mail,        rcpt,        deliverable, begun}},
    /* bdat     */ {{hello,       mail,        rcpt,        chunking,    chunking}},
    /* rset     */ {{connected,   ready,       ready,       ready,       ready}},
    /* noop     */ {{connected,   ready,       addressed,   deliverable, chunking}},
    /* vrfy     */ {{connected,   ready,       addressed,   deliverable, chunking}},
    /* help     */ {{connected,   ready,       addressed,   deliverable, chunking}},
    /* quit     */ {{connected,   ready,       addressed,   deliverable, chunking}},
    /* expn     */ {{absent,      absent,      absent,      absent,      absent}},
    /* starttls */ {{hello,       connected,   in_mail,     in_mail,     in_mail}},
    /* auth     */ {{absent,      absent,      absent,      absent,      absent}},
    /* http     */ {{connected,   ready,       addressed,   deliverable, chunking}},
    /* unknown  */ {{strange,     strange,     strange,     strange,     strange}},
}};
// clang-format on

}  // namespace table

[[nodiscard]] constexpr const Transition& transition(State state, Verb verb) noexcept
{
    return table::rows[static_cast<std::size_t>(verb)][static_cast<std::size_t>(state)];
}

/// RFC 2033 section 4.1: LMTP has LHLO instead of HELO and EHLO.
[[nodiscard]] constexpr bool spoken_in(Protocol protocol, Verb verb) noexcept
{
    const bool smtp_only = verb == Verb::helo || verb == Verb::ehlo;
    const bool lmtp_only = verb == Verb::lhlo;
    return protocol == Protocol::smtp ? !lmtp_only : !smtp_only;
}

}  // namespace shield::smtp
