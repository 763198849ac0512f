// SPDX-License-Identifier: Apache-2.0
#include "vocabulary.hpp"

#include <gmock/gmock.h>

namespace shield::classify {
namespace {

using testing::UnorderedElementsAre;

TEST(Vocabulary, FindsAWordBeforeAStemAndTheLongestStemFirst)
{
    Vocabulary vocabulary;
    const Term hacked = vocabulary.add_word("hacked");
    const Term hack = vocabulary.add_stem("hack");
    const Term hacker = vocabulary.add_stem("hacker");
    vocabulary.freeze();

    EXPECT_EQ(vocabulary.find("hacked"), hacked);
    EXPECT_EQ(vocabulary.find("hacking"), hack);
    EXPECT_EQ(vocabulary.find("hackers"), hacker);
    EXPECT_EQ(vocabulary.find("hac"), unknown_term);
    EXPECT_EQ(vocabulary.find("thacked"), unknown_term);
}

TEST(Vocabulary, CoversAllThatAStemMeans)
{
    Vocabulary vocabulary;
    const Term hacked = vocabulary.add_word("hacked");
    const Term hack = vocabulary.add_stem("hack");
    const Term hacker = vocabulary.add_stem("hacker");
    vocabulary.add_word("harmless");

    EXPECT_THAT(vocabulary.covered_by(hack), UnorderedElementsAre(hack, hacker, hacked));
    EXPECT_THAT(vocabulary.covered_by(hacked), UnorderedElementsAre(hacked));
}

TEST(Vocabulary, KnowsNumbersByTheirLength)
{
    Vocabulary vocabulary;
    const Term fifteen = vocabulary.add_word("15");
    vocabulary.freeze();

    EXPECT_EQ(vocabulary.find("7"), small_number_term);
    EXPECT_EQ(vocabulary.find("2024"), large_number_term);
    EXPECT_EQ(vocabulary.find("15"), fifteen);
    EXPECT_EQ(vocabulary.find("7a"), unknown_term);
    EXPECT_THAT(vocabulary.covered_by(small_number_term), UnorderedElementsAre(small_number_term, fifteen));
}

}  // namespace
}  // namespace shield::classify
