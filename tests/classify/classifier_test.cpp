// SPDX-License-Identifier: Apache-2.0
#include <shield/classify/classifier.hpp>
#include <shield/core/ascii.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <ostream>

namespace shield::classify {
namespace {

using core::Category;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Classifier& classifier()
{
    static const Classifier built_in = Classifier::built_in();
    return built_in;
}

core::Assessment message(std::string subject, std::string text)
{
    core::Assessment assessment;
    assessment.subject = std::move(subject);
    assessment.text = std::move(text);
    return assessment;
}

core::Classification sorted(std::string subject, std::string text, std::optional<Category> prior = {})
{
    return classifier().classify(message(std::move(subject), std::move(text)), prior);
}

struct Sample {
    Category category;
    const char* subject;
    const char* text;

    friend void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.subject << " | " << sample.text; }
};
class Wording : public testing::TestWithParam<Sample> {};

TEST_P(Wording, TellsTheCategoryWithoutAPrior)
{
    const auto result = sorted(GetParam().subject, GetParam().text);
    EXPECT_EQ(result.category, GetParam().category) << testing::PrintToString(result.probabilities);
    EXPECT_THAT(result.reasons, Not(IsEmpty()));
}

INSTANTIATE_TEST_SUITE_P(
    Attack, Wording,
    testing::Values(
        Sample{Category::attack, "Someone is in my account",
               "I got a mail that my password was changed. It was not me!"},
        Sample{Category::attack, "URGENT", "My email has been hacked and they are writing to all my friends."},
        Sample{Category::attack, "help",
               "I am receiving thousands of emails per hour, newsletters I never signed up for."},
        Sample{Category::attack, "Ransom", "Our website is under attack, they demand payment in bitcoin."},
        Sample{Category::attack, "", "There are charges on my card I don't recognize, please block the card"},
        Sample{Category::attack, "Hilfe", "Mein Konto wurde gehackt, jemand hat mein Passwort geändert."},
        Sample{Category::attack, "Au secours", "Mon compte a été piraté cette nuit."},
        Sample{Category::attack, "Ayuda", "Me han hackeado la cuenta y alguien ha cambiado mi contraseña"},
        Sample{Category::attack, "Socorro", "Invadiram meu email, minha conta foi hackeada"},
        Sample{Category::attack, "Aiuto", "Hanno rubato il mio account, qualcuno è entrato nel mio profilo"},
        Sample{Category::attack, "Help", "Mijn account is gehackt en iemand heeft mijn wachtwoord gewijzigd"},
        Sample{Category::attack, "Помогите", "Мой аккаунт взломали и украли деньги"},
        Sample{Category::attack, "求助", "我的账号被盗了，密码也被改了"},
        Sample{Category::attack, "助けて", "アカウントが乗っ取られました。不正ログインがありました。"}));

INSTANTIATE_TEST_SUITE_P(
    Urgent, Wording,
    testing::Values(Sample{Category::urgent, "Stored XSS in the comment field",
                           "Steps to reproduce:\n1. Log in\n2. Post <script>alert(1)</script>"},
                    Sample{Category::urgent, "Security vulnerability",
                           "An unauthenticated attacker can read any invoice by changing its id."},
                    Sample{Category::urgent, "Secrets on GitHub",
                           "Your API key is exposed in a public repository: https://git.example/x"},
                    Sample{Category::urgent, "Sicherheitslücke",
                           "Ich habe eine Schwachstelle in Ihrer Anmeldung gefunden."},
                    Sample{Category::urgent, "Уязвимость", "Нашёл уязвимость, позволяющую читать чужие письма"},
                    Sample{Category::urgent, "漏洞报告", "登录接口存在注入漏洞"},
                    Sample{Category::urgent, "脆弱性の報告", "ログイン画面に脆弱性があります"}));

INSTANTIATE_TEST_SUITE_P(
    Support, Wording,
    testing::Values(
        Sample{Category::support, "Question", "How do I change the font in the settings menu?"},
        Sample{Category::support, "Invoice", "Where can I find the invoice for my subscription?"},
        Sample{Category::support, "Request", "I request access to my personal data under Article 15 GDPR."},
        Sample{Category::support, "Best SEO services",
               "We are a leading SEO agency. First page of Google guaranteed! Unsubscribe here."},
        Sample{Category::support, "Missing SPF record",
               "Hi team, your domain has no SPF record. Looking forward to my bounty."},
        Sample{Category::support, "Frage", "Wie kann ich die Schriftart in den Einstellungen ändern?"}));

TEST(Classifier, GivesProbabilitiesThatSumToOneAndReasonsStrongestFirst)
{
    const auto result =
        sorted("hacked", "my account was hacked, please help, it is happening right now", Category::urgent);
    EXPECT_NEAR(std::accumulate(result.probabilities.begin(), result.probabilities.end(), 0.0), 1.0, 1e-9);
    EXPECT_TRUE(std::is_sorted(result.reasons.begin(), result.reasons.end(),
                               [](const auto& a, const auto& b) { return a.weight > b.weight; }));
    for (const auto& reason : result.reasons) {
        EXPECT_GT(reason.weight, 0);
        EXPECT_FALSE(reason.sentence.empty());
    }
    EXPECT_EQ(result,
              sorted("hacked", "my account was hacked, please help, it is happening right now", Category::urgent));
}

TEST(Classifier, SaysThatTheMailboxIsAReason)
{
    const auto result = sorted("", "", Category::attack);
    ASSERT_EQ(result.reasons.size(), 1U);
    EXPECT_EQ(result.reasons[0].sentence, "was sent to a mailbox for attack");
}

TEST(Classifier, LeavesAMessageThatSaysNothingWithItsMailbox)
{
    for (const Category category : core::categories) {
        EXPECT_EQ(sorted("", "", category).category, category);
    }
}

TEST(Classifier, RaisesFromAnyMailbox)
{
    for (const Category prior : {Category::urgent, Category::support}) {
        EXPECT_EQ(sorted("hacked", "my account was hacked and my password was changed", prior).category,
                  Category::attack);
    }
    EXPECT_EQ(sorted("SQL injection", "Steps to reproduce the vulnerability:", Category::support).category,
              Category::urgent);
}

// Invariant 8.
TEST(Classifier, DoesNotLowerAttackForOrdinaryWords)
{
    const auto result = sorted("Question about my invoice",
                               "How do I change the settings? Where can I find the menu? "
                               "It is not working since the update.",
                               Category::attack);
    EXPECT_EQ(result.category, Category::attack);
}

TEST(Classifier, LowersAttackForAdvertisingOnly)
{
    constexpr auto advertising =
        "First page of Google guaranteed! We offer SEO services. Unsubscribe here. How do I begin?";
    EXPECT_EQ(sorted("Best SEO services", advertising, Category::attack).category, Category::support);
    EXPECT_EQ(sorted("Best SEO services", std::string{advertising} + " My account was hacked.", Category::attack)
                  .category,
              Category::attack);
}

TEST(Classifier, FlagsWhatIsSpamBegBountyLegalOrPress)
{
    EXPECT_THAT(sorted("Crypto recovery expert", "Hire a trusted hacker").flags, Contains("spam"));
    EXPECT_THAT(sorted("Missing DMARC record", "").flags, Contains("beg_bounty"));
    EXPECT_THAT(sorted("Cease and desist", "").flags, Contains("legal"));
    EXPECT_THAT(sorted("Press inquiry", "I am a journalist").flags, Contains("press"));
    EXPECT_THAT(sorted("my account was hacked", "").flags, IsEmpty());
}

TEST(Classifier, SeesStructure)
{
    auto encrypted = message("", "");
    encrypted.encryption = core::Encryption::pgp_mime;
    EXPECT_THAT(classifier().classify(encrypted, {}).reasons,
                Contains(testing::Field(&core::Reason::sentence, "is encrypted")));
    EXPECT_THAT(sorted("", "GET /x HTTP/1.1\r\nHost: shop.test").reasons,
                Contains(testing::Field(&core::Reason::sentence, "shows an HTTP request")));
    auto listed = message("", "");
    listed.machine.list_field = "list-id";
    EXPECT_THAT(classifier().classify(listed, {}).reasons,
                Contains(testing::Field(&core::Reason::sentence, "came through a list")));
}

// A reason is shown to people and stored: it quotes the rule, never the message.
TEST(Classifier, QuotesNothingOfTheMessage)
{
    const auto result =
        sorted("MaRkEr hacked MaRkEr", "MaRkEr my MaRkEr account was hacked MaRkEr XSS MaRkEr help me");
    EXPECT_THAT(result.reasons, Not(IsEmpty()));
    for (const auto& reason : result.reasons) {
        EXPECT_THAT(core::lowered(reason.sentence), Not(HasSubstr("marker")));
    }
}

TEST(Classifier, TakesAnyOctetsAndHugeText)
{
    std::string octets;
    for (int i = 0; i < 70000; ++i) {
        octets += static_cast<char>(i * 7919 % 256);
    }
    EXPECT_NO_THROW((void)sorted(octets, octets));
    std::string repeated;
    while (repeated.size() < 1U << 20U) {
        repeated += "my account my phone someone my card ";
    }
    EXPECT_NO_THROW((void)sorted("", repeated));
}

// Rules of a site may give no bias at all: then everything is undecided until something is said.
TEST(Classifier, WithoutAMailboxOnlyWhatIsSaidGoesUp)
{
    const auto rules = Classifier::from_rules(
        "threshold attack 0.3\nthreshold urgent 0.4\nattack 1 says: hacked\nurgent 1 says: leak\n", "my.rules");
    ASSERT_TRUE(rules) << rules.error().sentence;
    EXPECT_EQ(rules->classify(message("thank you", "that is all"), {}).category, Category::support);
    EXPECT_EQ(rules->classify(message("a leak", ""), {}).category, Category::urgent);
    EXPECT_EQ(rules->classify(message("hacked", ""), {}).category, Category::attack);
    EXPECT_EQ(rules->classify(message("thank you", "that is all"), Category::urgent).category, Category::attack)
        << "to a mailbox of ours, what is undecided goes up";
}

}  // namespace
}  // namespace shield::classify
