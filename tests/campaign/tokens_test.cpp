// SPDX-License-Identifier: Apache-2.0
#include "tokens.hpp"

#include "letters.hpp"
#include "links.hpp"
#include "words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::campaign {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::uint64_t> hashes_of(std::string_view text)
{
    std::vector<std::uint64_t> hashes;
    for (const Token& token : read_text(text).tokens) {
        hashes.push_back(token.hash);
    }
    return hashes;
}

TEST(CampaignTokens, AreTheSameHoweverTheWordIsDressed)
{
    const auto plain = hashes_of("verify account paypal");
    EXPECT_EQ(hashes_of("VERIFY, Account! PayPal"), plain);
    EXPECT_EQ(hashes_of("v\u200Beri\u00ADfy acc\u2060ount pay\uFEFFpal"), plain);
    EXPECT_EQ(hashes_of("vérify àccount pa\u0301ypal"), plain);
    EXPECT_EQ(hashes_of("verify account p\u0430yp\u0430l"), plain) << "Cyrillic a";
    EXPECT_EQ(hashes_of("ｖｅｒｉｆｙ ａｃｃｏｕｎｔ ｐａｙｐａｌ"), plain) << "full width";
    EXPECT_EQ(hashes_of("\U0001D42F\U0001D41E\U0001D42B\U0001D422\U0001D41F\U0001D432 account paypal"), plain);
    EXPECT_EQ(hashes_of("v3rify acc0unt payp4l"), plain);
}

TEST(CampaignTokens, LeaveWordsOfOtherScriptsAsTheyAre)
{
    EXPECT_NE(hashes_of("сору"), hashes_of("copy")) << "a word that is Cyrillic throughout";
    EXPECT_EQ(hashes_of("ПРИВЕТ"), hashes_of("привет"));
    EXPECT_EQ(hashes_of("電子郵件").size(), 4U);
}

TEST(CampaignTokens, MaskWhatDiffersFromCopyToCopy)
{
    EXPECT_EQ(hashes_of("invoice 4711 of 12.5.2026"), hashes_of("invoice 0815 of 24.12.1999"));
    EXPECT_EQ(hashes_of("see https://a.example/x now"), hashes_of("see http://bbb.test/?q=1 now"));
    EXPECT_EQ(hashes_of("write to <joe@a.example>, please"), hashes_of("write to ann.b@c.test, please"));
    EXPECT_EQ(hashes_of("key 8fk3jd92kdf0s9d8f7g6h5j4"), hashes_of("key 0a9s8d7f6g5h4j3k2l1qwert"));
}

TEST(CampaignTokens, KeepWhatManyCopiesWouldShare)
{
    const ReadText read = read_text(
        "Pay to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq or call +49 30 1234567890, "
        "or write to Boss@Evil.example.");
    EXPECT_THAT(read.identifiers,
                ElementsAre("#bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "#1234567890", "@boss@evil.example"));
}

TEST(CampaignTokens, AreBounded)
{
    std::string text;
    for (int i = 0; i < 100000; ++i) {
        text += "word http://a.example a@b.example 123456789012 ";
    }
    const ReadText read = read_text(text);
    EXPECT_EQ(read.tokens.size(), tokens_max);
    EXPECT_LE(read.folded.size(), folded_max);
    EXPECT_EQ(read.links.size(), links_max);
    EXPECT_EQ(read.identifiers.size(), identifiers_max);
    EXPECT_LE(read_text(std::string(1000000, 'a')).tokens.size(), 1000U);
}

TEST(CampaignTokens, TakeBrokenText)
{
    EXPECT_THAT(read_text("\xff\xc3\xe2\x82").tokens, IsEmpty());
    EXPECT_EQ(hashes_of("he\xffllo"), hashes_of("hello"));
}

TEST(CampaignNames, AreMaskedInsideSentencesAndWhereTheHeaderKnowsThem)
{
    const auto masked = [](std::string_view text, const core::Assessment& message = {}) {
        auto tokens = read_text(text).tokens;
        mask_names(tokens, names_in_header(message));
        std::vector<std::uint32_t> words;
        for (const TellingWord& word : telling_words(tokens)) {
            words.push_back(word.hash);
        }
        return words;
    };
    EXPECT_EQ(masked("A letter was sent for Barbara that nobody opened during the winter"),
              masked("A letter was sent for Ulrich Mayer that nobody opened during the winter"));
    core::Assessment message;
    message.from_shown = "Petra Lindqvist <p@a.example>";
    EXPECT_EQ(masked("petra writes letters", message), masked("writes letters"));
    EXPECT_NE(masked("Bitte prüfen Sie Ihre Rechnung wegen Ihrer Buchung im Hotel"),
              masked("Bitte prüfen wegen im"))
        << "where nouns have capitals they say nothing";
}

TEST(CampaignQuotes, AreWhatSomebodyElseWrote)
{
    EXPECT_EQ(without_quotes("mine\n> yours\nmine too\n").text, "mine\nmine too\n");
    EXPECT_EQ(without_quotes("mine\nOn Monday, Joe <j@a.example> wrote:\nyours\n").text, "mine\n");
    EXPECT_EQ(without_quotes("FYI\n-----Original Message-----\nyours\n").text, "FYI\n");
    EXPECT_TRUE(without_quotes("mine\n> yours\n").quotes);
    EXPECT_FALSE(without_quotes("mine\n").quotes);
}

TEST(CampaignLinks, AreTakenApart)
{
    const Link link =
        read_link("https://user@Mail.News.example.co.uk:8443/confirm/9f8e7d6c5b4a?id=QWERTZ1234567#top");
    EXPECT_EQ(link.host, "mail.news.example.co.uk");
    EXPECT_EQ(link.domain, "example.co.uk");
    EXPECT_EQ(link.shape, "/confirm/*?id");
    EXPECT_TRUE(link.token);
    EXPECT_FALSE(read_link("https://example.com/docs/install").token);
    EXPECT_FALSE(read_link("https://example.com/Category/Fireplaces").token);
    EXPECT_TRUE(read_link("https://example.com/v?x=bTqLMsrWye").token);
    EXPECT_EQ(read_link("http://192.0.2.7/x").domain, "192.0.2.7");
    EXPECT_EQ(read_link("http://[2001:db8::1]/").host, "");
    EXPECT_EQ(read_link("www.example.com.").domain, "example.com");
    EXPECT_EQ(read_link("://").host, "");
}

TEST(CampaignLinks, OfEverybodySayNothing)
{
    EXPECT_TRUE(is_everybodys("github.com"));
    EXPECT_FALSE(is_everybodys("evil.example"));
}

}  // namespace
}  // namespace shield::campaign
