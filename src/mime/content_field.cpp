// SPDX-License-Identifier: Apache-2.0
#include "content_field.hpp"

#include "charset.hpp"
#include "comments.hpp"
#include "encoded_words.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

namespace shield::mime {

namespace {

// One parameter as it was written, its name taken apart: name*section* (RFC 2231 sections 3 and 4).
struct Segment {
    std::string name;
    std::uint64_t section{0};
    bool continued{false};
    bool encoded{false};
    std::string value;
};

class Reader {
public:
    explicit Reader(std::string_view text) noexcept : text_{text} {}

    [[nodiscard]] bool at_end() const noexcept { return text_.empty(); }

    // Up to one of `stops`, without blanks and comments.
    std::string word(std::string_view stops)
    {
        std::string word;
        while (!text_.empty() && stops.find(text_.front()) == std::string_view::npos) {
            if (text_.front() == '(') {
                text_.remove_prefix(comment_length(text_));
                continue;
            }
            if (!core::is_space(text_.front())) {
                word += text_.front();
            }
            text_.remove_prefix(1);
        }
        return word;
    }

    bool take(char c) noexcept
    {
        if (text_.empty() || text_.front() != c) {
            return false;
        }
        text_.remove_prefix(1);
        return true;
    }

    // A quoted string, or everything up to the semicolon: senders forget the quotes around file names with blanks.
    std::string value()
    {
        while (!text_.empty() && core::is_space(text_.front())) {
            text_.remove_prefix(1);
        }
        if (take('"')) {
            std::string quoted = rest_of_quoted_string();
            word(";");
            return quoted;
        }
        const std::string_view bare = text_.substr(0, text_.find(';'));
        text_.remove_prefix(bare.size());
        return std::string{core::trimmed(bare.substr(0, bare.find(" (")))};
    }

private:
    std::string rest_of_quoted_string()
    {
        std::string value;
        while (!text_.empty() && text_.front() != '"') {
            // Only what needs escaping is unescaped: "C:\file" is met more often than a needless escape.
            if (text_.front() == '\\' && text_.size() > 1 && (text_[1] == '"' || text_[1] == '\\')) {
                text_.remove_prefix(1);
            }
            value += text_.front();
            text_.remove_prefix(1);
        }
        take('"');
        return value;
    }

    std::string_view text_;
};

Segment make_segment(std::string name, std::string value)
{
    Segment segment;
    if (name.ends_with('*')) {
        segment.encoded = true;
        name.pop_back();
    }
    const std::size_t star = name.rfind('*');
    if (star != std::string::npos) {
        if (const auto section = core::parse_number(std::string_view{name}.substr(star + 1))) {
            segment.section = *section;
            segment.continued = true;
            name.resize(star);
        }
    }
    segment.name = core::lowered(name);
    segment.value = std::move(value);
    return segment;
}

std::string percent_decoded(std::string_view text)
{
    std::string octets;
    octets.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = [&](std::size_t at) {
            return at < text.size() ? std::string_view{"0123456789abcdef"}.find(core::to_lower(text[at]))
                                    : std::string_view::npos;
        };
        const std::size_t high = digit(i + 1);
        const std::size_t low = digit(i + 2);
        if (text[i] == '%' && high != std::string_view::npos && low != std::string_view::npos) {
            octets += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            octets += text[i];
        }
    }
    return octets;
}

// Joins the segments of one parameter, which stand in the order of their sections.
std::string joined(const std::vector<Segment>& segments, std::size_t begin, std::size_t end)
{
    std::string charset;
    std::string octets;
    bool encoded = false;
    for (std::size_t i = begin; i < end; ++i) {
        std::string_view value = segments[i].value;
        // RFC 2231 section 4: charset'language'text, in the first segment only.
        if (i == begin && segments[i].encoded) {
            const std::size_t first = value.find('\'');
            const std::size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
            if (second != std::string_view::npos) {
                charset = value.substr(0, first);
                value.remove_prefix(second + 1);
            }
        }
        encoded = encoded || segments[i].encoded;
        octets += segments[i].encoded ? percent_decoded(value) : std::string{value};
    }
    return encoded ? to_utf8(octets, charset).text : decode_words(octets);
}

// The forms of one name by worth: RFC 2231 before plain, so that a legacy copy never hides the real name.
bool before(const Segment& a, const Segment& b)
{
    const auto form = [](const Segment& segment) { return segment.continued ? 1 : segment.encoded ? 0 : 2; };
    return std::tuple{std::string_view{a.name}, form(a), a.section} <
           std::tuple{std::string_view{b.name}, form(b), b.section};
}

std::vector<ContentField::Parameter> assembled(std::vector<Segment> segments)
{
    std::stable_sort(segments.begin(), segments.end(), before);
    std::vector<ContentField::Parameter> parameters;
    for (std::size_t i = 0; i < segments.size();) {
        const std::string name = segments[i].name;
        std::size_t end = i + 1;
        while (segments[i].continued && end < segments.size() && segments[end].name == name &&
               segments[end].continued && segments[end].section == segments[end - 1].section + 1) {
            ++end;
        }
        parameters.push_back({name, joined(segments, i, end)});
        i = end;
        while (i < segments.size() && segments[i].name == name) {
            ++i;
        }
    }
    return parameters;
}

// Where the parameters begin: at the semicolon, or where one was forgotten ("multipart/mixed boundary=x").
std::size_t end_of_value(std::string_view text) noexcept
{
    const std::size_t semicolon = std::min(text.find(';'), text.size());
    const std::size_t equals = text.substr(0, semicolon).find_first_of("=(");
    if (equals == std::string_view::npos || text[equals] == '(') {
        return semicolon;
    }
    const std::size_t blank = text.substr(0, equals).find_last_of(" \t");
    return blank == std::string_view::npos ? semicolon : blank;
}

}  // namespace

std::string_view ContentField::parameter(std::string_view name) const noexcept
{
    const auto found =
        std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& p) { return p.name == name; });
    return found == parameters.end() ? std::string_view{} : std::string_view{found->value};
}

ContentField parse_content_field(std::string_view text, std::size_t parameters_max)
{
    ContentField field;
    const std::size_t value_end = end_of_value(text);
    field.value = core::lowered(Reader{text.substr(0, value_end)}.word(""));
    Reader reader{text.substr(value_end)};
    std::vector<Segment> segments;
    for (reader.take(';'); !reader.at_end(); reader.take(';')) {
        std::string name = reader.word(";=");
        if (!reader.take('=')) {
            continue;
        }
        if (segments.size() >= parameters_max) {
            field.parameters_cut = true;
            break;
        }
        std::string value = reader.value();
        if (!name.empty()) {
            segments.push_back(make_segment(std::move(name), std::move(value)));
        }
    }
    field.parameters = assembled(std::move(segments));
    return field;
}

}  // namespace shield::mime
