// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/auth/check.hpp>
#include <shield/auth/inquiry.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace shield::auth::test {

/// A DNS of TXT records: what has none is not there, and a single record "(failed)" is no answer.
struct TextZone {
    std::map<std::string, std::vector<std::string>> texts;

    [[nodiscard]] core::DnsAnswer answer(const core::DnsQuestion& question) const
    {
        const auto found = texts.find(question.name);
        core::DnsAnswer answer{core::DnsOutcome::no_name, {}, {}, {}};
        if (found == texts.end() || question.type != core::DnsType::txt) {
            return answer;
        }
        if (found->second.front() == "(failed)") {
            answer.outcome = core::DnsOutcome::failed;
            answer.failure = "SERVFAIL";
            return answer;
        }
        answer.outcome = core::DnsOutcome::records;
        for (const std::string& text : found->second) {
            answer.records.push_back({text});
        }
        return answer;
    }
};

/// The check's result, with all its questions answered from the zone.
template <typename T>
[[nodiscard]] T result_of(Check<T> check, Inquiry& inquiry, const TextZone& zone)
{
    check.start();
    for (auto questions = inquiry.take_questions(); !questions.empty(); questions = inquiry.take_questions()) {
        for (const core::DnsQuestion& question : questions) {
            inquiry.answer(question, zone.answer(question));
        }
    }
    return check.result();
}

}  // namespace shield::auth::test
