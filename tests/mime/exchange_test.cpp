// SPDX-License-Identifier: Apache-2.0
#include <shield/mime/exchange.hpp>
#include <shield/mime/read.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <utility>
#include <vector>

namespace shield::mime {

namespace {

constexpr std::string_view message =
    "From: Ann <ann@example.net>\r\nTo: shield@example.com, desk@example.com\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\n"
    "Message-ID: <1@example.net>\r\nReferences: <0@example.net>\r\nAuto-Submitted: auto-replied\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\n\r\nsomeone changed my password\r\n"
    "--b\r\nContent-Type: application/pdf; name=proof.pdf\r\n\r\n%PDF-1.4\r\n--b--\r\n";

std::string ask(const std::string& head, std::string_view octets)
{
    return answer_to(head + std::string{octets});
}

/// One that fills every field, so that each of them can be made wrong.
core::Assessment full()
{
    core::Assessment full = read(message, {});
    full.reply_to = "ann@example.net";
    full.date = "Mon, 23 Nov 2026 10:00:00 +0000";
    full.machine.precedence = "bulk";
    core::EvidenceItem link;
    link.kind = core::EvidenceKind::url;
    link.found_in = "text";
    link.value = "http://evil.example/x";
    full.evidence = {{{}}, {link}};
    return full;
}

std::string fault_of(const core::Assessment& said, const core::Limits& limits = {})
{
    const auto believed = assessment_in(answer_with(said), limits, message);
    return believed ? std::string{} : core::Error{believed.error()}.sentence;
}

}  // namespace

TEST(Exchange, WhatIsReadElsewhereIsWhatIsReadHere)
{
    const core::Limits limits;
    const std::string answer = ask(question_head_to_read(limits), message);
    EXPECT_LE(answer.size(), answer_size_max(limits, message.size()));
    const auto read_there = assessment_in(answer, limits, message);
    ASSERT_TRUE(read_there) << read_there.error().sentence;
    EXPECT_EQ(*read_there, read(message, limits));
    EXPECT_EQ(read_there->attachments.size(), 1u);
    EXPECT_EQ(read_there->references.size(), 1u);
}

TEST(Exchange, IdentifiersThatDoNotStandInTheMessageAreNotBelieved)
{
    core::Assessment said = full();
    said.message_id = "<octets.of.another.message@attacker.example>";
    EXPECT_THAT(fault_of(said), testing::HasSubstr("message_id"));
    said = full();
    said.references.push_back("<shield.token.of.another.case@mx.example.com>");
    EXPECT_THAT(fault_of(said), testing::HasSubstr("references"));
}

TEST(Exchange, TheBoundsInForceTravelWithTheQuestion)
{
    core::Limits limits;
    limits.text_max = 7;
    const auto read_there = assessment_in(ask(question_head_to_read(limits), message), limits, message);
    ASSERT_TRUE(read_there);
    EXPECT_EQ(read_there->text, "someone");
    EXPECT_TRUE(read_there->text_cut);
}

TEST(Exchange, AnAttachmentComesBackOrDoesNotExist)
{
    const auto found = attachment_in(ask(question_head_for_attachment(1, {}), message), message.size());
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, attachment(message, 1, {}));
    const auto none = attachment_in(ask(question_head_for_attachment(2, {}), message), message.size());
    ASSERT_TRUE(none);
    EXPECT_EQ(*none, std::nullopt);
}

