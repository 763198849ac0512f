// SPDX-License-Identifier: Apache-2.0
#include "excerpts.hpp"

#include "lines.hpp"
#include "mail_date.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace shield::mime {

namespace {

constexpr std::size_t name_max = 60;
constexpr std::size_t value_max = 8192;
constexpr std::size_t fields_max = 200;
constexpr unsigned wrapped_lines_max = 4;

// What programs call the fields that they show, in the languages that our users write.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> translations{{{"sent", "date"},
                                                                                      {"von", "from"},
                                                                                      {"gesendet", "date"},
                                                                                      {"datum", "date"},
                                                                                      {"betreff", "subject"},
                                                                                      {"de", "from"},
                                                                                      {"envoyé", "date"},
                                                                                      {"objet", "subject"},
                                                                                      {"enviado", "date"},
                                                                                      {"asunto", "subject"}}};
constexpr std::array<std::string_view, 6> origins{"received",         "from",  "return-path", "message-id",
                                                  "x-originating-ip", "sender"};
constexpr std::array<std::string_view, 7> others{"to",       "cc",           "date",        "subject",
                                                 "reply-to", "delivered-to", "mime-version"};

bool is_one_of(std::string_view name, const auto& names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view without_quote_marks(std::string_view line)
{
    while (true) {
        const auto begin = line.find_first_not_of(" \t");
        if (begin == std::string_view::npos || (line[begin] != '>' && line[begin] != '|')) {
            return line;
        }
        line.remove_prefix(begin + 1);
        if (line.starts_with(' ')) {
            line.remove_prefix(1);
        }
    }
}

// Text that a program made bold: "*From:* Mallory".
std::string_view without_stars(std::string_view text)
{
    while (!text.empty() && (text.front() == '*' || core::is_blank(text.front()))) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == '*' || core::is_blank(text.back()))) {
        text.remove_suffix(1);
    }
    return text;
}

std::optional<Field> field_in(std::string_view line)
{
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon > name_max || line.empty() || core::is_blank(line.front())) {
        return std::nullopt;
    }
    std::string name = core::lowered(without_stars(line.substr(0, colon)));
    const bool bold = line.starts_with('*');
    const auto printable = [](char c) { return c > 0x20 && c != 0x7f; };
    const auto translated =
        std::find_if(translations.begin(), translations.end(), [&](const auto& one) { return one.first == name; });
    if (translated != translations.end()) {
        name = translated->second;
    } else if (name.empty() || !std::all_of(name.begin(), name.end(), printable) || !core::is_ascii(name)) {
        return std::nullopt;  // RFC 5322 section 2.2
    }
    std::string_view value = line.substr(colon + 1);
    value = bold ? without_stars(value) : core::trimmed(value);
    return Field{std::move(name), std::string{value.substr(0, value_max)}};
}

void append(Field& field, std::string_view more)
{
    more = core::trimmed(more);
    if (field.value.size() + more.size() < value_max) {
        (field.value += ' ') += more;
    }
}

/// Reads one header line by line. A value; made anew for each header.
class HeaderLines {
public:
    /// Whether the line is of the header: a field, or more of one.
    bool take(std::string_view line)
    {
        if (!fields_.empty() && !line.empty() && core::is_blank(line.front()) && !core::trimmed(line).empty()) {
            append(fields_.back(), line);
            return true;
        }
        if (auto field = field_in(line); field && !starts_text(*field)) {
            wrapped_ = 0;
            if (fields_.size() < fields_max) {
                fields_.push_back(*std::move(field));
            }
            return true;
        }
        // Programs wrap long lines and forget the blank: a Received field is not over before its date.
        if (!fields_.empty() && fields_.back().name == "received" && !core::trimmed(line).empty() &&
            wrapped_ < wrapped_lines_max && !has_a_date(fields_.back().value)) {
            ++wrapped_;
            append(fields_.back(), line);
            return true;
        }
        return false;
    }

    /// Two fields that mail has, one of which says where it comes from.
    [[nodiscard]] bool is_a_header() const
    {
        std::size_t known = 0;
        bool origin = false;
        std::vector<std::string_view> seen;
        for (const Field& field : fields_) {
            const bool first = !is_one_of(field.name, seen);
            const bool says_origin = is_one_of(field.name, origins);
            origin = origin || says_origin;
            known += first && (says_origin || is_one_of(field.name, others)) ? 1 : 0;
            if (first && seen.size() < origins.size() + others.size()) {
                seen.push_back(field.name);
            }
        }
        return origin && known >= 2;
    }

    [[nodiscard]] bool empty() const noexcept { return fields_.empty(); }
    [[nodiscard]] std::vector<Field> take() && { return std::move(fields_); }

private:
    // A header begins with a field that mail has; in it any may follow.
    [[nodiscard]] bool starts_text(const Field& field) const
    {
        return fields_.empty() && !is_one_of(field.name, origins) && !is_one_of(field.name, others) &&
               !field.name.starts_with("x-") && field.name != "dkim-signature" && field.name != "arc-seal" &&
               field.name != "authentication-results";
    }

    static bool has_a_date(std::string_view value)
    {
        const auto semicolon = value.rfind(';');
        return semicolon != std::string_view::npos && parse_mail_date(value.substr(semicolon + 1)).has_value();
    }

    std::vector<Field> fields_;
    unsigned wrapped_{0};
};

}  // namespace

std::vector<Excerpt> excerpts_of(std::string_view text, std::size_t headers_max)
{
    std::vector<Excerpt> excerpts{{{}, text}};
    Lines lines{text};
    std::size_t excerpt_begin = 0;
    while (!lines.at_end() && excerpts.size() <= headers_max) {
        const std::size_t begin = lines.position();
        HeaderLines header;
        std::size_t end = begin;
        while (!lines.at_end() && header.take(without_quote_marks(lines.next()))) {
            end = lines.position();
        }
        if (header.is_a_header()) {
            excerpts.back().text = text.substr(excerpt_begin, begin - excerpt_begin);
            excerpts.push_back({std::move(header).take(), text.substr(begin)});
            excerpt_begin = begin;
        }
        // The line that ended a header may begin the next one, but one that began none is over.
        if (!header.empty()) {
            lines.go_to(end);
        }
    }
    return excerpts;
}

std::vector<Field> fields_in(std::string_view header)
{
    std::vector<Field> fields;
    Lines lines{header};
    while (!lines.at_end() && fields.size() < fields_max) {
        const std::string_view line = lines.next();
        if (!fields.empty() && !line.empty() && core::is_blank(line.front())) {
            append(fields.back(), line);
        } else if (auto field = field_in(line)) {
            fields.push_back(*std::move(field));
        }
    }
    return fields;
}

}  // namespace shield::mime
