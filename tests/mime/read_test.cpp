// SPDX-License-Identifier: Apache-2.0
#include "header_facts.hpp"

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

core::Assessment assessed(std::string_view octets, const core::Limits& limits = {})
{
    return read(octets, limits);
}

std::string in_multipart(std::string_view subtype, const std::vector<std::string>& parts)
{
    std::string message =
        "From: a@b.example\r\nDate: x\r\nContent-Type: multipart/" + std::string{subtype} + "; boundary=b\r\n\r\n";
    for (const std::string& part : parts) {
        message += "--b\r\n" + part + "\r\n";
    }
    return message + "--b--\r\n";
}

TEST(Read, AnythingIsAMessage)
{
    for (const std::string_view octets : {"", "\r\n", ":", "hello", "\r", "\n\n\n", " folded", "--", "From "}) {
        const core::Assessment assessment = assessed(octets);
        EXPECT_THAT(assessment.defects, Contains("There is no From field.")) << octets;
        EXPECT_EQ(assessment.language, "en");
    }
    EXPECT_EQ(assessed("hello").text, "hello");
}

TEST(Read, PlainTextIsPreferredToHtml)
{
    const std::string plain = "Content-Type: text/plain\r\n\r\nplain";
    const std::string html = "Content-Type: text/html\r\n\r\n<p>html";
    EXPECT_EQ(assessed(in_multipart("alternative", {plain, html})).text, "plain");
    EXPECT_EQ(assessed(in_multipart("alternative", {html, plain})).text, "plain");
    EXPECT_THAT(assessed(in_multipart("alternative", {html, plain})).attachments, IsEmpty());
}

TEST(Read, ABlankPlainTextGivesWayToHtml)
{
    EXPECT_EQ(assessed(in_multipart("alternative", {"Content-Type: text/plain\r\n\r\n \r\n",
                                                    "Content-Type: text/html\r\n\r\n<p>html"}))
                  .text,
              "html");
}

TEST(Read, AllInlineTextsAreReadInOrder)
{
    EXPECT_EQ(
        assessed(in_multipart("mixed", {"\r\none", "Content-Type: text/html\r\n\r\n<b>two</b>", "\r\nthree"})).text,
        "one\ntwo\nthree");
}

TEST(Read, NamedOrAttachedTextsAreAttachments)
{
    const core::Assessment assessment =
        assessed(in_multipart("mixed", {"\r\ntext", "Content-Type: text/plain; name=log.txt\r\n\r\nlog",
                                        "Content-Disposition: attachment\r\n\r\nmore"}));
    EXPECT_EQ(assessment.text, "text");
    ASSERT_EQ(assessment.attachments.size(), 2U);
    EXPECT_EQ(assessment.attachments[0].name, "log.txt");
    EXPECT_EQ(assessment.attachments[1].declared_type, "application/octet-stream");
}

TEST(Read, AMessageThatIsOneNamedTextIsStillRead)
{
    EXPECT_EQ(assessed("Content-Type: text/plain; name=mail.txt\r\n\r\nhelp").text, "help");
}

TEST(Read, PicturesOfHtmlAreAttachments)
{
    const core::Assessment assessment = assessed(in_multipart(
        "related",
        {"Content-Type: text/html\r\n\r\n<p>x<img src=cid:1>",
         "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <1>\r\n\r\niVBORw0KGgo="}));
    EXPECT_EQ(assessment.text, "x");
    ASSERT_EQ(assessment.attachments.size(), 1U);
    EXPECT_EQ(assessment.attachments[0].sniffed_type, "image/png");
    EXPECT_EQ(assessment.attachments[0].size, 8U);
}

TEST(Read, AttachmentsAreNumberedAsTheyAreFetched)
{
    const std::string message = in_multipart(
        "mixed", {"\r\ntext", "Content-Type: application/x-a\r\n\r\nfirst",
                  "Content-Type: application/x-b\r\nContent-Transfer-Encoding: base64\r\n\r\nc2Vjb25k"});
    const core::Assessment assessment = assessed(message);
    ASSERT_EQ(assessment.attachments.size(), 2U);
    EXPECT_EQ(attachment(message, 1, {}), "first");
    EXPECT_EQ(attachment(message, 2, {}), "second");
    EXPECT_EQ(assessment.attachments[1].sha256, core::sha256("second"));
    EXPECT_EQ(attachment(message, 0, {}), std::nullopt);
    EXPECT_EQ(attachment(message, 3, {}), std::nullopt);
}

