// SPDX-License-Identifier: Apache-2.0
#include "fields.hpp"

#include <gmock/gmock.h>

namespace shield::acknowledge {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Fields, HaveOneLineWhateverTheValue)
{
    EXPECT_EQ(field("A", "b"), "A: b\r\n");
    EXPECT_EQ(field("A", std::string{"b\r\nBcc: x\0y", 11}), "A: b  Bcc: x y\r\n");
}

TEST(Fields, EncodeTextThatIsNotPlainAscii)
{
    EXPECT_EQ(text_field("Subject", "plain words"), "Subject: plain words\r\n");
    EXPECT_EQ(text_field("Subject", "caf\u00e9"), "Subject: =?UTF-8?B?Y2Fmw6k=?=\r\n");
    EXPECT_EQ(text_field("Subject", "caf\u00e9 [SR-0000-0000]"),
              "Subject: =?UTF-8?B?Y2Fmw6k=?=\r\n [SR-0000-0000]\r\n");
    EXPECT_EQ(text_field("Subject", "=?UTF-8?Q?x?="), "Subject: =?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?=\r\n");
    EXPECT_EQ(text_field("Subject", "  a\nb\n"), "Subject: a b\r\n");
}

TEST(Fields, FoldLongTextIntoWordsOfAtMost75)
{
    std::string text;
    for (int i = 0; i < 200; ++i) {
        text += "\u00e9";
    }
    const std::string folded = text_field("Subject", text);
    for (std::size_t begin = folded.find("=?"); begin != std::string::npos;
         begin = folded.find("=?UTF", begin + 1)) {
        EXPECT_LE(folded.find("?=", begin + 10) + 2 - begin, 75U);
    }
    EXPECT_THAT(folded, HasSubstr("?=\r\n =?UTF-8?B?"));
    EXPECT_LE(text_field("Subject", std::string(5000, 'x')).size(), 1000U);
}

TEST(Fields, QuoteANameThatIsNoPhrase)
{
    EXPECT_EQ(phrase("Example Security"), "Example Security");
    EXPECT_EQ(phrase("Example, Inc."), "\"Example, Inc.\"");
    EXPECT_EQ(phrase("S\u00e9curit\u00e9"), "=?UTF-8?B?U8OpY3VyaXTDqQ==?=");
    EXPECT_THAT(phrase("a\r\nb"), Not(HasSubstr("\n")));
}

TEST(Fields, QuoteALocalPartThatIsNoDotAtom)
{
    EXPECT_EQ(angle_address("mary@home.test"), "<mary@home.test>");
    EXPECT_EQ(angle_address("mary..x@home.test"), "<\"mary..x\"@home.test>");
    EXPECT_EQ(angle_address("mary.@home.test"), "<\"mary.\"@home.test>");
    EXPECT_EQ(angle_address("\"a b\"@home.test"), "<\"a b\"@home.test>");
    EXPECT_EQ(angle_address(R"("a\"b"@home.test)"), R"(<"a\"b"@home.test>)");
    EXPECT_EQ(angle_address(R"("a",eve@evil.test,"b"@home.test)"), R"(<"\"a\",eve@evil.test,\"b\""@home.test>)");
    EXPECT_EQ(angle_address("a,b@home.test"), "<\"a,b\"@home.test>");
    EXPECT_EQ(angle_address("m\u00e4ry@home.test"), "<m\u00e4ry@home.test>");
    EXPECT_THAT(angle_address("x@y>\r\nBcc: <z@w.test"), Not(HasSubstr("\n")));
}

TEST(Fields, RepeatOnlyAWellFormedMessageId)
{
    for (const auto* good : {"<1@home.test>", "<a.b+c=d$e/f@x>", "<x@[192.0.2.1]>"}) {
        EXPECT_TRUE(is_repeatable_message_id(good)) << good;
    }
    for (const auto* bad :
         {"", "<>", "<@>", "<a@>", "<@b>", "a@b", "<a@b", "<a b@c>", "<a@b@c>", "<a@b>c>", "<a..b@c>", "<\"a\"@b>",
          "<a@b\r\nBcc: x>", "<\u00e4@b>", "<a:b@c>", "<a@b> <c@d>", "<a@[>"}) {
        EXPECT_FALSE(is_repeatable_message_id(bad)) << bad;
    }
    EXPECT_TRUE(is_repeatable_message_id("<" + std::string(246, 'a') + "@b>"));
    EXPECT_FALSE(is_repeatable_message_id("<" + std::string(247, 'a') + "@b>"));
}

}  // namespace
}  // namespace shield::acknowledge
