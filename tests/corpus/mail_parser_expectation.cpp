// SPDX-License-Identifier: Apache-2.0
#include "mail_parser_expectation.hpp"

#include "charset.hpp"
#include "readable.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/limits.hpp>

#include <algorithm>

namespace shield::mime {

namespace {

using nlohmann::json;

const json* header(const json& part, const std::string& name)
{
    for (const json& field : part.at("headers")) {
        if (field.at("name") == name && field.at("value").contains("ContentType")) {
            return &field.at("value").at("ContentType");
        }
    }
    return nullptr;
}

std::string attribute(const json* field, const std::string& name)
{
    if (field != nullptr && field->at("attributes").is_array()) {
        for (const json& attribute : field->at("attributes")) {
            if (attribute.at("name") == name) {
                return attribute.at("value");
            }
        }
    }
    return {};
}

std::string expected_type(const json& part)
{
    const json* const field = header(part, "content_type");
    if (field == nullptr) {
        return part.at("body").contains("Message") ? "message/rfc822" : "text/plain";
    }
    const json& subtype = field->at("c_subtype");
    const std::string type = core::lowered(field->at("c_type").get<std::string>());
    return subtype.is_null() ? type : type + "/" + core::lowered(subtype.get<std::string>());
}

std::string expected_name(const json& part)
{
    const std::string name = attribute(header(part, "content_disposition"), "filename");
    return name.empty() ? attribute(header(part, "content_type"), "name") : name;
}

// White space is compared loosely: the expectation keeps line ends that belong to boundaries in places.
std::string normalised(std::string_view text)
{
    std::string words;
    for (const char c : text) {
        if (!core::is_space(c) && c != '\0') {
            words += c;
        } else if (!words.empty() && words.back() != ' ') {
            words += ' ';
        }
    }
    return std::string{core::trimmed(words)};
}

std::string beginning(std::string_view text)
{
    return "'" + std::string{core::cut_utf8(text, 60)} + "' (" + std::to_string(text.size()) + ")";
}

void compare_leaf(const Part& part, const json& body, const std::string& where, std::vector<std::string>& found)
{
    Defects ignored;
    const std::string content = content_of(part, ignored);
    for (const char* kind : {"Text", "Html"}) {
        if (body.contains(kind)) {
            const std::string ours = normalised(to_utf8(content, part.content_type.parameter("charset")).text);
            const std::string theirs = normalised(body.at(kind).get<std::string>());
            if (ours != theirs) {
                found.push_back(where + "text is " + beginning(ours) + ", expected " + beginning(theirs));
            }
        }
    }
    for (const char* kind : {"Binary", "InlineBinary"}) {
        if (body.contains(kind)) {
            const auto octets = body.at(kind).get<std::vector<std::uint8_t>>();
            const std::string theirs{octets.begin(), octets.end()};
            if (content != theirs && normalised(content) != normalised(theirs)) {
                found.push_back(where + "octets are " + beginning(normalised(content)) + ", expected " +
                                beginning(normalised(theirs)));
            }
        }
    }
    if (body.contains("Message")) {
        const Document embedded = parse(content, core::Limits{}, ignored);
        for (const std::string& difference : differences(embedded, body.at("Message"))) {
            found.push_back(where + "> " + difference);
        }
    }
}

// What a person reads must be among what mail-parser takes for a body; what it attaches must be attached or read.
void compare_selection(const Document& document, const json& expected, std::vector<std::string>& found)
{
    const Selection selection = select(document);
    const auto listed = [&](const char* list, std::size_t part) {
        const json& numbers = expected.at(list);
        return std::find(numbers.begin(), numbers.end(), json(part)) != numbers.end();
    };
    for (const std::size_t part : selection.text) {
        if (!listed("text_body", part) && !listed("html_body", part)) {
            found.push_back("part " + std::to_string(part) + " is read, expected not to be");
        }
    }
    for (const json& part : expected.at("attachments")) {
        const auto number = part.get<std::size_t>();
        const auto holds = [&](const std::vector<std::size_t>& parts) {
            return std::find(parts.begin(), parts.end(), number) != parts.end();
        };
        if (!holds(selection.attachments) && !holds(selection.text)) {
            found.push_back("part " + std::to_string(number) + " is not attached");
        }
    }
}

}  // namespace

std::vector<std::string> differences(const Document& document, const json& expected)
{
    std::vector<std::string> found;
    const json& parts = expected.at("parts");
    if (document.parts.size() != parts.size()) {
        return {std::to_string(document.parts.size()) + " parts, expected " + std::to_string(parts.size())};
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Part& part = document.parts[i];
        const json& body = parts[i].at("body");
        const std::string where = "part " + std::to_string(i) + ": ";
        if (part.type() != expected_type(parts[i])) {
            found.push_back(where + "type is " + part.type() + ", expected " + expected_type(parts[i]));
        }
        if (normalised(part.file_name) != normalised(expected_name(parts[i]))) {
            found.push_back(where + "name is '" + part.file_name + "', expected '" + expected_name(parts[i]) + "'");
        }
        if (body.contains("Multipart")) {
            if (body.at("Multipart").get<std::vector<std::size_t>>() != part.children) {
                found.push_back(where + "its children differ");
            }
        } else if (part.is_leaf()) {
            compare_leaf(part, body, where, found);
        } else {
            found.push_back(where + "is a multipart, expected a leaf");
        }
    }
    compare_selection(document, expected, found);
    return found;
}

}  // namespace shield::mime
