// SPDX-License-Identifier: Apache-2.0
#include <shield/core/reference.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

TEST(Reference, IsWrittenInTwoGroupsOfFour)
{
    EXPECT_EQ(Reference::from_bits(0).to_string(), "SR-0000-0000");
    EXPECT_EQ(Reference::from_bits(Reference::values - 1).to_string(), "SR-ZZZZ-ZZZZ");
}

TEST(Reference, ComesBackFromItsText)
{
    for (std::uint64_t bits = 1; bits < Reference::values; bits *= 3) {
        const Reference reference = Reference::from_bits(bits);
        EXPECT_EQ(Reference::parse(reference.to_string()), reference);
    }
}

// It is read aloud by phone and typed by people in a hurry.
TEST(Reference, TakesTheSpellingsOfPeople)
{
    const auto wanted = Reference::parse("SR-7F3K-01QX");
    ASSERT_TRUE(wanted);
    for (const auto* text :
         {"sr-7f3k-01qx", "7F3K01QX", "7f3k-olqx", " SR-7F3K-OIQX\n", "SR-7F3K01QX", "SR7F3K01QX", "sr7f3k-01qx"}) {
        EXPECT_EQ(Reference::parse(text), wanted) << text;
    }
}

TEST(Reference, MayBeginWithTheLettersOfItsPrefix)
{
    const auto wanted = Reference::parse("SR-SR3K-01QX");
    ASSERT_TRUE(wanted);
    EXPECT_EQ(wanted->to_string(), "SR-SR3K-01QX");
    for (const auto* text : {"SR3K-01QX", "sr3k01qx", "SRSR3K01QX"}) {
        EXPECT_EQ(Reference::parse(text), wanted) << text;
    }
}

TEST(Reference, WhatIsNoneIsNone)
{
    for (const auto* text : {"", "SR-", "SR-7F3K-01Q", "SR-7F3K-01QXX", "SR-7F3U-01QX", "XX-7F3K-01QX",
                             "SR 7F3K 01QX", "S-R7F3K01QX", "SR-SR-7F3K-01QX"}) {
        EXPECT_FALSE(Reference::parse(text)) << text;
    }
}

}  // namespace
}  // namespace shield::core
