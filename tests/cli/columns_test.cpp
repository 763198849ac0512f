// SPDX-License-Identifier: Apache-2.0
#include "columns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::cli {
namespace {

using testing::ElementsAre;

TEST(Columns, CountWideCharactersTwiceAndCombiningMarksNot)
{
    EXPECT_EQ(columns_of(""), 0U);
    EXPECT_EQ(columns_of("abc"), 3U);
    EXPECT_EQ(columns_of("grüße"), 5U);
    EXPECT_EQ(columns_of("日本語"), 6U);
    EXPECT_EQ(columns_of("e\xcc\x81"), 1U);
    EXPECT_EQ(columns_of("\xf0\x9f\x98\x80"), 2U);
}

TEST(Columns, FittedIsAlwaysExactlyAsWide)
{
    for (const std::string_view text :
         {"", "a", "abcdefghij", "日本語日本語", "a日b本c語", "ÄÖÜ", "\xff\xff\xff"}) {
        for (std::size_t columns = 0; columns < 14; ++columns) {
            EXPECT_EQ(columns_of(fitted(text, columns)), columns) << text << " in " << columns;
        }
    }
    EXPECT_EQ(fitted("abcdef", 4), "abc…");
    EXPECT_EQ(fitted("日本語", 4), "日… ");  // half a character is not shown
}

TEST(Columns, TowersOfMarksAreCutDown)
{
    std::string tower = "x";
    for (int i = 0; i < 500; ++i) {
        tower += "\xcc\x81";
    }
    EXPECT_EQ(fitted(tower, 3), "x\xcc\x81\xcc\x81\xcc\x81\xcc\x81  ");
}

TEST(Columns, WrappingBreaksAtBlanksAndNeverLosesText)
{
    EXPECT_THAT(wrapped("one two three", 8), ElementsAre("one two ", "three"));
    EXPECT_THAT(wrapped("abcdefghij", 4), ElementsAre("abcd", "efgh", "ij"));
    EXPECT_THAT(wrapped("日本語", 5), ElementsAre("日本", "語"));
    EXPECT_THAT(wrapped("", 5), ElementsAre(""));
    EXPECT_THAT(wrapped("日本", 0), ElementsAre("日", "本"));  // a window too narrow for anything still ends
}

}  // namespace
}  // namespace shield::cli
