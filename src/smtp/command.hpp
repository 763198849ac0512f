// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reply.hpp"

#include <shield/core/mailbox.hpp>

#include <boost/system/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The grammar of commands, RFC 5321 section 4.1.2: lines in, values or the refusing Reply out. Tolerant where that
/// harms nobody (a blank after the colon, odd local parts, source routes), strict about what could be read in two
/// ways. Knows nothing of the order of commands.
namespace shield::smtp {

enum class Verb : std::uint8_t {
    helo,
    ehlo,
    lhlo,
    mail,
    rcpt,
    data,
    bdat,
    rset,
    noop,
    vrfy,
    help,
    quit,
    expn,
    starttls,
    auth,
    http,  ///< GET, POST, CONNECT and the like: a browser that was led here; or PROXY of a gateway that is not ours
    unknown
};
inline constexpr std::size_t verbs = 17;

struct Command {
    Verb verb{Verb::unknown};
    std::string_view argument;  ///< without blanks around it
};

struct MailArguments {
    std::string reverse_path;  ///< empty for <>
    bool extended{false};      ///< has parameters
    std::uint64_t size{0};     ///< SIZE=, RFC 1870; 0 when not said
    bool eight_bit{false};     ///< BODY=8BITMIME, RFC 6152
    bool smtputf8{false};      ///< RFC 6531
};

struct ChunkArguments {
    std::uint64_t octets{0};
    bool last{false};
};

template <typename T>
using parsed = boost::system::result<T, Reply>;

[[nodiscard]] bool has_control_character(std::string_view line) noexcept;

[[nodiscard]] Command parse_command(std::string_view line) noexcept;

[[nodiscard]] parsed<std::string> parse_hello_name(std::string_view argument);
[[nodiscard]] parsed<MailArguments> parse_mail(std::string_view argument);

/// `smtputf8` as the transaction's MAIL said. `<postmaster>` has no domain (RFC 5321 section 4.1.1.3).
[[nodiscard]] parsed<core::Mailbox> parse_rcpt(std::string_view argument, bool smtputf8);

/// Nothing when it is malformed: then it cannot be known how many octets follow.
[[nodiscard]] std::optional<ChunkArguments> parse_chunk(std::string_view argument) noexcept;

}  // namespace shield::smtp
