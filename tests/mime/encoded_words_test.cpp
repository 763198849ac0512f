// SPDX-License-Identifier: Apache-2.0
#include "encoded_words.hpp"

#include <gtest/gtest.h>

namespace shield::mime {
namespace {

// Each beginning looks for an end: together they may cost one pass, not one each.
TEST(EncodedWords, AFloodOfBeginningsCostsOnePass)
{
    std::string flood;
    for (const std::string_view beginning : {"=??x? ", "=?x?x?", "=?x?q?", "=?x?"}) {
        flood.clear();
        for (int i = 0; i < 200'000; ++i) {
            flood += beginning;
        }
        EXPECT_FALSE(decode_words(flood).empty());
        EXPECT_FALSE(decode_words(flood + "?=").empty());
    }
}

TEST(EncodedWords, TheExamplesOfRfc2047Section8)
{
    EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?="), "a");
    EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?= b"), "a b");
    EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?="), "ab");
    EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?="), "ab");
    EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a_b?="), "a b");
    EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?="), "a b");
    EXPECT_EQ(
        decode_words("=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBl"
                     "eGFtcGxlLg==?="),
        "If you can read this you understand the example.");
}

TEST(EncodedWords, ACharacterCutInTwoBetweenWordsIsWhole)
{
    EXPECT_EQ(decode_words("=?utf-8?B?4oI=?= =?UTF-8?Q?=AC?="), "€");
}

TEST(EncodedWords, ALanguageMayFollowTheCharset)
{
    EXPECT_EQ(decode_words("=?utf-8*de?q?gr=C3=BCn?="), "grün");
}

TEST(EncodedWords, WhatIsNoneStays)
{
    EXPECT_EQ(decode_words("=?utf-8?X?abc?= and =? and =?utf-8?Q?open"),
              "=?utf-8?X?abc?= and =? and =?utf-8?Q?open");
    EXPECT_EQ(decode_words("  a =?= b  "), "a =?= b");
}

TEST(EncodedWords, RawOctetsAreReadToo)
{
    EXPECT_EQ(decode_words("caf\xe9"), "café");
    EXPECT_EQ(decode_words("caf\xc3\xa9"), "café");
}

TEST(EncodedWords, ControlCharactersInsideThemCannotBreakTheLine)
{
    EXPECT_EQ(decode_words("=?utf-8?Q?a=0D=0ABcc:=00b?="), "a  Bcc:b");
}

}  // namespace
}  // namespace shield::mime
