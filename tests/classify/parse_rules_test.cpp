// SPDX-License-Identifier: Apache-2.0
#include <shield/classify/classifier.hpp>

#include <gmock/gmock.h>

namespace shield::classify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string error_of(std::string_view text)
{
    const auto classifier = Classifier::from_rules(text, "my.rules");
    return classifier ? "no error" : classifier.error().sentence;
}

// Which of the rules in `text` speak about a message.
std::vector<std::string> reasons(std::string_view text, std::string_view subject, std::string_view body)
{
    core::Assessment message;
    message.subject = subject;
    message.text = body;
    std::vector<std::string> sentences;
    for (const auto& reason : Classifier::from_rules(text, "my.rules").value().classify(message, {}).reasons) {
        sentences.push_back(reason.sentence);
    }
    return sentences;
}

TEST(Rules, MatchWordsWholeAndWhereTheyStandTogether)
{
    constexpr auto rule = "attack 1 says: my account";
    EXPECT_THAT(reasons(rule, "", "It is MY\r\n account."), ElementsAre("says 'my account'"));
    EXPECT_THAT(reasons(rule, "My account", ""), ElementsAre("says 'my account'"));
    EXPECT_THAT(reasons(rule, "", "my accounts"), ElementsAre());
    EXPECT_THAT(reasons(rule, "", "my big account"), ElementsAre());
    EXPECT_THAT(reasons(rule, "my", "account"), ElementsAre());
}

TEST(Rules, BridgeAtMostFourWordsOfOneSentenceByAGap)
{
    constexpr auto rule = "attack 1 says: my .. gone = speaks of a loss";
    EXPECT_THAT(reasons(rule, "", "my gone"), ElementsAre("speaks of a loss"));
    EXPECT_THAT(reasons(rule, "", "my a b c d gone"), ElementsAre("speaks of a loss"));
    EXPECT_THAT(reasons(rule, "", "my a b c d e gone"), ElementsAre());
    EXPECT_THAT(reasons(rule, "", "my house. It is gone"), ElementsAre());
}

TEST(Rules, TakeSetsAlternativesStemsAndNumbers)
{
    constexpr auto rules = "set thing = account e-mail* phone\n";
    EXPECT_THAT(error_of(rules), HasSubstr("my.rules:1: 'e-mail*' is not one word"));
    constexpr auto good =
        "set thing = account phone\n"
        "attack 1 says: {my,our} $thing {hack*,stolen} = a\n"
        "urgent 1 says: cve <number> | cwe <digits>\n"
        "  = b\n";
    EXPECT_THAT(reasons(good, "our phone stolen", "my account hacking"), ElementsAre("a"));
    EXPECT_THAT(reasons(good, "", "see CVE-2024-1"), ElementsAre("b"));
    EXPECT_THAT(reasons(good, "", "CWE-79"), ElementsAre("b"));
    EXPECT_THAT(reasons(good, "", "cve 24"), ElementsAre());
}

TEST(Rules, MayAskForTheSubject)
{
    constexpr auto rule = "attack 1 subject: help";
    EXPECT_THAT(reasons(rule, "Help", ""), ElementsAre("says 'help'"));
    EXPECT_THAT(reasons(rule, "", "Help"), ElementsAre());
}

TEST(Rules, FindIdeographsWithoutSpaces)
{
    EXPECT_THAT(reasons("attack 1 says: 被盗", "", "我的账号被盗了"), ElementsAre("says '被盗'"));
}

TEST(Rules, CountOnceHoweverOftenTheyMatch)
{
    EXPECT_THAT(reasons("attack 1 says: help | please", "help", "help help please"), ElementsAre("says 'help'"));
}

TEST(Rules, DoNotReadQuotedLines)
{
    constexpr auto rule = "attack 1 says: help";
    EXPECT_THAT(reasons(rule, "", "Thanks.\n> help\n"), ElementsAre());
    EXPECT_THAT(reasons(rule, "", "> you said\nhelp"), ElementsAre("says 'help'"));
}

TEST(Rules, NameFileLineAndRemedyOfAnError)
{
    EXPECT_THAT(error_of("\n# remark\nfoo 1 says: x"),
                StartsWith("my.rules:3: 'foo 1 says: x' begins with no word"));
    EXPECT_THAT(error_of("attack x says: y"), StartsWith("my.rules:1: 'x' is not a number"));
    EXPECT_THAT(error_of("attack 9 says: y"), HasSubstr("at most 5"));
    EXPECT_THAT(error_of("attack -1 says: y"), HasSubstr("more than 0"));
    EXPECT_THAT(error_of("attack nan says: y"), HasSubstr("is not a number"));
    EXPECT_THAT(error_of("attack 1 smells: y"), HasSubstr("'smells:' is not a kind of rule"));
    EXPECT_THAT(error_of("attack 1 fact: weather = bad"), HasSubstr("'weather' is not a fact"));
    EXPECT_THAT(error_of("attack 1 says: .. y"), HasSubstr("is not a pattern"));
    EXPECT_THAT(error_of("attack 1 says: a .. b .. c .. d = r"), HasSubstr("at most two '..'"));
    EXPECT_THAT(error_of("attack 1 says: a | "), HasSubstr("is not a pattern"));
    EXPECT_THAT(error_of("attack 1 says: $nothing = r"), HasSubstr("define it above"));
    EXPECT_THAT(error_of("attack 1 says: {a,b} c"), HasSubstr("needs a reason"));
    EXPECT_THAT(error_of("attack 1 says: hac* = r"), HasSubstr("at least four letters"));
    EXPECT_THAT(error_of("attack 1 says: !!!"), HasSubstr("has no letter"));
    EXPECT_THAT(error_of("threshold support 1"), HasSubstr("needs no threshold"));
    EXPECT_THAT(error_of("bias everything 1"), HasSubstr("is not a category"));
    EXPECT_THAT(error_of("flag spam needs 1"), HasSubstr("write: flag"));
    EXPECT_THAT(error_of("  says: y"), HasSubstr("continues the one above"));
    EXPECT_THAT(error_of("attack 1 says: \xff"), HasSubstr("UTF-8"));
    EXPECT_EQ(error_of(""), "no error");
}

}  // namespace
}  // namespace shield::classify
