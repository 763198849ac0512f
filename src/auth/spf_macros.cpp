// SPDX-License-Identifier: Apache-2.0
#include "spf_macros.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <vector>

namespace shield::auth {

namespace {

constexpr std::size_t name_octets_max = 253;
constexpr std::size_t tail_octets_max = 1024;  // only the end of what is expanded can stay: it is made backwards
constexpr std::string_view delimiters_known = ".-+,/_=";
constexpr std::string_view letters_known = "slodiphcrtv";
constexpr std::string_view letters_of_explanations = "crt";

/// A run of literal octets, an escape, or a macro.
struct Piece {
    std::string_view literal{};  // what it stands for, when it is no macro
    bool is_expand{false};       // an escape or a macro
    char letter{0};              // in lower case; 0: no macro
    bool url_escaped{false};
    bool reversed{false};
    std::size_t parts_max{0};  // 0: all
    std::string_view delimiters{"."};
    std::size_t length{0};  // of what was read
};

std::optional<Piece> escape(char second) noexcept
{
    switch (second) {
        case '%':
            return Piece{.literal = "%", .is_expand = true, .length = 2};
        case '_':
            return Piece{.literal = " ", .is_expand = true, .length = 2};
        case '-':
            return Piece{.literal = "%20", .is_expand = true, .length = 2};
        default:
            return std::nullopt;
    }
}

std::size_t run_of(std::string_view text, bool (*in)(char)) noexcept
{
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), in) - text.begin());
}

bool is_delimiter(char c) noexcept
{
    return delimiters_known.find(c) != std::string_view::npos;
}

/// The number of parts; as many as there may be when it is larger than any. 0 is none that may be said.
std::size_t number_of_parts(std::string_view digits) noexcept
{
    std::size_t number = 0;
    for (const char digit : digits) {
        number = std::min<std::size_t>(number * 10 + static_cast<std::size_t>(digit - '0'), 100000);
    }
    return number;
}

/// `text` begins with "%{".
std::optional<Piece> macro(std::string_view text) noexcept
{
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos || close < 3) {
        return std::nullopt;
    }
    Piece piece{.is_expand = true, .letter = core::to_lower(text[2]), .length = close + 1};
    if (letters_known.find(piece.letter) == std::string_view::npos) {
        return std::nullopt;
    }
    piece.url_escaped = piece.letter != text[2];
    std::string_view rest = text.substr(3, close - 3);
    const std::size_t digits = run_of(rest, core::is_digit);
    piece.parts_max = number_of_parts(rest.substr(0, digits));
    if (digits > 0 && piece.parts_max == 0) {
        return std::nullopt;
    }
    rest.remove_prefix(digits);
    piece.reversed = !rest.empty() && core::to_lower(rest.front()) == 'r';
    rest.remove_prefix(piece.reversed ? 1 : 0);
    if (run_of(rest, is_delimiter) != rest.size()) {
        return std::nullopt;
    }
    piece.delimiters = rest.empty() ? piece.delimiters : rest;
    return piece;
}

/// The first piece of text that is not empty; nothing when it is no macro-string.
std::optional<Piece> first_piece(std::string_view text) noexcept
{
    if (text.front() == '%') {
        return text.size() < 2 ? std::nullopt : text[1] == '{' ? macro(text) : escape(text[1]);
    }
    const auto is_literal = [](char c) { return c >= 0x21 && c <= 0x7e && c != '%'; };
    const std::size_t length = run_of(text, is_literal);
    return length == 0 ? std::nullopt : std::optional{Piece{.literal = text.substr(0, length), .length = length}};
}

/// toplabel (section 7.1): not a number, so that no domain-spec ends like an address.
bool is_top_label(std::string_view label) noexcept
{
    const auto in_label = [](char c) { return core::is_alpha(c) || core::is_digit(c) || c == '-'; };
    return !label.empty() && run_of(label, in_label) == label.size() &&
           run_of(label, core::is_digit) != label.size() && label.front() != '-' && label.back() != '-';
}

bool is_domain_end(std::string_view literal) noexcept
{
    literal.remove_suffix(literal.ends_with('.') ? 1 : 0);
    const std::size_t dot = literal.rfind('.');
    return dot != std::string_view::npos && is_top_label(literal.substr(dot + 1));
}

