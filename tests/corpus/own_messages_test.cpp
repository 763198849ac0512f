// SPDX-License-Identifier: Apache-2.0
// The messages of this folder, each beside what must be read from it: NNN_name.eml (with LF here, given with CRLF)
// and NNN_name.expect, a line "key: value" for every fact. A key that may repeat names its values in order; "text
// has", "text lacks" and "defect" look for a part; "attachments" and "defects" count.
#include <shield/core/ascii.hpp>
#include <shield/mime/read.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace shield::mime {
namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path{SHIELD_SOURCE_DIR} / "tests" / "corpus";

using Facts = std::map<std::string, std::vector<std::string>>;

std::string slurp(const fs::path& path)
{
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string with_crlf(std::string_view octets)
{
    std::string converted;
    for (const char c : octets) {
        converted += c == '\n' ? "\r\n" : std::string{c};
    }
    return converted;
}

Facts read_facts(const fs::path& path)
{
    Facts facts;
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
        const std::size_t colon = line.find(':');
        facts[line.substr(0, colon)].emplace_back(core::trimmed(std::string_view{line}.substr(colon + 1)));
    }
    return facts;
}

std::string one_line(std::string_view text)
{
    std::string line;
    for (const char c : core::trimmed(text)) {
        line += c == '\n' ? ' ' : c;
    }
    return line;
}

// "name | declared type | sniffed type | size", and "| embedded" for a message.
std::string described(const core::Attachment& attachment)
{
    std::string line;
    for (const std::string& piece : {attachment.name, attachment.declared_type, attachment.sniffed_type}) {
        line += piece.empty() ? "| " : piece + " | ";
    }
    return line + std::to_string(attachment.size) + (attachment.embedded_message ? " | embedded" : "");
}

std::string squeezed(std::string_view line)
{
    std::string kept;
    for (const char c : line) {
        if (c != ' ' || (!kept.empty() && kept.back() != ' ' && kept.back() != '|')) {
            kept += c;
        }
        if (c == '|' && kept.size() > 1 && kept[kept.size() - 2] == ' ') {
            kept.erase(kept.size() - 2, 1);
        }
    }
    return kept;
}

Facts facts_of(const core::Assessment& assessment)
{
    Facts facts{{"from", assessment.from},
                {"from_shown", {assessment.from_shown}},
                {"reply_to", {assessment.reply_to}},
                {"to_and_cc", assessment.to_and_cc},
                {"subject", {assessment.subject}},
                {"message_id", {assessment.message_id}},
                {"reference", assessment.references},
                {"date", {assessment.date}},
                {"text is", {one_line(assessment.text)}},
                {"language", {assessment.language}},
                {"encryption", {std::string{core::to_string(assessment.encryption)}}},
                {"attachments", {std::to_string(assessment.attachments.size())}},
                {"defects", {std::to_string(assessment.defects.size())}},
                {"auto_submitted", {assessment.machine.auto_submitted}},
                {"precedence", {assessment.machine.precedence}},
                {"list_field", {assessment.machine.list_field}},
                {"auto_response_suppress", {assessment.machine.auto_response_suppress}},
                {"autoreply_field", {assessment.machine.autoreply_field}},
                {"content_type", {assessment.machine.content_type}},
                {"report_type", {assessment.machine.report_type}},
                {"calendar_method", {assessment.machine.calendar_method}},
                {"loop", {assessment.machine.loop}}};
    for (const core::Attachment& attachment : assessment.attachments) {
        facts["attachment"].push_back(squeezed(described(attachment)));
    }
    return facts;
}

void expect_facts(const core::Assessment& assessment, const Facts& expected)
{
    const Facts actual = facts_of(assessment);
    for (auto [key, values] : expected) {
        SCOPED_TRACE(key);
        if (key == "text has" || key == "text lacks") {
            for (const std::string& value : values) {
                EXPECT_EQ(assessment.text.find(value) != std::string::npos, key == "text has")
                    << value << "\n--- in ---\n"
                    << assessment.text;
            }
        } else if (key == "defect") {
            for (const std::string& value : values) {
                EXPECT_THAT(assessment.defects, testing::Contains(testing::HasSubstr(value)));
            }
        } else {
            if (key == "attachment") {
                std::transform(values.begin(), values.end(), values.begin(), squeezed);
            }
            ASSERT_TRUE(actual.contains(key)) << "no such fact";
            EXPECT_EQ(actual.at(key), values) << testing::PrintToString(assessment.defects);
        }
    }
}

TEST(OwnMessages, AreReadAsExpected)
{
    std::size_t count = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator{folder}) {
        if (entry.path().extension() == ".eml") {
            SCOPED_TRACE(entry.path().filename().string());
            const std::string octets = with_crlf(slurp(entry.path()));
            expect_facts(read(octets, core::Limits{}),
                         read_facts(fs::path{entry.path()}.replace_extension(".expect")));
            ++count;
        }
    }
    EXPECT_GE(count, 14U);
}

TEST(OwnMessages, AreReadAtEveryPlaceTheyCouldBeCut)
{
    for (const fs::directory_entry& entry : fs::directory_iterator{folder}) {
        if (entry.path().extension() == ".eml") {
            SCOPED_TRACE(entry.path().filename().string());
            const std::string octets = with_crlf(slurp(entry.path()));
            for (std::size_t length = 0; length < octets.size(); length += 3) {
                const core::Assessment assessment =
                    read(std::string_view{octets}.substr(0, length), core::Limits{});
                ASSERT_TRUE(core::is_utf8(assessment.text)) << "at " << length;
            }
        }
    }
}

}  // namespace
}  // namespace shield::mime
