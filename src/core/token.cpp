// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/digest.hpp>
#include <shield/core/token.hpp>

namespace shield::core {

namespace {

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t reference_characters = 8;
constexpr std::size_t mac_characters = 16;
constexpr std::size_t token_characters = 1 + reference_characters + mac_characters;

std::string base32(std::uint64_t bits, std::size_t count)
{
    std::string text(count, alphabet[0]);
    for (std::size_t i = count; i-- > 0; bits >>= 5) {
        text[i] = alphabet[bits & 31];
    }
    return text;
}

// The first 80 bits of the MAC: RFC 2104 section 5 allows truncation to half of the output or 80 bits.
std::string mac_of(const TokenKey& key, std::string_view signed_part)
{
    const Sha256 mac = hmac_sha256(key.secret, signed_part);
    std::string text;
    for (std::size_t group = 0; group < 2; ++group) {
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < 5; ++i) {
            bits = bits << 8 | mac[group * 5 + i];
        }
        text += base32(bits, mac_characters / 2);
    }
    return text;
}

}  // namespace

std::string make_token(const TokenKey& key, Reference case_reference)
{
    const std::string signed_part = alphabet[key.id & 31] + base32(case_reference.bits(), reference_characters);
    return signed_part + mac_of(key, signed_part);
}

std::optional<Reference> verify_token(std::string_view token, const TokenKeys& keys)
{
    if (token.size() != token_characters) {
        return std::nullopt;
    }
    const std::string lower = lowered(token);  // some systems change the case of a local part
    const std::string_view signed_part = std::string_view{lower}.substr(0, 1 + reference_characters);
    std::uint64_t bits = 0;
    for (const char c : lower) {
        if (alphabet.find(c) == std::string_view::npos) {
            return std::nullopt;
        }
    }
    for (const char c : signed_part.substr(1)) {
        bits = bits << 5 | alphabet.find(c);
    }
    const auto key = keys(static_cast<unsigned>(alphabet.find(lower[0])));
    if (!key ||
        !equal_in_constant_time(mac_of(*key, signed_part), std::string_view{lower}.substr(signed_part.size()))) {
        return std::nullopt;
    }
    return Reference::from_bits(bits);
}

std::string make_message_id(std::string_view token, std::string_view unique, std::string_view hostname)
{
    return "<" + std::string{token} + "." + std::string{unique} + "@" + std::string{hostname} + ">";
}

std::optional<std::string_view> token_in_message_id(std::string_view message_id, std::string_view hostname)
{
    if (message_id.size() < 2 || message_id.front() != '<' || message_id.back() != '>') {
        return std::nullopt;
    }
    const std::string_view inside = message_id.substr(1, message_id.size() - 2);
    const auto at = inside.rfind('@');
    if (at == std::string_view::npos || !iequals(inside.substr(at + 1), hostname) || inside.find('.') > at) {
        return std::nullopt;
    }
    const std::string_view token = inside.substr(0, inside.find('.'));
    return token.size() == token_characters ? std::optional{token} : std::nullopt;
}

}  // namespace shield::core
