// SPDX-License-Identifier: Apache-2.0
// Every message of the shared corpus, as it is stored and with CRLF, and those of mail-parser against what it
// expects.
#include "mail_parser_expectation.hpp"

#include <shield/core/ascii.hpp>
#include <shield/mime/read.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <string>

namespace shield::mime {
namespace {

namespace fs = std::filesystem;

const fs::path mail = fs::path{SHIELD_SOURCE_DIR} / ".." / "shared" / "corpus" / "mail";
const fs::path accepted_list = fs::path{SHIELD_SOURCE_DIR} / "tests" / "corpus" / "mail_parser_differences.txt";

std::string slurp(const fs::path& path)
{
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string with_crlf(std::string_view octets)
{
    std::string converted;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (octets[i] == '\n' && (i == 0 || octets[i - 1] != '\r')) {
            converted += '\r';
        }
        converted += octets[i];
    }
    return converted;
}

void expect_within_bounds(const core::Assessment& assessment, const core::Limits& limits)
{
    EXPECT_LE(assessment.text.size(), limits.text_max);
    EXPECT_LE(assessment.attachments.size(), limits.mime_parts_max);
    EXPECT_LE(assessment.from.size(), limits.addresses_max);
    EXPECT_LE(assessment.references.size(), limits.references_max);
    EXPECT_LE(assessment.defects.size(), 50U);
    EXPECT_EQ(assessment.language.size(), 2U);
    EXPECT_TRUE(core::is_utf8(assessment.text));
    EXPECT_TRUE(core::is_utf8(assessment.subject));
    EXPECT_TRUE(core::is_utf8(assessment.from_shown));
    EXPECT_TRUE(core::is_utf8(assessment.date));
    for (const core::Attachment& attachment : assessment.attachments) {
        EXPECT_TRUE(core::is_utf8(attachment.name));
        EXPECT_TRUE(core::is_utf8(attachment.declared_type));
    }
}

// "rfc/003.eml\twhat\twhy", of which only the name matters here.
std::set<std::string> accepted_differences()
{
    std::set<std::string> names;
    std::ifstream file{accepted_list};
    for (std::string line; std::getline(file, line);) {
        if (!line.empty() && !line.starts_with('#')) {
            names.insert(line.substr(0, line.find('\t')));
        }
    }
    return names;
}

TEST(MailCorpus, EveryMessageIsReadWithinItsBounds)
{
    if (!fs::exists(mail)) {
        GTEST_SKIP() << "no shared corpus at " << mail;
    }
    const core::Limits limits;
    std::size_t count = 0;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator{mail}) {
        if (!entry.is_regular_file() || entry.path().extension() == ".json") {
            continue;
        }
        SCOPED_TRACE(entry.path().string());
        const std::string octets = slurp(entry.path());
        for (const std::string& form : {octets, with_crlf(octets)}) {
            const core::Assessment assessment = read(form, limits);
            expect_within_bounds(assessment, limits);
            for (std::size_t i = 0; i < std::min<std::size_t>(assessment.attachments.size(), 3); ++i) {
                const auto content = attachment(form, i + 1, limits);
                ASSERT_TRUE(content);
                EXPECT_EQ(core::sha256(*content), assessment.attachments[i].sha256);
            }
        }
        ++count;
    }
    EXPECT_GT(count, 1000U);
}

TEST(MailCorpus, PartTreesTextsAndNamesAreAsMailParserExpectsThem)
{
    const fs::path root = mail / "mail-parser" / "resources" / "eml";
    if (!fs::exists(root)) {
        GTEST_SKIP() << "no shared corpus at " << root;
    }
    const std::set<std::string> accepted = accepted_differences();
    std::set<std::string> met;
    std::size_t count = 0;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator{root}) {
        if (entry.path().extension() != ".eml") {
            continue;
        }
        const std::string octets = slurp(entry.path());
        const std::string name = fs::relative(entry.path(), root).string();
        const std::map<std::string, std::string> forms{{".json", octets}, {".crlf.json", with_crlf(octets)}};
        for (const auto& [extension, form] : forms) {
            const fs::path expectation = fs::path{entry.path()}.replace_extension(extension);
            Defects defects;
            const Document document = parse(form, core::Limits{}, defects);
            const std::vector<std::string> found = differences(document, nlohmann::json::parse(slurp(expectation)));
            if (!found.empty() && accepted.contains(name)) {
                met.insert(name);
            } else {
                EXPECT_THAT(found, testing::IsEmpty()) << name << " " << extension;
            }
            ++count;
        }
    }
    EXPECT_GT(count, 200U);
    EXPECT_EQ(met, accepted) << "a listed difference is no longer met: take it off the list";
}

}  // namespace
}  // namespace shield::mime
