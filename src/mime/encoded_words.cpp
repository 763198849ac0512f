// SPDX-License-Identifier: Apache-2.0
#include "encoded_words.hpp"

#include "charset.hpp"
#include "transfer_encoding.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <optional>

namespace shield::mime {

namespace {

constexpr std::size_t charset_max = 64;

struct Word {
    std::string charset;
    std::string octets;
    std::size_t length;  // in the source
};

bool is_white(std::string_view text) noexcept
{
    return std::all_of(text.begin(), text.end(), core::is_space);
}

// Where in a value the next "?=" stands, asked for ever later positions: all answers together cost one pass.
class Ends {
public:
    explicit Ends(std::string_view value) : value_{value} {}

    std::size_t next(std::size_t from)
    {
        if (next_ < from) {
            next_ = value_.find("?=", from);
        }
        return next_;
    }

private:
    std::string_view value_;
    std::size_t next_{0};
};

// The encoded word at `at`, where "=?" stands.
std::optional<Word> parse_word(std::string_view value, std::size_t at, Ends& ends)
{
    const std::string_view text = value.substr(at);
    const std::size_t charset_end = text.substr(0, charset_max + 2).find('?', 2);
    if (charset_end == std::string_view::npos || charset_end + 2 >= text.size() || text[charset_end + 2] != '?') {
        return std::nullopt;
    }
    const char encoding = core::to_lower(text[charset_end + 1]);
    const std::size_t begin = charset_end + 3;
    if (encoding != 'b' && encoding != 'q') {
        return std::nullopt;
    }
    const std::size_t value_end = ends.next(at + begin);
    if (value_end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::size_t end = value_end - at;
    std::string_view charset = text.substr(2, charset_end - 2);
    charset = charset.substr(0, charset.find('*'));  // RFC 2231 section 5: a language follows
    const std::string_view encoded = text.substr(begin, end - begin);
    return Word{core::lowered(charset), encoding == 'b' ? decode_base64(encoded).octets : decode_q(encoded),
                end + 2};
}

// Collects what was read; words of one charset wait until another kind of text follows.
class Output {
public:
    void literal(std::string_view text)
    {
        if (text.empty()) {
            return;
        }
        flush();
        text_ += core::is_ascii(text) ? std::string{text} : to_utf8(text, "").text;
    }

    void word(Word word)
    {
        if (charset_ != word.charset) {
            flush();
            charset_ = std::move(word.charset);
        }
        octets_ += word.octets;
    }

    std::string take() &&
    {
        flush();
        return std::move(text_);
    }

private:
    void flush()
    {
        if (!octets_.empty()) {
            text_ += to_utf8(octets_, charset_).text;
            octets_.clear();
        }
    }

    std::string text_;
    std::string charset_;
    std::string octets_;
};

// Control characters have no place in a header; a line end inside an encoded word would be one smuggled in.
std::string without_controls(std::string text)
{
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return text;
}

}  // namespace

std::string decode_words(std::string_view value)
{
    value = core::trimmed(value);
    Output output;
    Ends ends{value};
    std::size_t position = 0;
    bool after_word = false;
    while (position < value.size()) {
        std::size_t begin = value.find("=?", position);
        std::optional<Word> word;
        while (begin != std::string_view::npos && !(word = parse_word(value, begin, ends))) {
            begin = value.find("=?", begin + 2);
        }
        const std::string_view before = value.substr(position, word ? begin - position : std::string_view::npos);
        // RFC 2047 section 6.2: white space between two encoded words is not shown.
        if (!word || !after_word || !is_white(before)) {
            output.literal(before);
        }
        if (!word) {
            break;
        }
        position = begin + word->length;
        output.word(std::move(*word));
        after_word = true;
    }
    return without_controls(std::move(output).take());
}

}  // namespace shield::mime
