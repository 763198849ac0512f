// SPDX-License-Identifier: Apache-2.0
#include "doctor.hpp"

#include "columns.hpp"
#include "octets.hpp"

#include <shield/core/printable.hpp>

#include <algorithm>
#include <iostream>

namespace shield::cli {

namespace {

Json finding(const char* level, const std::string& found, const std::string& remedy)
{
    return {{"check", "daemon"}, {"level", level}, {"found", found}, {"remedy", remedy}};
}

}  // namespace

std::string render_findings(const Json& findings, bool colour)
{
    constexpr std::size_t level_columns = 4;
    constexpr std::size_t check_columns = 12;
    std::string out;
    for (const Json& one : findings) {
        const std::string level = text_in(one, "level");
        const std::string word = fitted(core::printable_line(level), level_columns);
        out += level == "ok" ? word : painted(word, level == "fail" ? Paint::alarm : Paint::warning, colour);
        out += "  " + fitted(core::printable_line(text_in(one, "check")), check_columns) + "  " +
               core::printable_line(text_in(one, "found")) + "\n";
        if (const std::string remedy = text_in(one, "remedy"); !remedy.empty()) {
            out += "      " + core::printable_line(remedy) + "\n";
        }
    }
    return out;
}

int doctor(const Arguments& arguments, DeskLine& desk)
{
    const Reply reply = desk.ask({{"command", "doctor"}});
    Json findings = Json::array();
    if (!reply.result.is_array()) {
        findings.push_back(finding("fail", reply.error.empty() ? "no answer" : reply.error,
                                   "look whether shieldd runs, and at its log"));
    } else if (desk.is_local()) {
        findings.push_back(finding("fail", "shieldd does not run: no mail comes in", "start it"));
    } else {
        findings.push_back(finding("ok", "shieldd answers", ""));
    }
    if (reply.result.is_array()) {
        findings.insert(findings.end(), reply.result.begin(), reply.result.end());
    }
    arguments.json ? print_json(findings) : void(std::cout << render_findings(findings, view_of_output().colour));
    return std::all_of(findings.begin(), findings.end(),
                       [](const Json& one) { return text_in(one, "level") == "ok"; })
               ? 0
               : 1;
}

}  // namespace shield::cli
