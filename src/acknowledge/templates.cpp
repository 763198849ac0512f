// SPDX-License-Identifier: Apache-2.0
#include "body.hpp"
#include "fields.hpp"
#include "placeholders.hpp"

#include <shield/acknowledge/templates.hpp>
#include <shield/core/ascii.hpp>
#include <shield/core/vocabulary.hpp>

#include <kainjow/mustache.hpp>

#include <algorithm>
#include <set>

namespace shield::acknowledge {

namespace {

using core::Error;
using core::result;

// What the header fields of an ordinary reply take of acknowledgement_size_max.
constexpr std::size_t header_allowance = 640;

constexpr std::string_view subject_prefix = "Subject: ";

struct Parsed {
    std::string subject;
    std::string body;
};

struct FileName {
    std::string name;
    std::string language;
};

bool is_word(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || core::is_digit(c) || c == '_';
    });
}

/// NAME.LANGUAGE.txt
std::optional<FileName> parse_file_name(std::string_view file)
{
    const auto pieces = core::split(file, '.');
    if (pieces.size() != 3 || !is_word(pieces[0]) || pieces[1].size() != 2 || !is_word(pieces[1])) {
        return std::nullopt;
    }
    return FileName{std::string{pieces[0]}, std::string{pieces[1]}};
}

std::string with_lf(std::string_view text)
{
    std::string lines{text};
    std::erase(lines, '\r');
    return lines;
}

// A section's tag that has a line to itself takes no line in the reply. (The library keeps one for a section that
// is left out.)
std::string without_tag_lines(std::string_view body)
{
    std::string joined;
    for (std::size_t begin = 0; begin < body.size();) {
        const auto end = std::min(body.find('\n', begin), body.size() - 1) + 1;
        const std::string_view line = core::trimmed(body.substr(begin, end - begin));
        const bool only_tag = line.size() > 4 && line.starts_with("{{") && line.find("}}") == line.size() - 2 &&
                              std::string_view{"#^/"}.find(line[2]) != std::string_view::npos;
        joined += only_tag ? line : body.substr(begin, end - begin);
        begin = end;
    }
    return joined;
}

result<Parsed> parse(const std::string& file, std::string_view content,
                     const std::map<std::string, std::string>& links)
{
    if (!core::is_utf8(content)) {
        return Error{file + ":1: a template is UTF-8"};
    }
    const std::string text = with_lf(content);
    const auto end = text.find('\n');
    if (!text.starts_with(subject_prefix) || end == std::string::npos ||
        core::trimmed(text.substr(0, end)).size() < subject_prefix.size()) {
        return Error{file + ":1: the first line is 'Subject: ' and the subject"};
    }
    if (text.compare(end, 2, "\n\n") != 0) {
        return Error{file + ":2: an empty line follows the subject"};
    }
    Parsed parsed{text.substr(subject_prefix.size(), end - subject_prefix.size()), text.substr(end + 2)};
    if (core::trimmed(parsed.body).empty()) {
        return Error{file + ":3: the body is missing"};
    }
    if (const auto checked = check_placeholders(parsed.subject, file, 1, links); !checked) {
        return checked.error();
    }
    if (const auto checked = check_placeholders(parsed.body, file, 3, links); !checked) {
        return checked.error();
    }
    parsed.body = without_tag_lines(parsed.body);
    return parsed;
}

/// "2026-11-23 22:37 UTC": the same in every language.
std::string shown_time(core::Time time)
{
    std::string text = core::to_rfc3339(time);
    text[10] = ' ';
    return text.substr(0, 16) + " UTC";
}

std::string rendered(const std::string& text, const kainjow::mustache::data& values)
{
    kainjow::mustache::mustache page{text};
    page.set_custom_escape([](const std::string& value) { return value; });  // plain text, not HTML
    return page.render(values);
}

kainjow::mustache::data links_data(const std::map<std::string, std::string>& links)
{
    kainjow::mustache::data data{kainjow::mustache::data::type::object};
    for (const auto& [name, target] : links) {
        data.set(name, target);
    }
    return data;
}

bool is_plain(std::string_view text)
{
    return core::is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
           });
}

}  // namespace

struct Templates::Set {
    std::map<std::string, std::map<std::string, Parsed>> texts;  // by name, then language
    std::map<std::string, std::string> links;
    std::set<std::string> link_names;  // that some text has
    std::string team;

    [[nodiscard]] Text fill(const Parsed& parsed, core::Reference reference, std::optional<core::Time> due) const
    {
        kainjow::mustache::data values;
        values.set("reference", reference.to_string());
        values.set("team", team);
        values.set("links", links_data(links));
        if (due) {
            values.set("due", shown_time(*due));
        }
        return {rendered(parsed.subject, values), rendered(parsed.body, values)};
    }
};

