// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/reference.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// Case tokens (invariant 9): how a follow-up proves which case it belongs to. A token is 25 characters of
/// lower-case base 32 (RFC 4648 alphabet): one for the key, 8 for the case's reference, 16 (80 bits) of HMAC-SHA256
/// over both. It travels in the plus-address of Reply-To and as the first label of our Message-ID's left side.
namespace shield::core {

struct TokenKey {
    unsigned id{0};      ///< 0..31; keys rotate, old ones stay good for what they signed
    std::string secret;  ///< 32 octets
};

/// Finds the key with that id, or nothing.
using TokenKeys = std::function<std::optional<TokenKey>(unsigned id)>;

[[nodiscard]] std::string make_token(const TokenKey& key, Reference case_reference);

/// The case a token names, if it is one of ours. Compares in constant time.
[[nodiscard]] std::optional<Reference> verify_token(std::string_view token, const TokenKeys& keys);

/// `<token.unique@hostname>`
[[nodiscard]] std::string make_message_id(std::string_view token, std::string_view unique,
                                          std::string_view hostname);

/// The token of a Message-ID that make_message_id() could have made for this host, not yet verified.
[[nodiscard]] std::optional<std::string_view> token_in_message_id(std::string_view message_id,
                                                                  std::string_view hostname);

}  // namespace shield::core
