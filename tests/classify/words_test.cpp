// SPDX-License-Identifier: Apache-2.0
#include "words.hpp"

#include <gmock/gmock.h>

namespace shield::classify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Words, AreLowerCaseAndCutAtEverythingElse)
{
    EXPECT_THAT(folded_words("Some-one  CHANGED\tmy\r\npass_word!"),
                ElementsAre("some", "one", "changed", "my", "pass", "word"));
}

TEST(Words, KeepAnApostropheInsideHoweverItIsWritten)
{
    EXPECT_THAT(folded_words("don't don\u2019t 'quoted' rock'"), ElementsAre("don't", "don't", "quoted", "rock"));
}

TEST(Words, LoseTheAccentsOfLatinLetters)
{
    EXPECT_THAT(folded_words("CONTRASEÑA Zürich déjà Łódź Straße"),
                ElementsAre("contrasena", "zurich", "deja", "lodz", "strase"));
    EXPECT_THAT(folded_words("de\u0301ja\u0300"), ElementsAre("deja"));  // decomposed
}

TEST(Words, FoldCyrillicAndGreekCase)
{
    EXPECT_THAT(folded_words("ВЗЛОМ Ёлка ДАННЫЕ"), ElementsAre("взлом", "елка", "данные"));
    EXPECT_EQ(folded_words("ΔΕΔΟΜΕΝΑ"), folded_words("δεδομενα"));
}

TEST(Words, AreSingleCharactersInChineseAndJapanese)
{
    EXPECT_THAT(folded_words("帐号abc被盗。乗っ"), ElementsAre("帐", "号", "abc", "被", "盗", "乗", "っ"));
}

TEST(Words, AreSeparatedByBrokenUtf8)
{
    EXPECT_THAT(folded_words("one\xfftwo\xc3 three\xe2\x82"), ElementsAre("one", "two", "three"));
    EXPECT_THAT(folded_words("\xf0\x9f\x94\x92"), IsEmpty());  // an emoji is no word
}

TEST(Words, EndASentenceAtPunctuationBeforeABlankAndAtAnEmptyLine)
{
    std::string shape;
    WordReader reader{"a.b 1.2. c! d\ne\n\nf\u3002"};
    for (auto token = reader.next(); token != WordReader::Token::text_end; token = reader.next()) {
        shape += token == WordReader::Token::word ? std::string{reader.word()} : "|";
    }
    EXPECT_EQ(shape, "ab12|c|de|f|");
}

TEST(Words, AreCutWhenVeryLong)
{
    EXPECT_THAT(folded_words(std::string(5000, 'a')), ElementsAre(std::string(48, 'a')));
}

}  // namespace
}  // namespace shield::classify
