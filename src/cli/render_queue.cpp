// SPDX-License-Identifier: Apache-2.0
#include "columns.hpp"
#include "render.hpp"

#include <shield/core/printable.hpp>

#include <algorithm>

namespace shield::cli {

namespace {

constexpr std::string_view gap = "  ";

// The widths of one list. A column of width 0 is left out: a narrow window loses the least needed first.
struct Layout {
    std::size_t reference{12}, category{8}, state{11}, due{13}, assignee{9}, from{0}, subject{0};
};

Layout layout_for(std::size_t columns, bool assigned)
{
    constexpr std::size_t subject_min = 20;
    constexpr std::size_t from_min = 12;
    constexpr std::size_t from_max = 30;
    Layout layout;
    layout.assignee = assigned ? layout.assignee : 0;
    const auto fixed = [&] {
        std::size_t width = 0;
        for (const std::size_t one :
             {layout.reference, layout.category, layout.state, layout.due, layout.assignee, layout.from}) {
            width += one == 0 ? 0 : one + gap.size();
        }
        return width;
    };
    layout.from = from_min;
    for (std::size_t* least_needed :
         {&layout.assignee, &layout.state, &layout.category, &layout.from, &layout.due}) {
        if (fixed() + subject_min > columns) {
            *least_needed = 0;
        }
    }
    const std::size_t rest = columns - std::min(columns, fixed());
    if (layout.from > 0) {
        const std::size_t wanted = std::clamp((rest + from_min) / 3, from_min, from_max);
        layout.subject = rest + from_min - wanted;
        layout.from = wanted;
    } else {
        layout.subject = rest;
    }
    return layout;
}

void append_cell(std::string& line, std::string_view text, std::size_t columns)
{
    if (columns > 0) {
        line += fitted(text, columns);
        line += gap;
    }
}

std::string header(const Layout& layout)
{
    std::string line;
    append_cell(line, "REFERENCE", layout.reference);
    append_cell(line, "CATEGORY", layout.category);
    append_cell(line, "STATE", layout.state);
    append_cell(line, "DUE", layout.due);
    append_cell(line, "ASSIGNEE", layout.assignee);
    append_cell(line, "FROM", layout.from);
    return line + "SUBJECT";
}

// What needs a look beside the subject: marks of the case, an acknowledgement that did not simply go out, its size.
std::string tags(const Json& row)
{
    const std::uint64_t messages = number_in(row, "messages");
    std::string text = messages > 1 ? "(" + std::to_string(messages) + ") " : std::string{};
    if (const std::uint64_t cases = number_in(row, "campaign_cases"); cases > 1) {
        text += "[x" + std::to_string(cases) + "] ";
    }
    const std::string acknowledgement = text_in(object_in(row, "acknowledgement"), "state");
    if (acknowledgement == "held" || acknowledgement == "failed" || acknowledgement == "unknown") {
        text += "[" + acknowledgement + "] ";
    }
    for (const Json& flag : list_in(row, "flags")) {
        if (flag.is_string()) {
            text += "[" + core::printable_line(flag.get<std::string>()) + "] ";
        }
    }
    return text;
}

std::string row_line(const Json& row, const Layout& layout, const View& view)
{
    const std::string category = text_in(row, "category");
    const std::string due = render_due(row, view.now);
    std::string line;
    append_cell(line, text_in(row, "reference"), layout.reference);
    if (layout.category > 0) {
        const std::string cell = fitted(category, layout.category);
        line += category == "attack"   ? painted(cell, Paint::alarm, view.colour)
                : category == "urgent" ? painted(cell, Paint::warning, view.colour)
                                       : cell;
        line += gap;
    }
    append_cell(line, text_in(row, "state"), layout.state);
    if (layout.due > 0) {
        const std::string cell = fitted(due, layout.due);
        line += due.starts_with("OVERDUE") ? painted(cell, Paint::alarm, view.colour) : cell;
        line += gap;
    }
    const std::string assignee = text_in(row, "assignee");
    append_cell(line, assignee.empty() ? "-" : core::printable_line(assignee), layout.assignee);
    append_cell(line, core::printable_line(text_in(row, "from")), layout.from);
    line += cut_to(tags(row) + core::printable_line(subject_of(row)), layout.subject);
    return line;
}

std::string counts_line(const Json& counts)
{
    const auto number = [&](const char* name) { return std::to_string(number_in(counts, name)); };
    std::string line =
        number("attack") + " attack, " + number("urgent") + " urgent, " + number("support") + " support open";
    const auto append = [&](const char* name, std::string_view words) {
        if (number_in(counts, name) > 0) {
            line += "; " + number(name) + " " + std::string{words};
        }
    };
    append("unanswered", "unanswered");
    append("held", "held (queue --held)");
    append("unreadable", "unreadable");
    append("folded", "folded as spam (queue --spam)");
    if (number_in(counts, "gathered") > 0) {
        line += "; " + number("gathered") + " folded into " + number("campaigns") +
                (number_in(counts, "campaigns") == 1 ? " campaign" : " campaigns") + " (queue --campaigns)";
    }
    return line;
}

}  // namespace

std::string render_cases(const Json& cases, const View& view)
{
    if (!cases.is_array() || cases.empty()) {
        return "no cases\n";
    }
    const bool assigned =
        std::any_of(cases.begin(), cases.end(), [](const Json& row) { return !text_in(row, "assignee").empty(); });
    const Layout layout = layout_for(view.columns, assigned);
    std::string out = painted(header(layout), Paint::quiet, view.colour) + "\n";
    for (const Json& row : cases) {
        out += row_line(row, layout, view) + "\n";
    }
    return out;
}

std::string render_queue(const Json& answer, const View& view)
{
    const Json& cases = list_in(answer, "cases");
    std::string out = painted(counts_line(object_in(answer, "counts")), Paint::strong, view.colour) + "\n";
    out += render_cases(cases, view);
    if (!cases.empty() && cases.size() == number_in(answer, "limit")) {
        out += "the first " + std::to_string(cases.size()) + "; --limit N shows more\n";
    }
    return out;
}

}  // namespace shield::cli
