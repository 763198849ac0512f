// SPDX-License-Identifier: Apache-2.0
#include "header_facts.hpp"

#include "addresses.hpp"
#include "encoded_words.hpp"
#include "language.hpp"

#include <shield/core/ascii.hpp>

#include <algorithm>
#include <vector>

namespace shield::mime {

namespace {

constexpr std::size_t message_id_max = 250;
constexpr std::size_t date_max = 100;

std::string decoded(std::string_view value, const core::Limits& limits, Defects& defects)
{
    std::string text = decode_words(value);
    if (text.size() > limits.header_text_max) {
        defects.add("A header field says more than is shown of it (header_text_max).");
        text.resize(core::cut_utf8(text, limits.header_text_max).size());
    }
    return text;
}

void append_message_ids(std::string_view value, std::vector<std::string>& ids)
{
    while (true) {
        const std::size_t begin = value.find('<');
        if (begin == std::string_view::npos) {
            return;
        }
        const std::size_t end = value.find_first_of("<>", begin + 1);
        if (end == std::string_view::npos) {
            return;
        }
        if (const std::string_view id = value.substr(begin, end + 1 - begin); is_message_id(id)) {
            ids.emplace_back(id);
        }
        value.remove_prefix(value[end] == '>' ? end + 1 : end);
    }
}

void append_addresses(std::string_view value, const core::Limits& limits, std::vector<std::string>& addresses,
                      Defects& defects)
{
    const std::size_t room = limits.addresses_max - std::min<std::size_t>(limits.addresses_max, addresses.size());
    std::vector<std::string> found = parse_addresses(value, room + 1);  // one more tells that there are more
    if (found.size() > room) {
        defects.add("A field names too many addresses; the rest was left out (addresses_max).");
        found.resize(room);
    }
    std::move(found.begin(), found.end(), std::back_inserter(addresses));
}

bool names_a_recipient(std::string_view name) noexcept
{
    return name == "to" || name == "cc" || name == "resent-to" || name == "resent-cc";
}

void check_counts(const Part& message, const core::Assessment& assessment, Defects& defects)
{
    const auto count = [&](std::string_view name) {
        return std::count_if(message.fields.begin(), message.fields.end(),
                             [&](const Field& field) { return core::iequals(field.name, name); });
    };
    // RFC 5322 section 3.6: From and Date are required, these may stand once.
    if (count("from") == 0) {
        defects.add("There is no From field.");
    } else if (assessment.from.empty()) {
        defects.add("The From field names no address.");
    } else if (count("from") > 1) {
        defects.add("There is more than one From field.");
    }
    if (count("date") == 0) {
        defects.add("There is no Date field.");
    }
    if (count("date") > 1 || count("subject") > 1 || count("to") > 1 || count("message-id") > 1 ||
        count("sender") > 1 || count("reply-to") > 1) {
        defects.add("A field that may stand once in the header stands there more often.");
    }
}

}  // namespace

bool is_message_id(std::string_view id) noexcept
{
    if (id.size() < 5 || id.size() > message_id_max || id.front() != '<' || id.back() != '>') {
        return false;
    }
    const std::string_view inside = id.substr(1, id.size() - 2);
    const std::size_t at = inside.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < inside.size() &&
           std::all_of(inside.begin(), inside.end(),
                       [](char c) { return c > 0x20 && c < 0x7f && c != '<' && c != '>'; });
}

void read_header(const Part& message, const core::Limits& limits, core::Assessment& assessment, Defects& defects)
{
    std::vector<std::string> in_reply_to;
    std::vector<std::string> references;
    for (const Field& field : message.fields) {
        const std::string name = core::lowered(field.name);
        if (name == "from") {
            append_addresses(field.value, limits, assessment.from, defects);
            if (assessment.from_shown.empty()) {
                assessment.from_shown = decoded(field.value, limits, defects);
            }
        } else if (name == "reply-to") {
            const std::vector<std::string> found = parse_addresses(field.value, 1);
            if (assessment.reply_to.empty() && !found.empty()) {
                assessment.reply_to = found.front();
            }
        } else if (names_a_recipient(name)) {
            append_addresses(field.value, limits, assessment.to_and_cc, defects);
        } else if (name == "subject" && assessment.subject.empty()) {
            assessment.subject = decoded(field.value, limits, defects);
        } else if (name == "date" && assessment.date.empty()) {
            assessment.date = core::cut_utf8(decode_words(field.value), date_max);
        } else if (name == "message-id" && assessment.message_id.empty()) {
            const std::string_view id = core::trimmed(field.value);
            assessment.message_id = is_message_id(id) ? id : std::string_view{};
        } else if (name == "in-reply-to") {
            append_message_ids(field.value, in_reply_to);
        } else if (name == "references") {
            append_message_ids(field.value, references);
        }
    }
    if (in_reply_to.size() + references.size() > limits.references_max) {
        defects.add("The message answers too many others; the oldest were left out (references_max).");
    }
    in_reply_to.resize(std::min<std::size_t>(in_reply_to.size(), limits.references_max));
    assessment.references = std::move(in_reply_to);
    // The latest references are the nearest; they are last.
    const std::size_t room = limits.references_max - assessment.references.size();
    const std::size_t taken = std::min(room, references.size());
    assessment.references.insert(assessment.references.end(), references.end() - static_cast<std::ptrdiff_t>(taken),
                                 references.end());
    check_counts(message, assessment, defects);
}

std::string language_of_header(const Part& message)
{
    std::string language = first_language(message.field("accept-language"));
    return language.empty() ? first_language(message.field("content-language")) : language;
}

}  // namespace shield::mime
