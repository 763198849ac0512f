// SPDX-License-Identifier: Apache-2.0
#include "tag_list.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace shield::auth {

namespace {

constexpr std::size_t tags_max = 64;
constexpr std::string_view blanks = " \t\r\n";

std::string_view without_blanks_around(std::string_view text) noexcept
{
    const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

bool is_tag_name(std::string_view name) noexcept
{
    return !name.empty() && core::is_alpha(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
        return core::is_alpha(c) || core::is_digit(c) || c == '_';
    });
}

bool is_tag_value(std::string_view value) noexcept
{
    const auto allowed = [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return (octet > 0x20 && octet != 0x7f) || blanks.find(c) != std::string_view::npos;
    };
    return std::all_of(value.begin(), value.end(), allowed);
}

constexpr std::uint8_t no_digit = 0xff;

constexpr std::array<std::uint8_t, 256> base64_digits = [] {
    std::array<std::uint8_t, 256> digits{};
    digits.fill(no_digit);
    std::uint8_t value = 0;
    for (const char c : std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"}) {
        digits[static_cast<unsigned char>(c)] = value++;
    }
    return digits;
}();

}  // namespace

std::optional<TagList> TagList::parse(std::string_view text)
{
    if (!core::is_utf8(text)) {  // RFC 8616 section 4
        return std::nullopt;
    }
    TagList list;
    list.text_ = text;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(';', begin), text.size());
        const std::string_view piece = text.substr(begin, end - begin);
        const bool nothing_follows = end == text.size() && !list.tags_.empty();
        const bool closes = nothing_follows && without_blanks_around(piece).empty();
        if (!closes && !list.take(piece)) {
            return std::nullopt;
        }
        begin = end + 1;
    }
    return list;
}

bool TagList::take(std::string_view piece)
{
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos || tags_.size() == tags_max) {
        return false;
    }
    const std::string_view name = without_blanks_around(piece.substr(0, equals));
    const std::string_view value = piece.substr(equals + 1);
    if (!is_tag_name(name) || !is_tag_value(value) || tag(name) != nullptr) {
        return false;
    }
    tags_.push_back({name, value});
    return true;
}

const TagList::Tag* TagList::tag(std::string_view name) const noexcept
{
    const auto found = std::find_if(tags_.begin(), tags_.end(), [&](const Tag& tag) { return tag.name == name; });
    return found == tags_.end() ? nullptr : &*found;
}

std::optional<std::string_view> TagList::find(std::string_view name) const noexcept
{
    const Tag* found = tag(name);
    return found == nullptr ? std::nullopt : std::optional{without_blanks_around(found->value)};
}

std::string TagList::without_value(std::string_view name) const
{
    const Tag* found = tag(name);
    std::string text{text_};
    if (found != nullptr) {
        text.erase(static_cast<std::size_t>(found->value.data() - text_.data()), found->value.size());
    }
    return text;
}

std::string without_blanks(std::string_view text)
{
    std::string kept;
    std::copy_if(text.begin(), text.end(), std::back_inserter(kept),
                 [](char c) { return blanks.find(c) == std::string_view::npos; });
    return kept;
}

std::optional<std::string> decode_base64(std::string_view text, std::size_t octets_max)
{
    std::string digits = without_blanks(text);
    if (digits.size() % 4 != 0 || digits.size() / 4 * 3 > octets_max + 2) {
        return std::nullopt;
    }
    for (int padding = 0; padding < 2 && digits.ends_with('='); ++padding) {
        digits.pop_back();
    }
    std::string octets;
    octets.reserve(digits.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : digits) {
        const std::uint8_t digit = base64_digits[static_cast<unsigned char>(c)];
        if (digit == no_digit) {
            return std::nullopt;
        }
        bits = (bits << 6 | digit) & 0xffff;
        count += 6;
        if (count >= 8) {
            count -= 8;
            octets += static_cast<char>(bits >> count & 0xff);
        }
    }
    return octets.size() > octets_max ? std::nullopt : std::optional{octets};
}

std::vector<std::string_view> colon_list(std::string_view text)
{
    std::vector<std::string_view> pieces = core::split(text, ':');
    std::transform(pieces.begin(), pieces.end(), pieces.begin(), without_blanks_around);
    return pieces;
}

}  // namespace shield::auth