Templates::Templates(std::shared_ptr<const Set> set) : set_{std::move(set)} {}

namespace {

// With everything in it, encoded, and the fields around it.
std::size_t size_of(const Templates::Text& text)
{
    return header_allowance + text_field("Subject", text.subject).size() - subject_prefix.size() +
           make_body(text.body).octets.size();
}

bool is_category(std::string_view name)
{
    return core::parse_category(name).has_value();
}

}  // namespace

result<Templates> Templates::make(const std::map<std::string, std::string>& files,
                                  const std::map<std::string, std::string>& links, const std::string& team,
                                  const core::Limits& limits)
{
    auto set = std::make_shared<Set>();
    set->links = links;
    set->team = team;
    for (const auto& [name, target] : links) {
        if (!is_word(name) || target.empty() || !is_plain(target)) {
            return Error{"the link '" + name + "' is not a name with a target of one line"};
        }
    }
    if (!is_plain(team)) {
        return Error{"the name of the team is not one line of UTF-8"};
    }
    std::string faults;
    const auto fault = [&](const std::string& sentence) { faults += (faults.empty() ? "" : "\n") + sentence; };
    for (const auto& [file, content] : files) {
        if (!file.ends_with(".txt")) {
            continue;  // an editor's backup, a note
        }
        const auto name = parse_file_name(file);
        if (!name) {
            fault(file + ":1: a template is named NAME.LANGUAGE.txt, such as attack.en.txt");
            continue;
        }
        auto& text = set->texts[name->name][name->language];  // there, if not as it should be
        set->link_names.merge(links_in(content));
        auto parsed = parse(file, content, links);
        if (!parsed) {
            fault(parsed.error().sentence);
            continue;
        }
        const auto size = size_of(set->fill(*parsed, core::Reference::from_bits(0), core::Time{}));
        if (is_category(name->name) && size > limits.acknowledgement_size_max) {
            fault(file + ":1: the reply would be of " + std::to_string(size) +
                  " octets with its header: shorten it by " +
                  std::to_string(size - limits.acknowledgement_size_max) + " (acknowledgement_size_max)");
        }
        text = std::move(*parsed);
    }
    for (const core::Category category : core::categories) {
        const std::string name{core::to_string(category)};
        if (!set->texts[name].contains("en")) {
            fault(name + ".en.txt:1: is missing: every category needs its English text");
        }
    }
    if (!faults.empty()) {
        return Error{std::move(faults)};
    }
    return Templates{std::move(set)};
}

Templates Templates::none()
{
    return Templates{std::make_shared<Set>()};
}

std::optional<Templates::Text> Templates::fill(std::string_view name, std::string_view language,
                                               core::Reference reference, std::optional<core::Time> due) const
{
    const auto texts = set_->texts.find(std::string{name});
    if (texts == set_->texts.end()) {
        return std::nullopt;
    }
    auto text = texts->second.find(std::string{language});
    if (text == texts->second.end()) {
        text = texts->second.find("en");
    }
    if (text == texts->second.end()) {
        return std::nullopt;
    }
    return set_->fill(text->second, reference, due);
}

std::vector<std::string> Templates::canned_names() const
{
    std::vector<std::string> names;
    for (const auto& [name, texts] : set_->texts) {
        if (!is_category(name)) {
            names.push_back(name);
        }
    }
    return names;
}

std::vector<std::string> Templates::link_names() const
{
    return {set_->link_names.begin(), set_->link_names.end()};
}

std::vector<std::string> unedited_links(const std::map<std::string, std::string>& links)
{
    std::vector<std::string> unedited;
    for (const auto& [name, target] : links) {
        auto host =
            std::string_view{target}.substr(target.find("://") == std::string::npos ? 0 : target.find("://") + 3);
        host = host.substr(0, std::min(host.find_first_of("/?#"), host.size()));
        host = host.substr(host.find('@') == std::string_view::npos ? 0 : host.find('@') + 1);  // mailto:, user@
        const std::string lower = "." + core::lowered(host.substr(0, std::min(host.find(':'), host.size())));
        // RFC 2606 sections 2 and 3, RFC 6761
        for (const std::string_view example :
             {".example.com", ".example.org", ".example.net", ".example", ".invalid"}) {
            if (lower.ends_with(example)) {
                unedited.push_back(name);
                break;
            }
        }
    }
    return unedited;
}

}  // namespace shield::acknowledge
