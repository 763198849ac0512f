// SPDX-License-Identifier: Apache-2.0
#include "render.hpp"

#include "columns.hpp"

#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>

namespace shield::cli {

namespace {

const Json* member(const Json& json, const char* name)
{
    if (!json.is_object()) {
        return nullptr;
    }
    const auto found = json.find(name);
    return found == json.end() ? nullptr : &*found;
}

}  // namespace

std::string text_in(const Json& json, const char* name)
{
    const Json* value = member(json, name);
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string{};
}

std::uint64_t number_in(const Json& json, const char* name)
{
    const Json* value = member(json, name);
    if (value == nullptr || !value->is_number_integer()) {
        return 0;
    }
    return value->is_number_unsigned() || value->get<std::int64_t>() >= 0 ? value->get<std::uint64_t>() : 0;
}

bool flag_in(const Json& json, const char* name)
{
    const Json* value = member(json, name);
    return value != nullptr && value->is_boolean() && value->get<bool>();
}

const Json& list_in(const Json& json, const char* name)
{
    static const Json empty = Json::array();
    const Json* value = member(json, name);
    return value != nullptr && value->is_array() ? *value : empty;
}

const Json& object_in(const Json& json, const char* name)
{
    static const Json empty = Json::object();
    const Json* value = member(json, name);
    return value != nullptr && value->is_object() ? *value : empty;
}

std::string render_span(std::chrono::milliseconds span)
{
    using namespace std::chrono;
    const auto two = [](auto large, const char* large_unit, auto small, const char* small_unit) {
        return std::to_string(large) + large_unit + (small == 0 ? "" : std::to_string(small) + small_unit);
    };
    const auto seconds_left = duration_cast<seconds>(span).count();
    if (seconds_left < 60) {
        return std::to_string(seconds_left) + "s";
    }
    if (seconds_left < 3600) {
        return std::to_string(seconds_left / 60) + "m";
    }
    if (seconds_left < 86400) {
        return two(seconds_left / 3600, "h", seconds_left % 3600 / 60, "m");
    }
    return two(seconds_left / 86400, "d", seconds_left % 86400 / 3600, "h");
}

std::string render_due(const Json& one_case, core::Time now)
{
    const auto due = core::parse_rfc3339(text_in(one_case, "due_at"));
    if (!due) {
        return "-";
    }
    return *due >= now ? "due in " + render_span(*due - now) : "OVERDUE " + render_span(now - *due);
}

std::string subject_of(const Json& json)
{
    const std::string subject = text_in(json, "subject");
    return core::trimmed(subject).empty() ? "(no subject)" : subject;
}

std::string render_outcome(const Json& one_case, const View& view)
{
    std::string line =
        text_in(one_case, "reference") + "  " + text_in(one_case, "category") + "  " + text_in(one_case, "state");
    if (const std::string code = text_in(one_case, "code"); !code.empty()) {
        line += " as " + code;
    }
    if (const std::string assignee = text_in(one_case, "assignee"); !assignee.empty()) {
        line += "  " + core::printable_line(assignee);
    }
    if (const std::string due = render_due(one_case, view.now); due != "-") {
        line += "  " + due;
    }
    line += "  " + core::printable_line(subject_of(one_case));
    return cut_to(line, view.columns) + "\n";
}

std::string render_refused(const Json& rows)
{
    constexpr std::size_t sender_columns = 36;
    std::string out;
    for (const Json& row : rows) {
        const std::string sender = text_in(row, "sender");
        const std::string mailbox = text_in(row, "mailbox");
        const std::uint64_t attempts = number_in(row, "attempts");
        out += core::printable_line(text_in(row, "last_at")) + "  " +
               fitted(core::printable_line(sender.empty() ? "<>" : sender), sender_columns) + "  " +
               std::to_string(number_in(row, "size")) + " octets";
        out += mailbox.empty() ? "" : " to " + core::printable_line(mailbox);
        out += " from " + core::printable_line(text_in(row, "client"));
        out += attempts > 1 ? ", " + std::to_string(attempts) + " attempts\n" : "\n";
    }
    return out.empty() ? "nothing was refused for its size\n" : out;
}

namespace {

std::string render_share(const Json& count)
{
    return std::to_string(number_in(count, "percent")) + " % (" + std::to_string(number_in(count, "held")) +
           " of " + std::to_string(number_in(count, "messages")) + ")";
}

std::string render_held_share(const Json& share, std::size_t name_columns)
{
    std::string out = fitted("held of people's mail, 7 days", name_columns) + "  " + render_share(share) +
                      (flag_in(share, "too_much") ? "  too much: 'shieldctl doctor' says more\n" : "\n");
    for (const Json& relay : list_in(share, "relays")) {
        out += fitted("  by " + core::printable_line(text_in(relay, "relay")), name_columns) + "  " +
               render_share(relay) + "\n";
    }
    return out;
}

}  // namespace

std::string render_stats(const Json& figures)
{
    constexpr std::size_t name_columns = 36;
    std::string out;
    for (const auto& figure : figures.items()) {
        if (figure.key() == "held_share") {
            out += render_held_share(figure.value(), name_columns);
            continue;
        }
        std::string name = figure.key();
        std::string value = figure.value().dump();
        if (name.ends_with("_seconds") && figure.value().is_number_integer()) {
            name.erase(name.size() - std::string_view{"_seconds"}.size());
            const auto seconds = figure.value().get<std::int64_t>();
            value = seconds < 0 ? "-" : render_span(std::chrono::seconds{seconds});
        }
        for (char& c : name) {
            c = c == '_' ? ' ' : c;
        }
        out += fitted(core::printable_line(name), name_columns) + "  " + value + "\n";
    }
    return out;
}

std::string render_verification(const Json& found)
{
    std::string out;
    for (const Json& fault : list_in(found, "faults")) {
        out += "fault: " + core::printable_line(fault.is_string() ? fault.get<std::string>() : fault.dump()) + "\n";
    }
    return out + std::to_string(number_in(found, "messages")) + " messages (" +
           std::to_string(number_in(found, "octets")) + " octets) in " + std::to_string(number_in(found, "cases")) +
           " cases, " + std::to_string(number_in(found, "references")) +
           " references: " + (list_in(found, "faults").empty() ? "all good" : "not all good") + "\n";
}

}  // namespace shield::cli