TEST(Read, TextIsCutBetweenCharacters)
{
    core::Limits limits;
    limits.text_max = 5;
    const core::Assessment assessment = assessed("\r\nabcd\xc3\xa4\xc3\xa4", limits);
    EXPECT_EQ(assessment.text, "abcd");
    EXPECT_TRUE(assessment.text_cut);
    EXPECT_THAT(assessment.defects, Contains(HasSubstr("text_max")));
    EXPECT_FALSE(assessed("\r\nabcd").text_cut);
}

TEST(Read, EachCutNamesItsBoundAndNoOther)
{
    core::Limits limits;
    limits.html_max = 30;
    limits.html_depth_max = 2;
    const auto long_html = assessed("Content-Type: text/html\r\n\r\n" + std::string(40, 'x'), limits);
    EXPECT_TRUE(long_html.text_cut);
    EXPECT_THAT(long_html.defects, Contains(HasSubstr("(html_max)")));
    EXPECT_THAT(long_html.defects, Not(Contains(HasSubstr("text_max"))));
    const auto deep_html = assessed("Content-Type: text/html\r\n\r\n<div><div><div>x", limits);
    EXPECT_FALSE(deep_html.text_cut);
    EXPECT_THAT(deep_html.text, HasSubstr("x"));
    EXPECT_THAT(deep_html.defects, Contains(HasSubstr("(html_depth_max)")));
    limits.text_max = 5;
    EXPECT_THAT(assessed("\r\nabcdefg", limits).defects, Not(Contains(HasSubstr("html"))));
}

TEST(Read, DecodedValuesOfAHeaderAreCutBetweenCharacters)
{
    core::Limits limits;
    limits.header_text_max = 5;
    const auto subject = assessed("Subject: abcd\xc3\xa4\r\n\r\n", limits);
    EXPECT_EQ(subject.subject, "abcd");
    EXPECT_THAT(subject.defects, Contains(HasSubstr("(header_text_max)")));
    const auto name = assessed("Content-Disposition: attachment; filename=abcdef.txt\r\n\r\nx", limits);
    ASSERT_EQ(name.attachments.size(), 1U);
    EXPECT_EQ(name.attachments[0].name, "abcde");
    EXPECT_THAT(name.defects, Contains(HasSubstr("(header_text_max)")));
    EXPECT_THAT(assessed("Subject: abcde\r\n\r\n", limits).defects, Not(Contains(HasSubstr("header_text_max"))));
}

TEST(Read, AddressesOfAFieldAreBounded)
{
    core::Limits limits;
    limits.addresses_max = 2;
    const auto many = assessed("From: x@a.example\r\nTo: a@b.example, c@d.example, e@f.example\r\n\r\n", limits);
    EXPECT_THAT(many.to_and_cc, ElementsAre("a@b.example", "c@d.example"));
    EXPECT_THAT(many.from, ElementsAre("x@a.example"));
    EXPECT_THAT(many.defects, Contains(HasSubstr("(addresses_max)")));
    const auto two = assessed("To: a@b.example\r\nCc: c@d.example\r\n\r\n", limits);
    EXPECT_EQ(two.to_and_cc.size(), 2U);
    EXPECT_THAT(two.defects, Not(Contains(HasSubstr("addresses_max"))));
}

TEST(Read, OfTooManyReferencesTheNearestAreKept)
{
    core::Limits limits;
    limits.references_max = 3;
    const std::string header = "In-Reply-To: <near@x.example>\r\nReferences: ";
    const auto many = assessed(header + "<1@x.example> <2@x.example> <3@x.example>\r\n\r\n", limits);
    EXPECT_THAT(many.references, ElementsAre("<near@x.example>", "<2@x.example>", "<3@x.example>"));
    EXPECT_THAT(many.defects, Contains(HasSubstr("(references_max)")));
    EXPECT_THAT(assessed(header + "<1@x.example> <2@x.example>\r\n\r\n", limits).defects,
                Not(Contains(HasSubstr("references_max"))));
}

