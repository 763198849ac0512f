// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Octet-wise text, free of locales. Protocol names are ASCII; anything above 0x7f passes through untouched.
namespace shield::core {

[[nodiscard]] constexpr char to_lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_alpha(char c) noexcept
{
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}
[[nodiscard]] constexpr bool is_blank(char c) noexcept
{
    return c == ' ' || c == '\t';
}
[[nodiscard]] constexpr bool is_space(char c) noexcept
{
    return is_blank(c) || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

[[nodiscard]] std::string lowered(std::string_view text);
[[nodiscard]] bool iequals(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] bool istarts_with(std::string_view text, std::string_view prefix) noexcept;
[[nodiscard]] bool icontains(std::string_view text, std::string_view part) noexcept;

/// Without white space at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// The pieces between separators; empty pieces are kept.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// A decimal number of at most 19 digits with nothing around it.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text) noexcept;

[[nodiscard]] bool is_ascii(std::string_view text) noexcept;

/// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing past U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// At most `octets_max` octets, never cutting a UTF-8 sequence in two.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t octets_max) noexcept;

}  // namespace shield::core