std::string value_of(char letter, const SpfMacroValues& values)
{
    switch (letter) {
        case 's':
            return values.local + "@" + values.origin;
        case 'l':
            return values.local;
        case 'o':
            return values.origin;
        case 'd':
            return values.domain;
        case 'i':
            return values.address;
        case 'v':
            return std::string{values.version};
        case 'h':
            return values.helo;
        case 'p':
            return values.validated;
        default:
            return {};
    }
}

std::vector<std::string_view> split_at_any(std::string_view text, std::string_view delimiters)
{
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find_first_of(delimiters);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

/// Everything but the unreserved characters of RFC 3986 section 2.3 as %XX.
std::string url_escaped(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string escaped;
    for (const char c : text) {
        if (core::is_alpha(c) || core::is_digit(c) || std::string_view{"-._~"}.find(c) != std::string_view::npos) {
            escaped += c;
        } else {
            const auto octet = static_cast<unsigned char>(c);
            escaped.append({'%', digits[octet >> 4], digits[octet & 15]});
        }
    }
    return escaped;
}

/// Section 7.3: split, reverse, take parts from the right, join with dots, escape.
std::string transformed(const Piece& piece, const std::string& value)
{
    std::vector<std::string_view> parts = split_at_any(value, piece.delimiters);
    if (piece.reversed) {
        std::reverse(parts.begin(), parts.end());
    }
    const std::size_t kept = piece.parts_max == 0 ? parts.size() : std::min(piece.parts_max, parts.size());
    std::string joined;
    for (std::size_t i = parts.size() - kept; i < parts.size(); ++i) {
        joined.append(joined.empty() && i == parts.size() - kept ? "" : ".").append(parts[i]);
    }
    return piece.url_escaped ? url_escaped(joined) : joined;
}

/// Labels are taken from the left until 253 octets are left at most (section 7.3).
std::string cut_from_left(std::string name)
{
    name.resize(name.size() - (name.ends_with('.') ? 1 : 0));
    if (name.size() <= name_octets_max) {
        return name;
    }
    const std::size_t dot = name.find('.', name.size() - name_octets_max - 1);
    return dot == std::string::npos ? std::string{} : name.substr(dot + 1);
}

}  // namespace

bool is_macro_string(std::string_view text) noexcept
{
    while (!text.empty()) {
        const auto piece = first_piece(text);
        if (!piece) {
            return false;
        }
        text.remove_prefix(piece->length);
    }
    return true;
}

bool is_domain_spec(std::string_view text) noexcept
{
    std::optional<Piece> piece;
    while (!text.empty()) {
        piece = first_piece(text);
        if (!piece ||
            (piece->letter != 0 && letters_of_explanations.find(piece->letter) != std::string_view::npos)) {
            return false;
        }
        text.remove_prefix(piece->length);
    }
    return piece && (piece->is_expand || is_domain_end(piece->literal));
}

bool needs_validated_name(std::string_view domain_spec) noexcept
{
    while (!domain_spec.empty()) {
        const auto piece = first_piece(domain_spec);
        if (!piece || piece->letter == 'p') {
            return piece.has_value();
        }
        domain_spec.remove_prefix(piece->length);
    }
    return false;
}

std::optional<std::string> expand(std::string_view domain_spec, const SpfMacroValues& values)
{
    std::vector<Piece> pieces;
    while (!domain_spec.empty()) {
        const auto piece = first_piece(domain_spec);
        if (!piece || ((piece->letter == 's' || piece->letter == 'l') && !core::is_ascii(values.local))) {
            return std::nullopt;
        }
        domain_spec.remove_prefix(piece->length);
        pieces.push_back(*piece);
    }
    std::string name;
    for (; !pieces.empty() && name.size() < tail_octets_max; pieces.pop_back()) {
        const Piece& last = pieces.back();
        name.insert(
            0, last.letter == 0 ? std::string{last.literal} : transformed(last, value_of(last.letter, values)));
    }
    return core::lowered(cut_from_left(std::move(name)));
}

}  // namespace shield::auth
