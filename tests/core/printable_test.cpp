// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/printable.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

TEST(Printable, OrdinaryTextStaysAsItIs)
{
    EXPECT_EQ(printable_line("Grüße, 你好, 🙂 ~!"), "Grüße, 你好, 🙂 ~!");
}

TEST(Printable, ControlCharactersAreShownNotObeyed)
{
    EXPECT_EQ(printable_line("a\x1b[31mred\x07\x7f"), "a\\x1b[31mred\\x07\\x7f");
    EXPECT_EQ(printable_line("a\r\nb\tc"), "a\\r\\nb\\tc");
    EXPECT_EQ(printable_line(std::string_view{"a\0b", 3}), "a\\x00b");
    EXPECT_EQ(printable_line("\xc2\x9b"
                             "31m"),
              "\\u009b31m");  // CSI in one C1 character
}

TEST(Printable, BidirectionalAndInvisibleCharactersAreShown)
{
    EXPECT_EQ(printable_line("gpj.\u202egnp.exe"), "gpj.\\u202egnp.exe");
    EXPECT_EQ(printable_line("a\u200bb\u2066c\ufeff"), "a\\u200bb\\u2066c\\ufeff");
    EXPECT_EQ(printable_line("\U000e0041"), "\\U000e0041");
    EXPECT_EQ(printable_line("a\u2028b"), "a\\u2028b");
    EXPECT_EQ(printable_line("a\u3164b\u115f\ufe0f\u2800"), "a\\u3164b\\u115f\\ufe0f\\u2800");
    EXPECT_EQ(printable_line("\U000e0100\U0001d173"), "\\U000e0100\\U0001d173");
}

TEST(Printable, BrokenUtf8IsShownByOctet)
{
    EXPECT_EQ(printable_line("a\xff\xc3"
                             "b"),
              "a\\xff\\xc3b");
    EXPECT_EQ(printable_line("\xc0\xaf"), "\\xc0\\xaf");
}

TEST(Printable, TextKeepsItsLinesButNoLoneCarriageReturn)
{
    EXPECT_EQ(printable_text("a\r\nb\n\tc"), "a\nb\n\tc");
    EXPECT_EQ(printable_text("visible\rhidden"), "visible\\rhidden");
}

TEST(Printable, WhateverComesInTheResultIsSafe)
{
    std::string all;
    for (int i = 0; i < 256; ++i) {
        for (int j = 0; j < 256; j += 5) {
            all += static_cast<char>(i);
            all += static_cast<char>(j);
        }
    }
    const std::string line = printable_line(all);
    EXPECT_TRUE(is_utf8(line));
    for (const char c : line) {
        EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    }
}

}  // namespace
}  // namespace shield::core
