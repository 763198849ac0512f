// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/mime/read.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::mime {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

/// One line an item: "source place | kind value | where it was found".
std::vector<std::string> lines_of(const core::Evidence& evidence)
{
    std::vector<std::string> lines;
    for (const core::EvidenceItem& item : evidence.items) {
        lines.push_back(std::to_string(item.source) + " " +
                        std::string{to_string(evidence.sources.at(item.source).place)} + " | " +
                        std::string{to_string(item.kind)} + " " + item.value + " | " + item.found_in);
    }
    return lines;
}

std::vector<std::string> evidence_in(std::string_view message)
{
    return lines_of(read(message, {}).evidence);
}

const std::string attack =
    "Return-Path: <bounce@bomb.example>\n"
    "Received: from mx.reporter.example (mx [10.0.0.4]) by store.reporter.example; Mon, 23 Nov 2026 09:00:02 "
    "+0000\n"
    "Received: from bomb.example (unknown [203.0.113.9])\n\tby mx.reporter.example with ESMTP;\n"
    "\tMon, 23 Nov 2026 09:00:01 +0000\n"
    "From: \"Your bank\" <mallory@bomb.example>\n"
    "To: ada@reporter.example\n"
    "Reply-To: mule@drop.example\n"
    "Subject: =?utf-8?q?Confirm_now?=\n"
    "Date: Mon, 23 Nov 2026 09:00:00 +0000\n"
    "Message-ID: <1@bomb.example>\n"
    "Content-Type: multipart/mixed; boundary=in\n\n"
    "--in\nContent-Type: text/plain\n\nGo to https://login.bomb.example/x now.\n"
    "--in\nContent-Type: application/pdf; name=invoice.pdf\n\n%PDF-1.4\n"
    "--in--\n";

std::string forwarded(const std::string& type, const std::string& octets)
{
    return "From: ada@reporter.example\nTo: shield@example.com\nSubject: I am bombed\n"
           "Date: Mon, 23 Nov 2026 10:00:00 +0000\n"
           "Received: from reporter.example ([198.51.100.5]) by mx.example.com; Mon, 23 Nov 2026 10:00:01 +0000\n"
           "Content-Type: multipart/mixed; boundary=out\n\n"
           "--out\nContent-Type: text/plain\n\nHelp, see hxxp://drop[.]example/ too.\n"
           "--out\nContent-Type: " +
           type + "\n\n" + octets + "\n--out--\n";
}

const std::vector<std::string> of_the_attack{"mailbox bounce@bomb.example | Return-Path",
                                             "domain bomb.example | Return-Path",
                                             "address 203.0.113.9 | Received 2",
                                             "mailbox mallory@bomb.example | From",
                                             "mailbox mule@drop.example | Reply-To",
                                             "domain drop.example | Reply-To",
                                             "subject Confirm now | Subject",
                                             "time Mon, 23 Nov 2026 09:00:00 +0000 | Date",
                                             "message_id <1@bomb.example> | Message-ID"};

TEST(Evidence, OfMailForwardedAsAttachmentIsWhoSentItFromWhereWithWhat)
{
    const auto lines = evidence_in(forwarded("message/rfc822", attack));
    for (const std::string& line : of_the_attack) {
        EXPECT_THAT(lines, Contains("1 attached message | " + line));
    }
    EXPECT_THAT(lines, Contains("1 attached message | url https://login.bomb.example/x | text"));
    EXPECT_THAT(lines, Contains("1 attached message | domain login.bomb.example | text"));
    EXPECT_THAT(lines, Contains("1 attached message | file invoice.pdf | attachment"));
    EXPECT_THAT(lines, Contains("0 message | url http://drop.example/ | text"));
    EXPECT_THAT(lines, Contains("0 message | address 198.51.100.5 | Received 1"));
    EXPECT_THAT(lines, Not(Contains(HasSubstr("10.0.0.4"))));
    EXPECT_THAT(lines, Not(Contains(HasSubstr("ada@reporter.example"))));
}

TEST(Evidence, OfAReceivedFieldHasItsTime)
{
    const auto evidence = read(forwarded("message/rfc822", attack), {}).evidence;
    const auto hop = std::find_if(evidence.items.begin(), evidence.items.end(),
                                  [](const auto& item) { return item.value == "203.0.113.9"; });
    ASSERT_NE(hop, evidence.items.end());
    ASSERT_TRUE(hop->at);
    EXPECT_EQ(core::to_rfc3339(*hop->at), "2026-11-23T09:00:01Z");
}

