// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/reference.hpp>

#include <algorithm>

namespace shield::core {

namespace {

constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr int characters = 8;

char upper(char c) noexcept
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::optional<std::uint64_t> digit_of(char c) noexcept
{
    c = upper(c);
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    const auto position = crockford.find(c);
    if (position == std::string_view::npos) {
        return std::nullopt;
    }
    return position;
}

}  // namespace

std::optional<Reference> Reference::parse(std::string_view text) noexcept
{
    text = trimmed(text);
    // SR may begin the eight characters themselves: it stands before them only when there are ten.
    if (text.size() - static_cast<std::size_t>(std::count(text.begin(), text.end(), '-')) == characters + 2 &&
        istarts_with(text, "SR")) {
        text.remove_prefix(2);
    }
    std::uint64_t bits = 0;
    int seen = 0;
    for (const char c : text) {
        if (c == '-') {
            continue;
        }
        const auto digit = digit_of(c);
        if (!digit || ++seen > characters) {
            return std::nullopt;
        }
        bits = bits << 5 | *digit;
    }
    return seen == characters ? std::optional{Reference{bits}} : std::nullopt;
}

std::string Reference::to_string() const
{
    std::string text = "SR-";
    for (int i = characters - 1; i >= 0; --i) {
        text += crockford[(bits_ >> (5 * i)) & 31];
        if (i == 4) {
            text += '-';
        }
    }
    return text;
}

}  // namespace shield::core
