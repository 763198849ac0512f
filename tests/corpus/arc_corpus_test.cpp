// SPDX-License-Identifier: Apache-2.0
// The validation half of the ARC test suite in the shared corpus.
#include <shield/auth/arc.hpp>

#include <auth/answers.hpp>
#include <corpus/auth_files.hpp>
#include <gmock/gmock.h>

#include <iostream>
#include <set>
#include <sstream>

namespace shield::auth::test {

namespace {

const std::filesystem::path suite = corpus / "arc" / "arc-draft-validation-tests.yml";
const core::Time now = core::from_unix_ms(1'795'000'000'000);

// Tests that do not agree with "the AMS header field has the same syntax and semantics as the DKIM-Signature field
// [RFC6376], with three (3) differences" (RFC 8617 section 4.1.2), of which neither is one.
const std::set<std::string> wrong{
    // Expects pass for an empty h=. "The From header field MUST be signed" (RFC 6376 section 5.4). Such a set could
    // be put on mail of anybody.
    "ams_fields_h_empty",
    // Expects pass for a relaxed header without c=. "[...] the default of "simple/simple"" (RFC 6376 section 3.5).
    "ams_fields_c_na",
};

struct Scenario {
    struct Test {
        std::string name, message, expected;
    };
    std::vector<Test> tests;
    TextZone zone;
};

std::size_t indent_of(const std::string& line)
{
    return line.find_first_not_of(' ') == std::string::npos ? std::string::npos : line.find_first_not_of(' ');
}

std::string stripped(const std::string& text)
{
    const std::size_t begin = text.find_first_not_of(" \n");
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \n") + 1 - begin);
}

/// As much of YAML as the suite uses: documents, keys by their indentation, literal ("|") and folded (">-") blocks.
class Reader {
public:
    explicit Reader(const std::string& text)
    {
        std::istringstream stream{text};
        for (std::string line; std::getline(stream, line);) {
            lines_.push_back(line);
        }
    }

    std::vector<Scenario> read()
    {
        std::vector<Scenario> scenarios{{}};
        std::string section;
        while (at_ < lines_.size()) {
            const std::string line = lines_[at_++];
            if (line.starts_with("---")) {
                scenarios.emplace_back();
            } else if (const std::size_t indent = indent_of(line); indent != std::string::npos) {
                section = indent == 0 ? stripped(line) : section;
                take(line, indent, section, scenarios.back());
            }
        }
        return scenarios;
    }

private:
    void take(const std::string& line, std::size_t indent, const std::string& section, Scenario& scenario)
    {
        const std::string key = stripped(line.substr(0, line.find(':')));
        const std::string value =
            line.find(':') == std::string::npos ? "" : stripped(line.substr(line.find(':') + 1));
        if (section == "tests:" && indent == 2) {
            scenario.tests.push_back({key, {}, {}});
        } else if (section == "tests:" && indent == 4 && key == "message") {
            EXPECT_EQ(value, "|");
            scenario.tests.back().message = literal();
        } else if (section == "tests:" && indent == 4 && key == "cv") {
            scenario.tests.back().expected = value == "|" ? stripped(literal()) : value;
        } else if (section == "txt-records:" && indent == 2) {
            EXPECT_EQ(value, ">-");
            scenario.zone.texts[key] = {folded()};
        }
    }

    // Without the indentation of its first line; ends before a line that has less. One line feed ends it.
    std::string literal()
    {
        std::string text;
        constexpr std::size_t indent = 6;
        while (at_ < lines_.size() &&
               (indent_of(lines_[at_]) == std::string::npos || indent_of(lines_[at_]) >= indent)) {
            const std::string& line = lines_[at_++];
            text += (line.size() > indent ? line.substr(indent) : "") + "\n";
        }
        while (text.ends_with("\n\n")) {
            text.pop_back();
        }
        return text == "\n" ? "" : text;
    }

    std::string folded()
    {
        std::string text;
        while (at_ < lines_.size() && indent_of(lines_[at_]) != std::string::npos && indent_of(lines_[at_]) >= 4) {
            text += (text.empty() ? "" : " ") + stripped(lines_[at_++]);
        }
        return text;
    }

    std::vector<std::string> lines_;
    std::size_t at_{0};
};

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

}  // namespace

TEST(ArcCorpus, EveryChainIsValidatedAsTheSuiteExpects)
{
    if (!std::filesystem::exists(suite)) {
        GTEST_SKIP() << "no shared corpus at " << suite;
    }
    std::size_t count = 0;
    for (const Scenario& scenario : Reader{slurp(suite)}.read()) {
        for (const Scenario::Test& test : scenario.tests) {
            SCOPED_TRACE(test.name);
            Inquiry inquiry{40};
            const Signatures signatures = read_signatures(with_crlf(test.message), core::Limits{});
            const ArcFinding finding = result_of(check_arc(inquiry, signatures, now), inquiry, scenario.zone);
            // An empty one is a seal of cv=fail: RFC 8617 section 5.2, step 2 ends with "fail".
            const std::string expected = test.expected.empty() ? "fail" : lower(test.expected);
            EXPECT_EQ(std::string{to_string(finding.result)} == expected, !wrong.contains(test.name))
                << finding.reason;
            ++count;
        }
    }
    EXPECT_GT(count, 100U);
    std::cout << count << " chains of the suite, of which " << wrong.size() << " are held to be wrong\n";
}

}  // namespace shield::auth::test
