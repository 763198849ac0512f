// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

TEST(Ascii, OnlyLettersOfAsciiAreLowered)
{
    EXPECT_EQ(lowered("ABC-xyz-09"), "abc-xyz-09");
    EXPECT_EQ(lowered("\xc3\x84"), "\xc3\x84");
}

TEST(Ascii, ComparisonIgnoresCaseAndNothingElse)
{
    EXPECT_TRUE(iequals("Mail From", "mAIL fROM"));
    EXPECT_FALSE(iequals("mail", "mail "));
    EXPECT_FALSE(iequals("[", "{"));
    EXPECT_TRUE(istarts_with("X-Loop: a", "x-loop"));
    EXPECT_FALSE(istarts_with("X", "x-loop"));
    EXPECT_TRUE(icontains("Out Of Office", "of off"));
    EXPECT_TRUE(icontains("anything", ""));
    EXPECT_FALSE(icontains("", "a"));
}

TEST(Ascii, TrimmingTakesWhiteSpaceAtBothEnds)
{
    EXPECT_EQ(trimmed(" \t\r\n a b \n"), "a b");
    EXPECT_EQ(trimmed(" \t "), "");
}

TEST(Ascii, SplittingKeepsEmptyPieces)
{
    EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
    EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

TEST(Ascii, NumbersAreDecimalAndBounded)
{
    EXPECT_EQ(parse_number("0"), 0U);
    EXPECT_EQ(parse_number("9999999999999999999"), 9999999999999999999U);
    for (const auto* text : {"", " 1", "1 ", "-1", "+1", "0x10", "10000000000000000000", "1e3"}) {
        EXPECT_FALSE(parse_number(text)) << text;
    }
}

TEST(Ascii, Utf8IsWellFormedOnlyAsRfc3629Says)
{
    for (const auto* good : {"", "abc", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xef\xbf\xbf",
                             "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(is_utf8(good)) << good;
    }
    for (const auto* bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80",
                            "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xe2\x82"}) {
        EXPECT_FALSE(is_utf8(bad)) << bad;
    }
}

TEST(Ascii, CuttingNeverSplitsASequence)
{
    const std::string text = "a\xe2\x82\xac";  // a, euro sign
    EXPECT_EQ(cut_utf8(text, 4), text);
    EXPECT_EQ(cut_utf8(text, 3), "a");
    EXPECT_EQ(cut_utf8(text, 2), "a");
    EXPECT_EQ(cut_utf8(text, 0), "");
}

}  // namespace
}  // namespace shield::core