TEST(Exchange, AnAttachmentLargerThanItsMessageIsNotBelieved)
{
    const std::string octets(200'000, 'x');
    const std::string answer =
        ask(question_head_for_attachment(1, {}), "Content-Type: application/x\r\n\r\n" + octets);
    EXPECT_TRUE(attachment_in(answer, octets.size()));
    EXPECT_FALSE(attachment_in(answer, 100));
}

TEST(Exchange, AnAnswerToAnotherQuestionIsNotBelieved)
{
    EXPECT_FALSE(assessment_in(ask(question_head_for_attachment(1, {}), message), {}, message));
    EXPECT_FALSE(attachment_in(ask(question_head_to_read({}), message), message.size()));
}

TEST(Exchange, EveryFieldPastItsBoundIsNamed)
{
    using Edit = std::function<void(core::Assessment&)>;
    const core::Limits limits;
    const std::string too_long_id = "<" + std::string(250, 'a') + "@x>";
    const std::vector<std::pair<std::string, Edit>> edits{
        {"from", [&](auto& m) { m.from.assign(limits.addresses_max + 1, "a@b"); }},
        {"from", [](auto& m) { m.from = {std::string(321, 'a')}; }},
        {"from_shown", [&](auto& m) { m.from_shown.assign(limits.header_text_max + 1, 'a'); }},
        {"reply_to", [](auto& m) { m.reply_to.assign(321, 'a'); }},
        {"to_and_cc", [&](auto& m) { m.to_and_cc.assign(limits.addresses_max + 1, "a@b"); }},
        {"subject", [&](auto& m) { m.subject.assign(limits.header_text_max + 1, 'a'); }},
        {"subject", [](auto& m) { m.subject = "\xff"; }},
        {"message_id", [&](auto& m) { m.message_id = too_long_id; }},
        {"message_id", [](auto& m) { m.message_id = "<a@b>\r\nBcc: <c@d>"; }},
        {"references", [&](auto& m) { m.references.assign(limits.references_max + 1, "<a@b>"); }},
        {"references", [&](auto& m) { m.references = {too_long_id}; }},
        {"references", [](auto& m) { m.references = {"<a b@c>"}; }},
        {"date", [](auto& m) { m.date.assign(101, '1'); }},
        {"text", [&](auto& m) { m.text.assign(limits.text_max + 1, 'a'); }},
        {"text", [](auto& m) { m.text = "\xed\xa0\x80"; }},
        {"language", [](auto& m) { m.language = "e"; }},
        {"language", [](auto& m) { m.language = "../"; }},
        {"language", [](auto& m) { m.language = "EN"; }},
        {"encryption", [](auto& m) { m.encryption = static_cast<core::Encryption>(4); }},
        {"attachments", [&](auto& m) { m.attachments.resize(limits.mime_parts_max + 2); }},
        {"name", [&](auto& m) { m.attachments[0].name.assign(limits.header_text_max + 1, 'a'); }},
        {"declared_type", [](auto& m) { m.attachments[0].declared_type.assign(256, 'a'); }},
        {"sniffed_type", [](auto& m) { m.attachments[0].sniffed_type.assign(256, 'a'); }},
        {"size", [](auto& m) { m.attachments[0].size = UINT64_MAX; }},
        {"defects", [](auto& m) { m.defects.assign(51, "x"); }},
        {"defects", [](auto& m) { m.defects = {std::string(201, 'x')}; }},
        {"auto_submitted", [](auto& m) { m.machine.auto_submitted.assign(201, 'a'); }},
        {"precedence", [](auto& m) { m.machine.precedence.assign(201, 'a'); }},
        {"list_field", [](auto& m) { m.machine.list_field.assign(201, 'a'); }},
        {"auto_response_suppress", [](auto& m) { m.machine.auto_response_suppress.assign(201, 'a'); }},
        {"autoreply_field", [](auto& m) { m.machine.autoreply_field.assign(201, 'a'); }},
        {"content_type", [](auto& m) { m.machine.content_type.assign(201, 'a'); }},
        {"report_type", [](auto& m) { m.machine.report_type.assign(201, 'a'); }},
        {"calendar_method", [](auto& m) { m.machine.calendar_method.assign(201, 'a'); }},
        {"loop", [](auto& m) { m.machine.loop.assign(201, 'a'); }},
        {"sources", [](auto& m) { m.evidence.sources.resize(core::Evidence::sources_max + 1); }},
        {"place", [](auto& m) { m.evidence.sources[0].place = static_cast<core::EvidencePlace>(5); }},
        {"within", [](auto& m) { m.evidence.sources[0].within = 1; }},
        {"evidence", [&](auto& m) { m.evidence.items.assign(limits.evidence_max + 1, m.evidence.items[0]); }},
        {"kind", [](auto& m) { m.evidence.items[0].kind = static_cast<core::EvidenceKind>(9); }},
        {"source", [](auto& m) { m.evidence.items[0].source = core::Evidence::sources_max; }},
        {"evidence", [](auto& m) { m.evidence.items[0].source = 1; }},
        {"found_in", [](auto& m) { m.evidence.items[0].found_in.assign(core::Evidence::found_in_max + 1, 'a'); }},
        {"evidence", [](auto& m) { m.evidence.items[0].found_in = "a\nb"; }},
        {"value", [](auto& m) { m.evidence.items[0].value.assign(core::Evidence::value_max + 1, 'a'); }},
        {"evidence", [](auto& m) { m.evidence.items[0].value = "http://evil.example/ x"; }},
        {"evidence", [](auto& m) { m.evidence.items[0].kind = core::EvidenceKind::address; }},
        {"evidence", [](auto& m) { m.evidence.items[0].at = core::from_unix_ms(INT64_C(253402300800000)); }},
        {"evidence",
         [](auto& m) {
             m.evidence.items[0].value = "http://x.example/" + std::string(2000, 'a');
             m.evidence.items.assign(100, m.evidence.items[0]);
         }},
    };
    ASSERT_EQ(fault_of(full()), "");
    for (const auto& [name, edit] : edits) {
        core::Assessment said = full();
        edit(said);
        EXPECT_EQ(fault_of(said), "what the process that read it answered cannot be: " + name);
    }
}

TEST(Exchange, AnAnswerCutAnywhereOrWithMoreBehindItIsNotBelieved)
{
    const std::string whole = answer_with(full());
    ASSERT_TRUE(assessment_in(whole, {}, message));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(assessment_in(std::string_view{whole}.substr(0, size), {}, message)) << size;
    }
    EXPECT_FALSE(assessment_in(whole + "x", {}, message));
}

TEST(Exchange, WhateverOctetsAreChangedWhatIsBelievedKeepsTheBounds)
{
    const core::Limits limits;
    const std::string whole = answer_with(full());
    std::mt19937 chance{1};  // the same every time
    std::uniform_int_distribution<std::size_t> place{0, whole.size() - 1};
    std::uniform_int_distribution<int> octet{0, 255};
    int believed = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string changed = whole;
        for (int i = 0; i <= round % 4; ++i) {
            changed[place(chance)] = static_cast<char>(octet(chance));
        }
        if (const auto said = assessment_in(changed, limits, message)) {
            ++believed;
            EXPECT_LE(said->text.size(), limits.text_max);
            EXPECT_LE(said->attachments.size(), limits.mime_parts_max + 1);
            EXPECT_LE(said->encryption, core::Encryption::smime);
        }
    }
    EXPECT_GT(believed, 0);
    EXPECT_LT(believed, 20000);
}

TEST(Exchange, AQuestionThatNobodyAsksIsOurOwnMistake)
{
    EXPECT_THROW((void)answer_to(""), std::logic_error);
    EXPECT_THROW((void)answer_to(std::string(2000, '\x09')), std::logic_error);
}

}  // namespace shield::mime
