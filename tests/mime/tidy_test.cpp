// SPDX-License-Identifier: Apache-2.0
#include "tidy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::mime {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Outcome {
    std::string octets;
    std::vector<std::string> bodies;
    std::vector<std::string> defects;
};

Outcome tidied(std::string_view octets, const core::Limits& limits = {})
{
    Defects defects;
    const Tidied skeleton = tidy(octets, limits, defects);
    return {skeleton.octets, {skeleton.bodies.begin(), skeleton.bodies.end()}, defects.sentences()};
}

std::size_t count(std::string_view text, std::string_view part)
{
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

TEST(Tidy, APlainMessageGetsOneFieldOfOurs)
{
    const Outcome outcome = tidied("From: a@b\r\nSubject: folded\r\n\t here\r\n\r\nbody\r\n\r\nmore");
    EXPECT_EQ(outcome.octets, "Content-Type: application/x-leaf\r\nFrom: a@b\r\nSubject: folded here\r\n\r\n0\r\n");
    EXPECT_THAT(outcome.bodies, ElementsAre("body\r\n\r\nmore"));
    EXPECT_THAT(outcome.defects, IsEmpty());
}

TEST(Tidy, AnEmptyMessageIsAMessage)
{
    EXPECT_EQ(tidied("").octets, "Content-Type: application/x-leaf\r\n\r\n0\r\n");
    EXPECT_THAT(tidied("").bodies, ElementsAre(""));
    EXPECT_THAT(tidied("\r\n").bodies, ElementsAre(""));
}

TEST(Tidy, MboxLinesGo)
{
    const Outcome outcome = tidied("From a@b Mon Nov 23\r\nSubject: x\r\n\r\n");
    EXPECT_EQ(outcome.octets, "Content-Type: application/x-leaf\r\nSubject: x\r\n\r\n0\r\n");
    EXPECT_THAT(outcome.defects, Contains(HasSubstr("mbox")));
}

TEST(Tidy, BoundariesAreOursAndNoMessageCanHoldThem)
{
    const Outcome outcome = tidied(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b \t\r\n--=:1000: x\r\n--=:1000 : y\r\n"
        "\r\none\r\n--=:1000\r\n--b\r\n\r\ntwo\r\n--b--\r\n");
    EXPECT_THAT(outcome.octets, Not(HasSubstr("preamble")));
    EXPECT_EQ(count(outcome.octets, "\r\n--=:1000"), 3U) << "in a field a blank follows the first colon";
    EXPECT_EQ(count(outcome.octets, "\r\n--=: 1000"), 2U);
    EXPECT_THAT(outcome.bodies, ElementsAre("one\r\n--=:1000", "two"));
    EXPECT_THAT(outcome.defects, IsEmpty());
}

TEST(Tidy, ALineThatBeginsLikeABoundaryIsText)
{
    const Outcome outcome = tidied(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n--bb\r\n--b-\r\nx--b\r\n--b--x\r\n--b--\r\n");
    EXPECT_THAT(outcome.bodies, ElementsAre("--bb\r\n--b-\r\nx--b\r\n--b--x"));
}

TEST(Tidy, AnInnerMultipartIsClosedByTheOuterBoundary)
{
    const Outcome outcome = tidied(
        "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: multipart/mixed; "
        "boundary=i\r\n\r\n--i\r\n\r\ninner\r\n--o\r\n\r\nouter\r\n--o--\r\n");
    EXPECT_THAT(outcome.octets, HasSubstr("--=:1001--\r\n--=:1000\r\n"));
    EXPECT_THAT(outcome.defects, Contains(HasSubstr("not closed")));
}

TEST(Tidy, AMultipartWithoutPartsOrBoundaryIsText)
{
    for (const std::string_view type : {"multipart/mixed; boundary=b", "multipart/mixed"}) {
        const Outcome outcome = tidied("Content-Type: " + std::string{type} + "\r\n\r\njust words\r\n");
        EXPECT_THAT(outcome.octets, testing::StartsWith("Content-Type: text/x-loose\r\n"));
        EXPECT_THAT(outcome.bodies, ElementsAre("just words\r\n"));
        EXPECT_EQ(outcome.defects.size(), 1U);
    }
}

TEST(Tidy, ABoundaryThatIsTooLongIsRefused)
{
    const std::string boundary(251, 'b');
    const Outcome outcome =
        tidied("Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n\r\nx");
    EXPECT_THAT(outcome.octets, testing::StartsWith("Content-Type: text/x-loose\r\n"));
    EXPECT_THAT(outcome.defects, Contains(HasSubstr("too long")));
}

TEST(Tidy, HeadersEndWhereTheyEnd)
{
    EXPECT_THAT(tidied("Subject: x\r\nthis is no field\r\n").bodies, ElementsAre("this is no field\r\n"));
    const Outcome lost_fold = tidied("Subject: x\r\nlost fold\r\nFrom: a@b\r\n\r\ny");
    EXPECT_THAT(lost_fold.octets, HasSubstr("Subject: x\r\nFrom: a@b\r\n\r\n"));
    EXPECT_THAT(lost_fold.bodies, ElementsAre("y"));
    EXPECT_THAT(tidied("Hello, world\r\n").bodies, ElementsAre("Hello, world\r\n"));
}

TEST(Tidy, OctetsThatConfuseHeadersBecomeBlanks)
{
    using namespace std::string_literals;
    const Outcome outcome = tidied("Subject: a\0b\rBcc: c\r\n\r\n"s);
    EXPECT_THAT(outcome.octets, HasSubstr("Subject: a b Bcc: c\r\n"));
    EXPECT_THAT(outcome.defects, Contains(HasSubstr("NUL")));
    EXPECT_THAT(outcome.defects, Contains(HasSubstr("carriage return")));
}

TEST(Tidy, LoneLineEndsAreLineEnds)
{
    const Outcome unix_ends = tidied("Subject: x\n\nbody\n");
    EXPECT_THAT(unix_ends.octets, HasSubstr("Subject: x\r\n\r\n"));
    EXPECT_THAT(unix_ends.bodies, ElementsAre("body\n"));
    EXPECT_THAT(unix_ends.defects, Contains(HasSubstr("line feed")));
    EXPECT_THAT(tidied("Subject: x\r\rbody\r").bodies, ElementsAre("body\r"));
}

TEST(Tidy, LimitsLeaveADefectThatNamesThem)
{
    core::Limits limits;
    limits.header_field_max = 10;
    EXPECT_THAT(tidied("Subject: 0123456789abc\r\n\r\n", limits).octets, HasSubstr("Subject: 0123456789\r\n"));
    EXPECT_THAT(tidied("Subject: 0123456789abc\r\n\r\n", limits).defects, Contains(HasSubstr("header_field_max")));
    limits = {};
    limits.header_fields_max = 2;
    EXPECT_THAT(tidied("A: 1\r\nB: 2\r\nC: 3\r\n\r\nx", limits).octets,
                testing::EndsWith("A: 1\r\nB: 2\r\n\r\n0\r\n"));
    EXPECT_THAT(tidied("A: 1\r\nB: 2\r\nC: 3\r\n\r\nx", limits).defects, Contains(HasSubstr("header_fields_max")));
    limits = {};
    limits.header_block_max = 20;
    EXPECT_THAT(tidied("A: 0123456789\r\nB: 0123456789\r\n\r\n", limits).defects,
                Contains(HasSubstr("header_block_max")));
}

TEST(Tidy, WhatLiesBeyondTheLimitsIsOneOpaquePart)
{
    const std::string part = "--b\r\n\r\nx\r\n";
    const std::string message =
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part + part + part + part + "--b--\r\n";
    core::Limits limits;
    limits.mime_parts_max = 3;
    const Outcome few = tidied(message, limits);
    EXPECT_EQ(count(few.octets, "application/x-leaf"), 2U);
    EXPECT_EQ(count(few.octets, "application/x-opaque"), 1U);
    EXPECT_EQ(few.bodies.back(), "\r\nx\r\n--b\r\n\r\nx\r\n--b--\r\n");
    EXPECT_THAT(few.defects, Contains(HasSubstr("mime_parts_max")));

    limits = {};
    limits.mime_depth_max = 1;
    const Outcome shallow = tidied(
        "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: multipart/mixed; "
        "boundary=i\r\n\r\n--i\r\n\r\nx\r\n--i--\r\n--o--\r\n",
        limits);
    EXPECT_EQ(count(shallow.octets, "application/x-opaque"), 1U);
    EXPECT_THAT(shallow.bodies, ElementsAre("--i\r\n\r\nx\r\n--i--"));
    EXPECT_THAT(shallow.defects, Contains(HasSubstr("mime_depth_max")));
}

TEST(Tidy, HiddenTextBehindAMultipartIsTold)
{
    EXPECT_THAT(
        tidied("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\nhidden\r\n").defects,
        Contains(HasSubstr("after the end")));
}

}  // namespace
}  // namespace shield::mime
