// SPDX-License-Identifier: Apache-2.0
#include "fields.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/mailbox.hpp>

#include <algorithm>

namespace shield::acknowledge {

namespace {

constexpr std::size_t message_id_max = 250;     // invariant 5
constexpr std::size_t line_octets_max = 998;    // RFC 5322 section 2.1.1
constexpr std::size_t encoded_octets_max = 45;  // 60 in base 64: an encoded word is at most 75 (RFC 2047 section 2)
constexpr std::size_t plain_rest_max = 76;

bool is_control(char c) noexcept
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::string without_controls(std::string_view text)
{
    std::string clean{text};
    std::replace_if(clean.begin(), clean.end(), is_control, ' ');
    return clean;
}

// From its first quote to its last: not `"a",b@c.example,"d"`.
bool is_quoted_string(std::string_view text) noexcept
{
    if (text.size() < 3 || text.front() != '"') {
        return false;
    }
    std::size_t i = 1;
    while (i < text.size() && text[i] != '"') {
        i += text[i] == '\\' ? 2 : 1;
    }
    return i == text.size() - 1;
}

std::string quoted_string(std::string_view text)
{
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            quoted += '\\';
        }
        quoted += c;
    }
    return quoted + "\"";
}

// One encoded word a line; none begins or ends within a character (RFC 2047 section 5).
std::string encoded_words(std::string_view text)
{
    std::string words;
    while (!text.empty()) {
        std::string_view piece = core::cut_utf8(text, encoded_octets_max);
        piece = piece.empty() ? text.substr(0, encoded_octets_max) : piece;
        words += (words.empty() ? "" : "\r\n ") + ("=?UTF-8?B?" + base64(piece)) + "?=";
        text.remove_prefix(piece.size());
    }
    return words;
}

// The words behind the last that needs it stay as they are, where they fit a line: what is looked for in a subject,
// a reference, stands at its end.
std::string partly_encoded(std::string_view text)
{
    const auto last = std::find_if(text.rbegin(), text.rend(), [](char c) { return !core::is_ascii({&c, 1}); });
    const auto blank = text.find(' ', static_cast<std::size_t>(text.rend() - last));
    const std::string_view rest = text.substr(std::min(blank, text.size()));
    if (last == text.rend() || rest.empty() || rest.size() > plain_rest_max ||
        text.find("=?") != std::string_view::npos) {
        return encoded_words(text);
    }
    return encoded_words(text.substr(0, blank)) + "\r\n" + std::string{rest};
}

bool needs_encoding(std::string_view text) noexcept
{
    return !core::is_ascii(text) || text.find("=?") != std::string_view::npos;
}

}  // namespace

std::string base64(std::string_view octets)
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        const std::size_t taken = std::min<std::size_t>(3, octets.size() - i);
        unsigned bits = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            bits = bits << 8 | (j < taken ? static_cast<unsigned char>(octets[i + j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            text += j <= taken ? alphabet[(bits >> (18 - 6 * j)) & 63] : '=';
        }
    }
    return text;
}

std::string field(std::string_view name, std::string_view value)
{
    return std::string{name} + ": " + without_controls(value) + "\r\n";
}

std::string text_field(std::string_view name, std::string_view text)
{
    std::string clean = without_controls(text);
    clean = core::trimmed(core::cut_utf8(clean, line_octets_max - name.size() - 2));
    return std::string{name} + ": " + (needs_encoding(clean) ? partly_encoded(clean) : clean) + "\r\n";
}

std::string phrase(std::string_view name)
{
    const std::string clean = without_controls(name);
    if (needs_encoding(clean)) {
        return encoded_words(clean);
    }
    const bool plain =
        std::all_of(clean.begin(), clean.end(), [](char c) { return c == ' ' || core::is_atom_character(c); });
    return plain ? clean : quoted_string(clean);
}

std::string angle_address(std::string_view address)
{
    const std::string clean = without_controls(address);
    const auto mailbox = core::Mailbox::parse(clean);
    if (!mailbox) {
        const auto at = std::min(clean.rfind('@'), clean.size());
        return "<" + quoted_string(clean.substr(0, at)) + (at < clean.size() ? "@invalid>" : ">");
    }
    const std::string& local = mailbox->local;
    return "<" + (is_quoted_string(local) || core::is_dot_atom(local) ? local : quoted_string(local)) + "@" +
           mailbox->domain + ">";
}

bool is_repeatable_message_id(std::string_view message_id) noexcept
{
    if (message_id.size() < 5 || message_id.size() > message_id_max || message_id.front() != '<' ||
        message_id.back() != '>' || !core::is_ascii(message_id)) {
        return false;
    }
    const std::string_view inside = message_id.substr(1, message_id.size() - 2);
    const auto at = inside.find('@');
    if (at == std::string_view::npos) {
        return false;
    }
    const std::string_view right = inside.substr(at + 1);
    const bool literal = right.size() > 2 && right.front() == '[' && right.back() == ']' &&
                         std::all_of(right.begin() + 1, right.end() - 1, [](char c) {
                             return core::is_alpha(c) || core::is_digit(c) || c == '.' || c == ':';
                         });
    return core::is_dot_atom(inside.substr(0, at)) && (literal || core::is_dot_atom(right));
}

}  // namespace shield::acknowledge
