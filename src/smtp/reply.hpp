// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/receipt.hpp>
#include <shield/smtp/session.hpp>

#include <boost/assert/source_location.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace shield::smtp {

/// One line the server says, without its CRLF: a code, an enhanced code (RFC 2034, RFC 3463), a sentence. Made of
/// literals only, so that nothing a client said can be in it.
struct Reply {
    constexpr Reply() noexcept = default;
    template <std::size_t octets>
    consteval explicit Reply(const char (&text)[octets]) : line{text, octets - 1}
    {
    }

    std::string_view line;

    friend bool operator==(const Reply&, const Reply&) = default;
};

/// The last line of a conversation that the server ends by itself; the host's name goes between the two.
struct Closing {
    std::string_view code;
    std::string_view sentence;
};

/// A grammar that fails names the reply; this is what value() does when nobody looked first.
[[noreturn]] void throw_exception_from_error(const Reply& reply, const boost::source_location&);

}  // namespace shield::smtp

/// Every word the server can say. Answers to HELO, EHLO and LHLO and the greeting have no enhanced code (RFC 2034
/// section 4).
namespace shield::smtp::reply {

inline constexpr Reply ok{"250 2.0.0 Ok"};
inline constexpr Reply bye{"221 2.0.0 Bye"};
inline constexpr Reply help{"214 2.0.0 Mail to this host is read by a security response team; see RFC 5321"};
inline constexpr Reply sender_ok{"250 2.1.0 Sender ok"};
inline constexpr Reply recipient_ok{"250 2.1.5 Recipient ok"};
inline constexpr Reply cannot_verify{"252 2.0.0 Send a message and see"};  // RFC 5321 section 3.5.3
inline constexpr Reply start_handshake{"220 2.0.0 Ready to start TLS"};
inline constexpr Reply start_content{"354 End with a dot on a line by itself"};

inline constexpr Reply too_many_recipients{
    "452 4.5.3 Too many recipients; send the others in a message of their own"};

// RFC 3463 section 3.4: X.3.1, mail system full.
inline constexpr Reply room_for_attacks{
    "452 4.3.1 Little room is left and kept for reports of attacks, try again later"};
inline constexpr Reply messages_held{"450 4.7.1 Too many messages from your network, try again in a minute"};

// What cannot be read as a command.
inline constexpr Reply unrecognised{"500 5.5.2 Unrecognised command"};
inline constexpr Reply bare_in_command{"500 5.5.2 A command ends in CRLF and has no other CR or LF; not executed"};
inline constexpr Reply control_in_command{"500 5.5.2 Control character in a command; not executed"};
inline constexpr Reply command_too_long{"500 5.5.2 Command line too long"};
inline constexpr Reply say_ehlo{"500 This is SMTP: say EHLO"};
inline constexpr Reply say_lhlo{"500 This is LMTP: say LHLO"};  // RFC 2033 section 4.1

// Arguments.
inline constexpr Reply bad_hello{"501 A host name is needed: one word, printable, at most 255 characters"};
inline constexpr Reply no_argument{"501 5.5.4 This command takes no argument"};
inline constexpr Reply bad_mail{"501 5.5.4 Syntax: MAIL FROM:<address> parameters"};
inline constexpr Reply bad_rcpt{"501 5.5.4 Syntax: RCPT TO:<address>"};
inline constexpr Reply bad_sender{"501 5.1.7 The sender's address is not well-formed"};
inline constexpr Reply bad_recipient{"501 5.1.3 The recipient's address is not well-formed"};
inline constexpr Reply bad_parameter{"501 5.5.4 Malformed parameter"};
inline constexpr Reply bad_chunk{"501 5.5.4 Syntax: BDAT octets [LAST]"};
inline constexpr Reply not_offered{"502 5.5.1 Not offered here"};
inline constexpr Reply parameter_not_offered{"555 5.5.4 Parameter not offered here"};
inline constexpr Reply needs_smtputf8{"553 5.6.7 This address needs SMTPUTF8"};

// Order.
inline constexpr Reply hello_first{"503 5.5.1 Introduce yourself first"};
inline constexpr Reply mail_first{"503 5.5.1 MAIL first"};
inline constexpr Reply recipient_first{"503 5.5.1 No valid recipient"};
inline constexpr Reply nested_mail{"503 5.5.1 A transaction is open already"};
inline constexpr Reply chunks_begun{"503 5.5.1 Only BDAT, or RSET, after BDAT"};

// TLS, RFC 3207 section 4.
inline constexpr Reply starttls_in_mail{"503 5.5.1 No STARTTLS inside a transaction"};
inline constexpr Reply tls_already{"503 5.5.1 TLS is on already"};
inline constexpr Reply tls_first{"530 5.7.0 Must issue a STARTTLS command first"};
inline constexpr Reply tls_unavailable{"454 4.7.0 TLS is not available now"};

// Recipients.
inline constexpr Reply no_such_mailbox{"550 5.1.1 No such mailbox here"};
inline constexpr Reply foreign_domain{"550 5.7.1 We do not relay: that domain is not ours"};

// Content; said at the true end of data, never earlier.
inline constexpr Reply message_too_big{"552 5.3.4 Message too big; send the text without the file"};
inline constexpr Reply bare_in_content{"554 5.6.0 The message has a CR or LF that is not part of a CRLF"};
inline constexpr Reply text_line_too_long{"554 5.6.0 The message has a line that is too long"};
inline constexpr Reply too_many_hops{"554 5.4.6 Too many Received fields: a mail loop"};

// Other protocols at the door.
inline constexpr Reply not_http{"554 5.5.1 This is a mail server"};
inline constexpr Reply talked_too_soon{"554 5.5.1 You did not wait for the greeting"};
inline constexpr Reply not_tls{"554 5.5.1 This conversation does not begin with TLS"};

// A client that waits for our 220 sends nothing before it; what came was put in between by somebody else, or would
// have been (CVE-2011-0411).
inline constexpr Closing spoke_before_tls{"421 4.7.0", "Octets behind STARTTLS, closing"};
inline constexpr Closing too_many_errors{"421 4.7.0", "Too many errors, closing"};
inline constexpr Closing too_many_commands{"421 4.7.0", "Too many commands and no message, closing"};
inline constexpr Closing too_many_messages{"421 4.7.0", "Enough messages for one session, closing"};
inline constexpr Closing timed_out{"421 4.4.2", "Waited too long, closing"};
inline constexpr Closing shutting_down{"421 4.3.2", "Going down, try again later"};
inline constexpr Closing failed{"421 4.3.0", "Internal error, closing"};
inline constexpr Closing too_slow{"421 4.4.2", "The message arrives too slowly, closing"};
inline constexpr Closing make_room{"421 4.7.0", "Many clients wait, make room and try again later"};
inline constexpr Closing too_many_of_network{"421 4.7.0",
                                             "Too many connections from your network, try again later"};
inline constexpr Closing too_many_connections{"421 4.7.0", "Too many connections, try again later"};

[[nodiscard]] std::string closing(const Closing& why, std::string_view hostname);
[[nodiscard]] std::string greeting(std::string_view hostname, Protocol protocol);
[[nodiscard]] std::string hello(std::string_view hostname);

/// The answer to EHLO and LHLO: what is announced here is honoured, and nothing else is.
[[nodiscard]] std::string extended_hello(std::string_view hostname, const core::Limits& limits,
                                         bool starttls_offered);

[[nodiscard]] std::string chunk_kept(std::uint64_t octets);

/// The 250 after a message (invariant 1).
[[nodiscard]] std::string accepted(const core::Receipt& receipt);

[[nodiscard]] std::string refused(core::Refusal why, std::string_view hostname);

}  // namespace shield::smtp::reply
