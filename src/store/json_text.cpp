// SPDX-License-Identifier: Apache-2.0
#include "json_text.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>

namespace shield::store {

namespace {

enum class Written { plain, escaped, otherwise };

Written how(unsigned char c)
{
    if (c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t') {
        return Written::escaped;
    }
    return c >= 0x20 && c < 0x7f ? Written::plain : Written::otherwise;
}

char letter_of(char c)
{
    return c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\t' ? 't' : c;
}

// False, with nothing written, for what the library knows better: UTF-8, and the rare control characters.
bool append_ascii(std::string& text, std::string_view added)
{
    const std::size_t before = text.size();
    text += '"';
    for (std::size_t begin = 0; begin < added.size();) {
        std::size_t end = begin;
        while (end < added.size() && how(static_cast<unsigned char>(added[end])) == Written::plain) {
            ++end;
        }
        text += added.substr(begin, end - begin);
        if (end < added.size()) {
            if (how(static_cast<unsigned char>(added[end])) == Written::otherwise) {
                text.resize(before);
                return false;
            }
            text += '\\';
            text += letter_of(added[end++]);
        }
        begin = end;
    }
    text += '"';
    return true;
}

}  // namespace

void JsonText::separate()
{
    if (!first_) {
        text_ += ',';
    }
    first_ = false;
}

JsonText& JsonText::open(char bracket)
{
    separate();
    text_ += bracket;
    first_ = true;
    return *this;
}

JsonText& JsonText::close(char bracket)
{
    text_ += bracket;
    first_ = false;
    return *this;
}

JsonText& JsonText::word(std::string_view word)
{
    separate();
    text_ += word;
    return *this;
}

JsonText& JsonText::key(std::string_view name)
{
    separate();
    text_ += '"';
    text_ += name;
    text_ += "\":";
    first_ = true;
    return *this;
}

JsonText& JsonText::value(std::string_view text)
{
    separate();
    if (!append_ascii(text_, text)) {
        text_ += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
    return *this;
}

JsonText& JsonText::value(bool flag)
{
    return word(flag ? "true" : "false");
}

JsonText& JsonText::value(double number)
{
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return word({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

JsonText& JsonText::value(const std::vector<std::string>& texts)
{
    begin_array();
    for (const std::string& text : texts) {
        value(text);
    }
    return end_array();
}

}  // namespace shield::store
