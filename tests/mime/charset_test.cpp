// SPDX-License-Identifier: Apache-2.0
#include "charset.hpp"

#include <shield/core/ascii.hpp>

#include <gtest/gtest.h>

namespace shield::mime {
namespace {

TEST(Charset, OctetsWithoutALabelAreUtf8WhenTheyCanBe)
{
    EXPECT_EQ(to_utf8("gr\xc3\xbc\xc3\x9f", "").text, "grüß");
    EXPECT_EQ(to_utf8("gr\xfc\xdf", "us-ascii").text, "grüß");
    EXPECT_EQ(to_utf8("gr\xfc\xdf", "us-ascii").outcome, CharsetOutcome::guessed);
    EXPECT_EQ(to_utf8("plain", "US-ASCII").outcome, CharsetOutcome::exact);
}

TEST(Charset, Latin1IsWhatWindowsMakesOfIt)
{
    EXPECT_EQ(to_utf8("\x80 \x93quoted\x94", "ISO-8859-1").text, "€ “quoted”");
}

TEST(Charset, LabelsMeanWhatSendersMean)
{
    EXPECT_EQ(to_utf8("\xc4\xe3\xba\xc3", "GB2312").text, "你好");
    EXPECT_EQ(to_utf8("\xbe\xc8\xb3\xe7", "ks_c_5601-1987").text, "안녕");
    EXPECT_EQ(to_utf8("\x83\x65\x83\x58\x83\x67", "Shift_JIS").text, "テスト");
    EXPECT_EQ(to_utf8("\x1b$B%F%9%H\x1b(B", "iso-2022-jp").text, "テスト");
    EXPECT_EQ(to_utf8("\xf0\xd2\xc9\xd7\xc5\xd4", "koi8-r").text, "Привет");
    EXPECT_EQ(to_utf8("Hi +AOQ-", "utf-7").text, "Hi ä");
}

TEST(Charset, AnUnknownLabelLosesNoOctet)
{
    const Utf8Text text = to_utf8("na\xefve", "x-no-such-charset");
    EXPECT_EQ(text.text, "naïve");
    EXPECT_EQ(text.outcome, CharsetOutcome::unknown);
}

TEST(Charset, ALabelIsNoPath)
{
    EXPECT_EQ(to_utf8("a\xe4", "../../../etc/passwd").outcome, CharsetOutcome::unknown);
    EXPECT_EQ(to_utf8("a\xe4", std::string(100000, 'x')).outcome, CharsetOutcome::unknown);
}

TEST(Charset, BrokenUtf8BecomesReplacementCharacters)
{
    const Utf8Text text = to_utf8("a\xff\xc3", "utf-8");
    EXPECT_TRUE(core::is_utf8(text.text));
    EXPECT_EQ(text.outcome, CharsetOutcome::malformed);
    EXPECT_TRUE(text.text.starts_with("a\xef\xbf\xbd"));
}

TEST(Charset, NulIsNotText)
{
    using namespace std::string_view_literals;
    EXPECT_EQ(to_utf8("a\0b"sv, "utf-8").text, "ab");
    EXPECT_EQ(to_utf8("a\0b\0"sv, "utf-16le").text, "ab");
}

}  // namespace
}  // namespace shield::mime