TEST(Evidence, OfAFileIsTheDigestOfItsContent)
{
    const auto evidence = read(forwarded("message/rfc822", attack), {}).evidence;
    const auto file = std::find_if(evidence.items.begin(), evidence.items.end(),
                                   [](const auto& item) { return item.kind == core::EvidenceKind::file; });
    ASSERT_NE(file, evidence.items.end());
    EXPECT_EQ(file->sha256, core::sha256("%PDF-1.4"));
    EXPECT_EQ(file->size, 8U);
}

TEST(Evidence, OfAForwardedHeaderAloneIsTheSame)
{
    const std::string header = attack.substr(0, attack.find("\n\n"));
    const auto lines = evidence_in(forwarded("text/rfc822-headers", header));
    for (const std::string& line : of_the_attack) {
        EXPECT_THAT(lines, Contains("1 attached header | " + line));
    }
}

TEST(Evidence, OfAnEmlFileIsTheSameWhateverItsTypeAndEncoding)
{
    const auto lines = evidence_in(forwarded("application/octet-stream; name=\"attack.EML\"", attack));
    EXPECT_THAT(lines, Contains("1 attached message | address 203.0.113.9 | Received 2"));
    EXPECT_THAT(lines, Not(Contains(HasSubstr("attack.EML"))));
}

std::string pasted(const std::string& text)
{
    return "From: ada@reporter.example\nSubject: I am bombed\nContent-Type: text/plain; charset=utf-8\n\n" + text;
}

TEST(Evidence, OfAHeaderPastedIntoTheTextIsTheSame)
{
    const std::string header = attack.substr(0, attack.find("Content-Type"));
    for (const char* mark : {"", "> ", "> > ", "| "}) {
        std::string quoted = "Hello,\nthis came:\n\n";
        for (const std::string_view line : core::split(header, '\n')) {
            quoted += mark + std::string{line} + "\n";
        }
        const auto lines = evidence_in(pasted(quoted + mark + "\n" + mark + "http://in.bomb.example/\n"));
        for (const std::string& line : of_the_attack) {
            EXPECT_THAT(lines, Contains("1 pasted header | " + line)) << mark;
        }
        EXPECT_THAT(lines, Contains("1 pasted header | url http://in.bomb.example/ | text")) << mark;
    }
}

TEST(Evidence, OfAHeaderAsProgramsShowItIsWhoWroteWhen)
{
    EXPECT_THAT(
        evidence_in(pasted("It goes on.\n\n-----Original Message-----\n*From:* Bank <mallory@bomb.example>\n"
                           "*Sent:* Monday, November 23, 2026 9:07 AM\n*To:* ada@reporter.example\n"
                           "*Subject:* Confirm\n\nhttp://bomb.example/a\n\n"
                           "Von: mule@drop.example\nGesendet: Montag, 23. November 2026 09:08\nBetreff: Zwei\n")),
        UnorderedElementsAre(
            "1 pasted header | time Monday, November 23, 2026 9:07 AM | Date",
            "1 pasted header | mailbox mallory@bomb.example | From", "1 pasted header | domain bomb.example | From",
            "1 pasted header | subject Confirm | Subject", "1 pasted header | url http://bomb.example/a | text",
            "2 pasted header | mailbox mule@drop.example | From", "2 pasted header | domain drop.example | From",
            "2 pasted header | subject Zwei | Subject"));
}

TEST(Evidence, OfAPastedHeaderWhoseLinesWereWrappedIsFoundAllTheSame)
{
    EXPECT_THAT(
        evidence_in(pasted("Received: from bomb.example (unknown\n[203.0.113.9])\nby mx.reporter.example with\n"
                           "ESMTP; Mon, 23 Nov 2026 09:00:01 +0000\nFrom: mallory@bomb.example\n")),
        Contains("1 pasted header | address 203.0.113.9 | Received 1"));
}

