// SPDX-License-Identifier: Apache-2.0
#include <shield/core/vocabulary.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

TEST(Vocabulary, EveryWordComesBackFromItsSpelling)
{
    for (const Category value : categories) {
        EXPECT_EQ(parse_category(to_string(value)), value);
    }
    for (const State value : states) {
        EXPECT_EQ(parse_state(to_string(value)), value);
    }
    for (const ClosingCode value : closing_codes) {
        EXPECT_EQ(parse_closing_code(to_string(value)), value);
    }
    for (const AcknowledgementState value : acknowledgement_states) {
        EXPECT_EQ(parse_acknowledgement_state(to_string(value)), value);
    }
}

TEST(Vocabulary, OtherWordsAreNone)
{
    EXPECT_FALSE(parse_category("Attack"));
    EXPECT_FALSE(parse_state("fresh"));
    EXPECT_EQ(parse_state("new"), State::fresh);
    EXPECT_FALSE(parse_closing_code(""));
}

TEST(Vocabulary, AttackIsTheMostPressing)
{
    EXPECT_LT(Category::attack, Category::urgent);
    EXPECT_LT(Category::urgent, Category::support);
}

}  // namespace
}  // namespace shield::core
