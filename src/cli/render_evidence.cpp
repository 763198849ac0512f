// SPDX-License-Identifier: Apache-2.0
#include "columns.hpp"
#include "render.hpp"

#include <shield/core/printable.hpp>

#include <string>
#include <string_view>

namespace shield::cli {

namespace {

constexpr std::size_t kind_columns = 10;
constexpr std::size_t when_columns = 20;
constexpr std::size_t where_columns = 34;

std::string dots_in_brackets(std::string_view host)
{
    std::string text;
    for (const char c : host) {
        text += c == '.' ? "[.]" : std::string(1, c);
    }
    return text;
}

// hxxps://evil[.]example/path: read by everybody in the field, followed by no program.
std::string defanged_url(const std::string& url)
{
    const auto colon = url.find("://");
    if (colon == std::string::npos) {
        return url;
    }
    std::string scheme = url.substr(0, colon);
    if (const auto letters = scheme.find("tt"); letters != std::string::npos) {
        scheme.replace(letters, 2, "xx");
    }
    const auto path = std::min(url.find_first_of("/?#", colon + 3), url.size());
    return scheme + "://" + dots_in_brackets(std::string_view{url}.substr(colon + 3, path - colon - 3)) +
           url.substr(path);
}

std::string shown_value(const Json& row)
{
    const std::string kind = text_in(row, "kind");
    const std::string value = text_in(row, "value");
    if (kind == "url") {
        return defanged_url(value);
    }
    if (kind == "domain") {
        return dots_in_brackets(value);
    }
    if (kind == "mailbox") {
        const auto at = value.rfind('@');
        return at == std::string::npos
                   ? value
                   : value.substr(0, at) + "@" + dots_in_brackets(std::string_view{value}.substr(at + 1));
    }
    if (kind == "address") {
        return value + " in " + text_in(row, "network");
    }
    if (kind == "file") {
        return (value.empty() ? "(no name)" : value) + ", " + std::to_string(number_in(row, "size")) +
               " octets, sha256 " + text_in(row, "sha256");
    }
    return value;
}

std::string where(const Json& row, std::uint64_t messages)
{
    const std::string place = text_in(row, "place");
    std::string text = text_in(row, "found_in");
    if (place != "message") {
        text += ", " + place + " " + std::to_string(number_in(row, "source"));
    }
    if (messages > 1) {
        text = std::to_string(number_in(row, "message")) + ": " + text;
    }
    return text;
}

// Whose it is when it is not an attacker's, as far as that is known.
std::string remark(const Json& row)
{
    return flag_in(row, "ours") ? "  (ours)" : flag_in(row, "reporters") ? "  (who wrote to us)" : "";
}

}  // namespace

std::string render_evidence(const Json& detail, const View& view)
{
    const Json& rows = list_in(detail, "evidence");
    if (rows.empty()) {
        return {};
    }
    std::string out =
        "\n" +
        painted("Evidence, as strangers claim it; links cannot be followed here, --json has them exactly",
                Paint::strong, view.colour) +
        "\n";
    for (const Json& row : rows) {
        const std::string at = text_in(row, "at");
        const std::string line =
            fitted(core::printable_line(text_in(row, "kind")), kind_columns) + "  " +
            fitted(core::printable_line(at.empty() ? "-" : at), when_columns) + "  " +
            fitted(core::printable_line(where(row, number_in(detail, "messages"))), where_columns) + "  " +
            core::printable_line(shown_value(row)) + remark(row);
        const bool broken = view.wrap && view.columns > 8;
        bool first = true;
        for (const std::string& piece : broken ? wrapped(line, view.columns - 6) : std::vector{line}) {
            out += std::string{first ? "  " : "      "} + piece + "\n";
            first = false;
        }
    }
    if (flag_in(detail, "evidence_cut")) {
        out += "  there is more than is shown\n";
    }
    return out;
}

}  // namespace shield::cli
