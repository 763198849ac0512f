// SPDX-License-Identifier: Apache-2.0
#include "content_field.hpp"

#include <gtest/gtest.h>

namespace shield::mime {
namespace {

ContentField parsed(std::string_view text)
{
    return parse_content_field(text, 64);
}

TEST(ContentField, TypeAndParametersWithCommentsAndBlanks)
{
    const ContentField field = parsed(" Text / PLAIN (comment; x=y) ; Charset = \"UTF-8\" (more); format=flowed");
    EXPECT_EQ(field.value, "text/plain");
    EXPECT_EQ(field.parameter("charset"), "UTF-8");
    EXPECT_EQ(field.parameter("format"), "flowed");
    EXPECT_EQ(field.parameter("boundary"), "");
}

TEST(ContentField, AForgottenSemicolonIsForgiven)
{
    const ContentField field = parsed("multipart/mixed boundary=\"b\"");
    EXPECT_EQ(field.value, "multipart/mixed");
    EXPECT_EQ(field.parameter("boundary"), "b");
}

TEST(ContentField, QuotedStringsKeepSemicolonsAndUnescapeOnlyWhatNeedsIt)
{
    EXPECT_EQ(parsed("a/b; name=\"x;y=\\\"z\\\"\"").parameter("name"), "x;y=\"z\"");
    EXPECT_EQ(parsed("a/b; name=\"C:\\temp\\new.txt\"").parameter("name"), "C:\\temp\\new.txt");
    EXPECT_EQ(parsed("a/b; name=\"never closed").parameter("name"), "never closed");
}

TEST(ContentField, BareValuesMayHoldBlanks)
{
    EXPECT_EQ(parsed("attachment; filename=my report.pdf; size=1").parameter("filename"), "my report.pdf");
}

TEST(ContentField, TheExamplesOfRfc2231)
{
    EXPECT_EQ(parsed("message/external-body; access-type=URL; URL*0=\"ftp://\"; URL*1=\"cs.utk.edu/pub/moore\"")
                  .parameter("url"),
              "ftp://cs.utk.edu/pub/moore");
    EXPECT_EQ(
        parsed("application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A").parameter("title"),
        "This is ***fun***");
    EXPECT_EQ(parsed("application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; "
                     "title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't it!\"")
                  .parameter("title"),
              "This is even more ***fun*** isn't it!");
}

TEST(ContentField, SegmentsMayComeInAnyOrderAndEndAtAGap)
{
    EXPECT_EQ(parsed("a/b; n*1=b; n*0=a; n*3=d").parameter("n"), "ab");
}

TEST(ContentField, TheEncodedFormHidesThePlainOne)
{
    EXPECT_EQ(parsed("a/b; filename=plain.txt; filename*=utf-8''echt%C3%A4.txt").parameter("filename"),
              "echtä.txt");
}

TEST(ContentField, EncodedWordsInParametersAreReadThoughForbidden)
{
    EXPECT_EQ(parsed("a/b; name=\"=?utf-8?Q?=C3=A4?=.txt\"").parameter("name"), "ä.txt");
}

TEST(ContentField, NoMoreParametersThanTheLimitAreKept)
{
    std::string flood = "a/b";
    for (int i = 0; i < 20000; ++i) {
        flood += ";n*" + std::to_string(i) + "=x";
    }
    const ContentField field = parsed(flood);
    EXPECT_TRUE(field.parameters_cut);
    EXPECT_EQ(field.parameter("n"), std::string(64, 'x'));
}

TEST(ContentField, NonsenseIsTaken)
{
    for (const std::string_view text :
         {"", ";", "=", ";;==;=", "(", "\"", "a;b", "a/b;*=x", "a/b;**0*=x", "a/b; x*99999999999999999999=y"}) {
        EXPECT_LE(parsed(text).parameters.size(), 2U) << text;
    }
}

}  // namespace
}  // namespace shield::mime