TEST(Read, LineEndsBecomeLineFeeds)
{
    EXPECT_EQ(assessed("\r\na\r\nb\rc\nd\r\r\n").text, "a\nb\nc\nd\n\n");
}

TEST(Read, OnlyWellFormedMessageIdsAreTaken)
{
    for (const std::string_view good : {"<a@b>", "<a.b$c!@[1.2.3.4]>", "<a@b@c>"}) {
        EXPECT_TRUE(is_message_id(good)) << good;
    }
    for (const std::string_view bad : {"", "<>", "a@b", "<a@b", "<@b>", "<a@>", "<ab>", "<a b@c>", "<a@b><c@d>",
                                       "<a@b\x7f>", "<a@b\r\nBcc: c>", "<a@b\xc3\xa4>"}) {
        EXPECT_FALSE(is_message_id(bad)) << bad;
    }
    EXPECT_TRUE(is_message_id("<" + std::string(246, 'a') + "@b>"));
    EXPECT_FALSE(is_message_id("<" + std::string(247, 'a') + "@b>"));
    EXPECT_EQ(assessed("Message-ID: <a b@c>\r\n\r\n").message_id, "");
}

TEST(Read, ReferencesAreBoundedAndTheNearestKept)
{
    std::string field = "References:";
    for (int i = 0; i < 300; ++i) {
        field += "\r\n <" + std::to_string(i) + "@x>";
    }
    const core::Assessment assessment =
        assessed("In-Reply-To: your mail <299@x> of today\r\n" + field + "\r\n\r\n");
    ASSERT_EQ(assessment.references.size(), 100U);
    EXPECT_EQ(assessment.references.front(), "<299@x>");
    EXPECT_EQ(assessment.references[1], "<201@x>");
    EXPECT_EQ(assessment.references.back(), "<299@x>");
}

TEST(Read, SeveralFromAddressesAreAllKept)
{
    const core::Assessment assessment = assessed("From: a@x.example, B <b@X.Example>\r\nFrom: c@y.example\r\n\r\n");
    EXPECT_THAT(assessment.from, ElementsAre("a@x.example", "b@x.example", "c@y.example"));
    EXPECT_THAT(assessment.defects, Contains(HasSubstr("more than one From")));
}

TEST(Read, HeadersAreUtf8AndBounded)
{
    const core::Assessment assessment =
        assessed("Subject: " + std::string(60000, '\xe4') + "\r\nDate: \xff\r\n\r\n");
    EXPECT_LE(assessment.subject.size(), 4096U);
    EXPECT_TRUE(core::is_utf8(assessment.subject));
    EXPECT_TRUE(core::is_utf8(assessment.date));
}

TEST(Read, TheLanguageOfAReplyIsAskedForOrGuessed)
{
    const std::string german = "\r\nMein Konto wurde gehackt und ich kann mich nicht anmelden";
    EXPECT_EQ(assessed(german).language, "de");
    EXPECT_EQ(assessed("Accept-Language: fr-FR\r\nContent-Language: it\r\n" + german).language, "fr");
    EXPECT_EQ(assessed("Content-Language: it\r\n" + german).language, "it");
    EXPECT_EQ(assessed("Subject: =?utf-8?B?0J/QvtC80L7Qs9C40YLQtQ==?=\r\n\r\n").language, "ru");
}

TEST(Read, AReportsHumanPartIsTheText)
{
    const core::Assessment assessment =
        assessed(in_multipart("report; report-type=delivery-status",
                              {"\r\nfailed", "Content-Type: message/delivery-status\r\n\r\nAction: failed",
                               "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny"}));
    EXPECT_EQ(assessment.text, "failed");
    EXPECT_EQ(assessment.machine.report_type, "delivery-status");
    ASSERT_EQ(assessment.attachments.size(), 2U);
    EXPECT_TRUE(assessment.attachments[1].embedded_message);
}

TEST(Read, GivesTheSameEveryTime)
{
    const std::string message = in_multipart("mixed", {"\r\none", "Content-Type: image/png\r\n\r\nx"});
    EXPECT_EQ(assessed(message), assessed(message));
}

}  // namespace
}  // namespace shield::mime
