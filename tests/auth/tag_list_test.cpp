// SPDX-License-Identifier: Apache-2.0
#include "tag_list.hpp"

#include <gmock/gmock.h>

namespace shield::auth::test {

TEST(TagList, TagsAreFoundWithoutTheBlanksAroundThem)
{
    const auto tags = TagList::parse(" a = x ; long_name1=\r\n two\r\n words ;e=;");
    ASSERT_TRUE(tags);
    EXPECT_EQ(tags->find("a"), "x");
    EXPECT_EQ(tags->find("long_name1"), "two\r\n words");
    EXPECT_EQ(tags->find("e"), "");
    EXPECT_EQ(tags->find("A"), std::nullopt);
    EXPECT_EQ(tags->first_name(), "a");
    EXPECT_EQ(TagList::parse("a=b\xc3\xbc")->find("a"), "b\xc3\xbc");
}

TEST(TagList, WrongSyntaxIsNoList)
{
    for (const char* text : {"", ";", "a", "a=1;;b=2", "a=1;b", "=1", "1a=1", "a b=1", "a=1;a=2", "a=\x01",
                             "a=\x7f", "a-b=1", "a=1; ;", "a=\xff", "a=\xc3"}) {
        EXPECT_FALSE(TagList::parse(text)) << text;
    }
    std::string many;
    for (int i = 0; i < 65; ++i) {
        many += "a" + std::to_string(i) + "=1;";
    }
    EXPECT_FALSE(TagList::parse(many));
    EXPECT_TRUE(TagList::parse(many.substr(0, many.rfind('a'))));
}

TEST(TagList, AValueIsLeftOutWithAllItsBlanks)
{
    const auto emptied = [](const char* text) { return TagList::parse(text)->without_value("b"); };
    EXPECT_EQ(emptied("a=1; b = \r\n x y ; c=2"), "a=1; b =; c=2");
    EXPECT_EQ(emptied("a=1; b=xy\r\n "), "a=1; b=");
    EXPECT_EQ(emptied("bh=b=1; b=2;"), "bh=b=1; b=;");
    EXPECT_EQ(emptied("a=1"), "a=1");
}

TEST(Base64, IsDecodedWithBlanksInIt)
{
    EXPECT_EQ(decode_base64("QU JD\r\n RA==", 10), "ABCD");
    EXPECT_EQ(decode_base64("", 10), "");
    EXPECT_EQ(decode_base64("QUJD", 3), "ABC");
    EXPECT_EQ(decode_base64("/+8=", 3), "\xff\xef");
}

TEST(Base64, WhatIsNoneOrTooLongIsNothing)
{
    for (const char* text : {"QUJ", "QUJDRA=", "Q===", "QU=D", "QUJ*", "QUJ\xc3", "-_=="}) {
        EXPECT_EQ(decode_base64(text, 10), std::nullopt) << text;
    }
    EXPECT_EQ(decode_base64("QUJD", 2), std::nullopt);
}

}  // namespace shield::auth::test
