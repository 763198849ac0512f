// SPDX-License-Identifier: Apache-2.0
#include "addresses.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::mime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> parsed(std::string_view value)
{
    return parse_addresses(value, 200);
}

TEST(Addresses, PlainNamedAndQuoted)
{
    EXPECT_THAT(parsed("a@b.example"), ElementsAre("a@b.example"));
    EXPECT_THAT(parsed("Ada <Ada@B.Example>, \"x, y <z@no.example>\" <c@d.example>"),
                ElementsAre("Ada@b.example", "c@d.example"));
    EXPECT_THAT(parsed("\"odd @ local\"@b.example"), ElementsAre("\"odd @ local\"@b.example"));
}

TEST(Addresses, TheExamplesOfRfc5322AppendixA)
{
    EXPECT_THAT(parsed("\"Joe Q. Public\" <john.q.public@example.com>"), ElementsAre("john.q.public@example.com"));
    EXPECT_THAT(parsed("A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;"),
                ElementsAre("c@a.test", "joe@where.test", "jdoe@one.test"));
    EXPECT_THAT(parsed("Undisclosed recipients:;"), IsEmpty());
    EXPECT_THAT(parsed("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>"),
                ElementsAre("pete@silly.test"));
    EXPECT_THAT(parsed("Mary Smith <@node.test:mary@example.net>, , jdoe@test   . example"),
                ElementsAre("mary@example.net", "jdoe@test.example"));
    EXPECT_THAT(parsed("(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;"), IsEmpty());
}

TEST(Addresses, TheNameNeverPassesForTheAddress)
{
    EXPECT_THAT(parsed("\"security@bank.example\" <thief@evil.example>"), ElementsAre("thief@evil.example"));
    EXPECT_THAT(parsed("security@bank.example <thief@evil.example>"), ElementsAre("thief@evil.example"));
    EXPECT_THAT(parsed("thief@evil.example (security@bank.example)"), ElementsAre("thief@evil.example"));
}

TEST(Addresses, LostBracketsAreForgiven)
{
    EXPECT_THAT(parsed("Ada Example ada@b.example"), ElementsAre("ada@b.example"));
    EXPECT_THAT(parsed("Ada <ada@b.example"), ElementsAre("ada@b.example"));
}

TEST(Addresses, WhatCannotBeOneIsLeftOut)
{
    EXPECT_THAT(parsed("nobody, @, a@, @b, <>, <a@b@>, \"unclosed <a@b.example>"), IsEmpty());
    EXPECT_THAT(parsed("a\x01@b.example"), IsEmpty());
    EXPECT_THAT(parsed(std::string(5000, 'x') + "@b.example"), IsEmpty());
}

TEST(Addresses, NoMoreThanTheLimitAreKept)
{
    std::string many;
    for (int i = 0; i < 5000; ++i) {
        many += "u" + std::to_string(i) + "@b.example, ";
    }
    EXPECT_EQ(parsed(many).size(), 200U);
    EXPECT_THAT(parse_addresses(many, 0), IsEmpty());
}

}  // namespace
}  // namespace shield::mime
