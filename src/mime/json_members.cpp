// SPDX-License-Identifier: Apache-2.0
#include "json_members.hpp"

#include <shield/core/ascii.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace shield::mime {

namespace {

constexpr std::size_t value_max = 8192;
constexpr char32_t replacement = 0xfffd;

/// Takes texts and what is between them out of JSON.
class Scanner {
public:
    explicit Scanner(std::string_view json) noexcept : json_{json} {}

    [[nodiscard]] bool at_end() const noexcept { return at_ >= json_.size(); }

    /// The text behind the quotation mark that comes next, to its end.
    std::string text()
    {
        std::string text;
        ++at_;
        while (!at_end() && json_[at_] != '"') {
            if (json_[at_] == '\\') {
                escape(text);
            } else {
                append(text, json_.substr(at_++, 1));
            }
        }
        ++at_;
        if (!core::is_utf8(text)) {
            text.clear();
        }
        return text;
    }

    /// Goes to the next that is not white space, and tells it.
    char next()
    {
        while (!at_end() && core::is_space(json_[at_])) {
            ++at_;
        }
        return at_end() ? '\0' : json_[at_];
    }
    void skip() noexcept { ++at_; }

private:
    static void append(std::string& text, std::string_view more)
    {
        if (text.size() + more.size() <= value_max) {
            text += more;
        }
    }

    static void append(std::string& text, char32_t c)
    {
        std::string octets;
        if (c < 0x80) {
            octets = {static_cast<char>(c)};
        } else if (c < 0x800) {
            octets = {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
        } else if (c < 0x10000) {
            octets = {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3f)),
                      static_cast<char>(0x80 | (c & 0x3f))};
        } else {
            octets = {static_cast<char>(0xf0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3f)),
                      static_cast<char>(0x80 | (c >> 6 & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
        }
        append(text, std::string_view{octets});
    }

    // Four digits behind \u; nothing when they are none.
    std::optional<char32_t> unit()
    {
        char32_t value = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const char c = at_ + i < json_.size() ? core::to_lower(json_[at_ + i]) : '\0';
            const auto digit = std::string_view{"0123456789abcdef"}.find(c);
            if (digit == std::string_view::npos) {
                return std::nullopt;
            }
            value = value << 4U | static_cast<char32_t>(digit);
        }
        at_ += 4;
        return value;
    }

    // RFC 8259 section 7: beyond U+FFFF in two.
    void unicode(std::string& text)
    {
        char32_t c = unit().value_or(replacement);
        if (c >= 0xd800 && c < 0xdc00 && json_.substr(at_, 2) == "\\u") {
            at_ += 2;
            const char32_t low = unit().value_or(0);
            c = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((c - 0xd800) << 10U) + (low - 0xdc00) : replacement;
        }
        append(text, c >= 0xd800 && c < 0xe000 ? replacement : c);
    }

    void escape(std::string& text)
    {
        constexpr std::string_view letters = "bfnrt";
        constexpr std::string_view meant = "\b\f\n\r\t";
        const char letter = at_ + 1 < json_.size() ? json_[at_ + 1] : '\\';
        at_ += 2;
        if (letter == 'u') {
            unicode(text);
        } else if (const auto known = letters.find(letter); known != std::string_view::npos) {
            append(text, meant.substr(known, 1));
        } else {
            append(text, std::string_view{&letter, 1});
        }
    }

    std::string_view json_;
    std::size_t at_{0};
};

}  // namespace

std::vector<Field> text_members(std::string_view json, std::size_t members_max)
{
    std::vector<Field> members;
    Scanner scanner{json};
    std::optional<std::string> name;
    while (members.size() < members_max && !scanner.at_end()) {
        if (scanner.next() != '"') {
            scanner.skip();
            name.reset();
            continue;
        }
        std::string text = scanner.text();
        if (name) {
            members.push_back({*std::exchange(name, std::nullopt), std::move(text)});
        } else if (scanner.next() == ':') {
            scanner.skip();
            name = std::move(text);
        }
    }
    return members;
}

}  // namespace shield::mime
