// SPDX-License-Identifier: Apache-2.0
#include "machine_marks.hpp"

#include "comments.hpp"
#include "encoded_words.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/machine_fields.hpp>

namespace shield::mime {

namespace {

constexpr std::size_t value_max = 200;
constexpr std::size_t calendar_looked_at = 4096;

std::string value_of(std::string_view raw)
{
    return std::string{core::cut_utf8(core::lowered(without_comments(decode_words(raw))), value_max)};
}

std::string name_of(std::string_view name)
{
    return core::lowered(name.substr(0, value_max));
}

// Fastmail writes this field on what its customers write by hand.
bool is_of_persons(std::string_view name, std::string_view value)
{
    return name == "feedback-id" && value.ends_with(":fastmail");
}

// Of several fields that say the same, the one that says most about a machine is kept.
void note_writer(const std::string& name, std::string_view raw, core::MachineMarks& marks)
{
    const core::FieldWriter writer = core::writer_of_field(name);
    if (writer == core::FieldWriter::anybody || writer <= core::writer_of_field(marks.autoreply_field)) {
        return;
    }
    const std::string value = value_of(raw);
    if (value != "no" && !is_of_persons(name, value)) {
        marks.autoreply_field = name;
    }
}

void note(const Field& field, core::MachineMarks& marks)
{
    const std::string name = name_of(field.name);
    const auto value = [&] { return value_of(field.value); };
    // Of several, one that says a machine wrote this is believed before one that says it did not.
    if (name == "auto-submitted" || name == "x-auto-submitted") {
        const std::string said = value();
        if (!core::is_automatic(marks.auto_submitted) && !said.empty()) {
            marks.auto_submitted = said;
        }
    } else if (name == "precedence" || name == "x-precedence") {
        const std::string said = value();
        if (marks.precedence.empty() || (!core::is_bulk(marks.precedence) && core::is_bulk(said))) {
            marks.precedence = said;
        }
    } else if (name == "x-auto-response-suppress") {
        if (marks.auto_response_suppress.empty() || marks.auto_response_suppress == "none") {
            marks.auto_response_suppress = value();
        }
    } else if (name == "x-loop" || name == "x-shield-loop") {
        marks.loop = marks.loop.empty() ? value() : marks.loop;
    } else if ((name.starts_with("list-") || name == "mailing-list") && marks.list_field.empty()) {
        marks.list_field = name;
    } else {
        note_writer(name, field.value, marks);
    }
}

// The method of an iTIP object (RFC 5546) when the type does not name it (RFC 6047 says it must).
std::string method_within(const Part& part)
{
    Defects ignored;
    const std::string content = content_of(part, ignored);
    std::string_view text = std::string_view{content}.substr(0, calendar_looked_at);
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = core::trimmed(text.substr(0, end));
        if (core::istarts_with(line, "METHOD:")) {
            return value_of(line.substr(7));
        }
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return {};
}

}  // namespace

core::MachineMarks machine_marks(const Document& document)
{
    core::MachineMarks marks;
    for (const Field& field : document.message().fields) {
        note(field, marks);
    }
    const Part& message = document.message();
    // As written: a report that cannot be taken apart is one all the same.
    marks.content_type = value_of(message.written_type.empty() ? message.type() : message.written_type);
    if (message.written_type == "multipart/report") {
        marks.report_type = value_of(message.content_type.parameter("report-type"));
    }
    for (const Part& part : document.parts) {
        if (part.type() == "text/calendar" && marks.calendar_method.empty()) {
            marks.calendar_method = value_of(part.content_type.parameter("method"));
            if (marks.calendar_method.empty()) {
                marks.calendar_method = method_within(part);
            }
        }
    }
    return marks;
}

}  // namespace shield::mime