TEST(Evidence, WordsWithColonsAreNoHeader)
{
    EXPECT_THAT(evidence_in(pasted("Steps: open the page\nTo: everybody\nNote: From: is missing\nFrom: nowhere\n\n"
                                   "Subject: only this\n")),
                Not(Contains(HasSubstr("mailbox"))));
}

TEST(Evidence, OfAComplaintIsWhatItsFieldsSay)
{
    const std::string arf =
        "From: feedback@isp.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=arf\n\n"
        "--arf\nContent-Type: text/plain\n\nThis is an abuse report.\n"
        "--arf\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\nSource-IP: 203.0.113.9\n"
        "Arrival-Date: Mon, 23 Nov 2026 09:00:00 +0000\nReported-Domain: bomb.example\n"
        "--arf\nContent-Type: message/rfc822\n\n" +
        attack + "\n--arf--\n";
    const auto lines = evidence_in(arf);
    EXPECT_THAT(lines, Contains("1 complaint | complaint abuse | feedback-type"));
    EXPECT_THAT(lines, Contains("1 complaint | address 203.0.113.9 | source-ip"));
    EXPECT_THAT(lines, Contains("2 attached message | address 203.0.113.9 | Received 2"));
}

TEST(Evidence, OfXarfIsReadOnlyWhereTheMessageSaysThatItIsOne)
{
    const auto message = [](const std::string& field) {
        return "From: noc@reporter.example\n" + field +
               "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nHello\n"
               "--x\nContent-Type: text/plain; name=\"report.txt\"\n\nCategory: abuse\nSource: "
               "203.0.113.9\n--x--\n";
    };
    EXPECT_THAT(evidence_in(message("X-XARF: PLAIN\n")), Contains("1 complaint | address 203.0.113.9 | source"));
    EXPECT_THAT(evidence_in(message("")), ElementsAre("0 message | file report.txt | attachment"));
}

TEST(Evidence, OfALinkInTheHtmlBesideAPlainTextIsFound)
{
    EXPECT_THAT(
        evidence_in("Content-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\nHi\n"
                    "--x\nContent-Type: text/html\n\n<a href=\"https://bomb.example/?a&amp;b\">x</a>\n--x--\n"),
        Contains("0 message | url https://bomb.example/?a&b | HTML"));
}

std::string nested(unsigned depth)
{
    std::string message = attack;
    for (unsigned i = 0; i < depth; ++i) {
        message = "From: a" + std::to_string(i) + "@hop.example\nContent-Type: message/rfc822\n\n" + message;
    }
    return message;
}

TEST(Evidence, IsLookedForInMailWithinMailToADepth)
{
    EXPECT_THAT(evidence_in(nested(5)), Contains(HasSubstr("203.0.113.9")));
    const auto deeper = read(nested(6), {});
    EXPECT_THAT(lines_of(deeper.evidence), Not(Contains(HasSubstr("203.0.113.9"))));
    EXPECT_THAT(deeper.defects, Contains(HasSubstr("nested too deeply")));
}

TEST(Evidence, IsCutAtEvidenceMaxAndTheCaseSaysSo)
{
    core::Limits limits;
    limits.evidence_max = 7;
    std::string text;
    for (int i = 0; i < 20; ++i) {
        text += "http://a" + std::to_string(i) + ".example/\n";
    }
    const auto cut = read(pasted(text), limits);
    EXPECT_EQ(cut.evidence.items.size(), 7U);
    EXPECT_THAT(cut.defects, Contains(HasSubstr("(evidence_max)")));
    EXPECT_THAT(read(pasted(text), {}).defects, Not(Contains(HasSubstr("evidence"))));
}

TEST(Evidence, OfManyForwardedMailsIsThatOfTheFirst)
{
    std::string text;
    for (int i = 0; i < 100; ++i) {
        text += "From: m" + std::to_string(i) + "@bomb.example\nSubject: x\n\nHello\n\n";
    }
    const auto many = read(pasted(text), {});
    EXPECT_EQ(many.evidence.sources.size(), core::Evidence::sources_max);
    EXPECT_THAT(many.defects, Contains(HasSubstr("more attached or pasted mail")));
}

TEST(Evidence, OfAnOrdinaryMessageIsNone)
{
    EXPECT_THAT(evidence_in(pasted("How do I change my address?\n")), IsEmpty());
}

}  // namespace
}  // namespace shield::mime
