// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/acknowledge/templates.hpp>
#include <shield/core/time.hpp>
#include <shield/core/token.hpp>

#include <optional>
#include <string>
#include <vector>

namespace shield::acknowledge {

/// What our replies have in common.
struct Sender {
    std::string from;      ///< `Example Security <security@example.com>`: checked by parse_from()
    std::string hostname;  ///< right side of our Message-IDs
};

/// Display name and address of a configured From, or why it cannot be used.
struct From {
    std::string display_name;
    core::Mailbox address;
};
[[nodiscard]] core::result<From> parse_from(std::string_view text);

/// What the one message that is answered lends to its reply (invariant 5): nothing else of it is in there.
struct Answered {
    std::string recipient;                ///< the reverse-path, or for a person's reply any address
    std::string message_id;               ///< with angle brackets, or empty
    std::vector<std::string> references;  ///< only for a person's reply
};

/// A whole message, ready for the outbox.
struct Reply {
    std::string sender;  ///< MAIL FROM: empty for an automatic reply, the return address with the token otherwise
    std::string recipient;
    std::string message_id;
    std::string octets;  ///< CRLF lines of ASCII; UTF-8 only in an address that needs it
};

/// An acknowledgement: null reverse-path, Auto-Submitted: auto-replied (RFC 3834 section 3.1.7),
/// X-Auto-Response-Suppress: All, Reply-To with the token. `unique` makes the Message-ID one of a kind.
[[nodiscard]] Reply make_automatic(const Sender& from, const Answered& answered, const Templates::Text& text,
                                   std::string_view token, std::string_view unique, core::Time now);

/// A person's mail: from a return address with the token, no Auto-Submitted. `subject` is made safe; `body` is
/// UTF-8.
[[nodiscard]] Reply make_personal(const Sender& from, const Answered& answered, std::string_view subject,
                                  std::string_view body, std::string_view token, std::string_view unique,
                                  core::Time now);

}  // namespace shield::acknowledge
