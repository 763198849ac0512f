// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shield::core {

/// An address `local@domain`, split at the last `@` outside quotes. The local part is kept as it was written; the
/// domain is lower case. A value; empty parts mean there was none.
struct Mailbox {
    std::string local;
    std::string domain;

    /// An addr-spec without angle brackets (RFC 5321 section 4.1.2), tolerant of odd but printable local parts:
    /// `user..name@x`, `name.@x`. No control characters, no blanks outside quotes, at most 320 octets.
    [[nodiscard]] static std::optional<Mailbox> parse(std::string_view text);

    [[nodiscard]] std::string to_string() const { return domain.empty() ? local : local + "@" + domain; }
    [[nodiscard]] bool empty() const noexcept { return local.empty() && domain.empty(); }

    /// Lower case throughout and without `+suffix`: the key under which one of *our* mailboxes is found.
    [[nodiscard]] std::string key() const;

    /// The local part in lower case as its owner knows it: without the marks of BATV (prvs=TAG=LOCAL) and SRS
    /// (SRS0=HASH=TIME=DOMAIN=LOCAL), which differ from mail to mail.
    [[nodiscard]] std::string unwrapped_local() const;

    /// What follows the first `+` of the local part, or nothing.
    [[nodiscard]] std::string_view suffix() const noexcept;

    friend bool operator==(const Mailbox&, const Mailbox&) = default;
};

/// RFC 5322 section 3.2.3, and any octet of UTF-8 (RFC 6532 section 3.2).
[[nodiscard]] bool is_atom_character(char c) noexcept;
[[nodiscard]] bool is_dot_atom(std::string_view text) noexcept;

}  // namespace shield::core
