// SPDX-License-Identifier: Apache-2.0
#include "json.hpp"

#include "store_fixture.hpp"

namespace shield::store::test {

TEST(StoreJson, AnAssessmentComesBackAsItWas)
{
    core::Assessment all = assessment(core::Category::attack, "s\xc3\xbc\x01\"\\", "text\r\n\xe2\x80\xae");
    all.reply_to = "r@x.example";
    all.to_and_cc = {"a@x.example", "b@x.example"};
    all.message_id = "<1@x>";
    all.references = {"<0@x>"};
    all.date = "yesterday";
    all.text_cut = true;
    all.language = "de";
    all.encryption = core::Encryption::smime;
    all.attachments = {{"../x", "a/b", "c/d", 9, core::sha256("y"), true}};
    all.defects = {"broken"};
    all.machine = {"auto-replied",    "bulk",  "List-Id", "all", "x-autoreply", "multipart/report",
                   "delivery-status", "reply", "us"};
    all.classification.reasons = {{"because", core::Category::urgent, 0.1}};
    all.classification.flags = {"spam"};
    all.evidence.sources = {{core::EvidencePlace::message, 0, true},
                            {core::EvidencePlace::pasted_header, 0, false}};
    all.evidence.items = {
        {core::EvidenceKind::address, 0, "Received 1", "203.0.113.9", {}, 0, core::from_unix_ms(1)},
        {core::EvidenceKind::file, 1, "attachment", "", core::sha256("y"), 9, {}}};
    EXPECT_EQ(assessment_from_json(to_json(all)), all);
    EXPECT_EQ(assessment_from_json(to_json(core::Assessment{})), core::Assessment{});
}

TEST(StoreJson, ARowThatIsOlderThanEvidenceHasNone)
{
    const core::Assessment old = assessment(core::Category::attack, "x");
    const std::string row = to_json(old);
    EXPECT_EQ(row.find("evidence"), std::string::npos);
    EXPECT_EQ(assessment_from_json(row), old);
}

TEST(StoreJson, EvidenceThatCannotBeIsDamaged)
{
    core::Assessment odd;
    odd.evidence.sources = {{}};
    odd.evidence.items = {{core::EvidenceKind::address, 0, "Received 1", "10.0.0.1", {}, 0, {}}};
    EXPECT_THROW((void)assessment_from_json(to_json(odd)), Damaged);
    odd.evidence.items[0].value = "203.0.113.9";
    EXPECT_EQ(assessment_from_json(to_json(odd)), odd);
    odd.evidence.items[0].source = 1;
    EXPECT_THROW((void)assessment_from_json(to_json(odd)), Damaged);
}

// Written by hand where it is fast and by the library where it is not plain: both read back the same.
TEST(StoreJson, EveryOctetAndEveryPairWithAQuoteComesBack)
{
    for (int octet = 0; octet < 0x80; ++octet) {
        for (const std::string& text :
             {std::string{static_cast<char>(octet)}, "\"" + std::string{static_cast<char>(octet)},
              "a\n" + std::string{static_cast<char>(octet)} + "\\"}) {
            EXPECT_EQ(words_from_json(to_json(std::vector{text, text})), (std::vector{text, text})) << octet;
        }
    }
}

TEST(StoreJson, NumbersComeBackToTheLastBit)
{
    core::Assessment odd;
    odd.classification.probabilities = {0.1, 1.0 / 3.0, 1e-300};
    odd.classification.reasons = {{"because", core::Category::urgent, -2.5e17}};
    EXPECT_EQ(assessment_from_json(to_json(odd)), odd);
}

TEST(StoreJson, WhatIsNotUtf8IsKeptReadable)
{
    core::Assessment odd;
    odd.subject = "a\xff\x62";
    EXPECT_EQ(assessment_from_json(to_json(odd)).subject, "a\xef\xbf\xbd\x62");
}

TEST(StoreJson, EveryShorterTextIsDamaged)
{
    const std::string whole = to_json(assessment(core::Category::attack, "x"));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_THROW((void)assessment_from_json(whole.substr(0, length)), Damaged) << length;
    }
    for (const char* text : {"null", "[]", "{}", "1", "{\"from\": 3}", "[[[[[[", "\"x\""}) {
        EXPECT_THROW((void)assessment_from_json(text), Damaged) << text;
        EXPECT_THROW((void)verdict_from_json(text), Damaged) << text;
    }
    EXPECT_THROW((void)words_from_json("[1]"), Damaged);
    EXPECT_THROW((void)recipients_from_json("[{\"local\": \"a\"}]"), Damaged);
    EXPECT_THROW((void)recipients_from_json(
                     R"([{"local":"a","domain":"b","mailbox":"c","category":"lunch","acknowledged":true}])"),
                 Damaged);
}

}  // namespace shield::store::test
