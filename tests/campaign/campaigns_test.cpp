// SPDX-License-Identifier: Apache-2.0
#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace shield::campaign {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Family& extortion()
{
    static const Family family = families().front();
    return family;
}

const std::string letter =
    "I have had access to your mailbox for several weeks and copied every conversation with your customers. "
    "Transfer two thousand dollars within three days, or each of your partners receives the whole archive. "
    "Neither the police nor your provider can prevent this, so do not waste our time with questions.";

TEST(Campaigns, BeginWhenThreeSendersWroteTheSame)
{
    Mail mail;
    EXPECT_EQ(mail.come(sketch_of_text(letter), 1).standing, Standing::alone);
    const Placement second = mail.come(sketch_of_text(letter), 2);
    EXPECT_EQ(second.standing, Standing::linked);
    EXPECT_EQ(second.like, 1U);
    EXPECT_THAT(second.why, HasSubstr("not yet enough"));
    const Placement third = mail.come(sketch_of_text(letter), 3);
    EXPECT_EQ(third.standing, Standing::member);
    EXPECT_EQ(third.campaign, 1U);
    EXPECT_THAT(third.joined, ElementsAre(1, 2));
    EXPECT_EQ(third.why, "100 % of its text is the same, word after word, and its subject; 3 senders wrote it");
    EXPECT_EQ(mail.campaigns.facts(1)->messages, 3U);
    EXPECT_EQ(mail.campaigns.facts(1)->senders, 3U);
    EXPECT_EQ(mail.campaigns.facts(1)->last, mail.now);
}

TEST(Campaigns, NeedAsManySendersAsTheOperatorSays)
{
    core::Limits limits;
    limits.campaign_senders_min = 5;
    Mail mail{limits};
    for (std::uint64_t sender = 1; sender <= 4; ++sender) {
        EXPECT_NE(mail.come(sketch_of_text(letter), sender).standing, Standing::member);
    }
    EXPECT_EQ(mail.come(sketch_of_text(letter), 5).standing, Standing::member);
}

TEST(Campaigns, OfOneSenderTakeTenMessages)
{
    Mail mail;
    for (int i = 1; i < 10; ++i) {
        EXPECT_NE(mail.come(sketch_of_text(letter), 7).standing, Standing::member) << i;
    }
    EXPECT_EQ(mail.come(sketch_of_text(letter), 7).standing, Standing::member);
}

TEST(Campaigns, OfMachinesTakeThreeMessages)
{
    core::Assessment message = message_of("Alarm on a host", letter);
    message.machine.auto_submitted = "auto-generated";
    const Sketch sketch = sketch_of(message, our_mailboxes());
    Mail mail;
    EXPECT_NE(mail.come(sketch, 7).standing, Standing::member);
    EXPECT_NE(mail.come(sketch, 7).standing, Standing::member);
    EXPECT_EQ(mail.come(sketch, 7).standing, Standing::member);
}

TEST(Campaigns, NeverTakeAVerifiedPersonsMessage)
{
    Mail mail;
    for (std::uint64_t sender = 1; sender <= 20; ++sender) {
        mail.come_from_anybody(sketch_of_text(letter));
    }
    const Placement placement = mail.come(sketch_of_text(letter), 99, true);
    EXPECT_EQ(placement.standing, Standing::linked);
    EXPECT_EQ(placement.campaign, 1U);
    EXPECT_THAT(placement.why, HasSubstr("but its sender is verified"));
    Mail verified_only;
    for (std::uint64_t sender = 1; sender <= 20; ++sender) {
        EXPECT_NE(verified_only.come(sketch_of_text(letter), sender, true).standing, Standing::member);
    }
}

TEST(Campaigns, NeverTakeWhoHasWordsOfHisOwn)
{
    Mail mail;
    for (std::uint64_t sender = 1; sender <= 20; ++sender) {
        mail.come_from_anybody(sketch_of_text(letter));
    }
    const Placement placement = mail.come(
        sketch_of_text("Yesterday our bookkeeper in Tromso received the letter below, and since the insurance "
                       "demands a statement before Friday I would like somebody to telephone with us. " +
                       letter),
        99);
    EXPECT_EQ(placement.standing, Standing::linked);
    EXPECT_THAT(placement.why, HasSubstr("but it has words of its own"));
}

TEST(Campaigns, NeverTakeWhoWritesALineAboveWhatHePassesOn)
{
    Mail mail;
    for (std::uint64_t sender = 1; sender <= 20; ++sender) {
        mail.come_from_anybody(sketch_of_text(letter));
    }
    const std::string line = "Our receptionist found this beside her keyboard.\n";
    EXPECT_EQ(mail.come(sketch_of_text(line + letter), 99).standing, Standing::linked);
}

TEST(Campaigns, TakeCopiesWithWordsAtRandom)
{
    Mail mail;
    Dice dice{53};
    std::size_t folded = 0;
    for (int i = 0; i < 20; ++i) {
        std::string salad;
        for (int word = 0; word < 12; ++word) {
            salad += dice.letters(7) + " ";
        }
        mail.come_from_anybody(sketch_of_text(letter + "\n" + salad));
    }
    for (const auto& [id, campaign] : mail.of) {
        folded += campaign != 0 ? 1 : 0;
    }
    EXPECT_EQ(folded, 20U);
}

TEST(Campaigns, TakeTextsThatShareNoSentenceByThoseBetweenThem)
{
    const std::vector<std::string> sentences{"Heavy rain flooded the northern quarter during the night. ",
                                             "Volunteers carried sandbags until sunrise without a pause. ",
                                             "The mayor promised money for every damaged kitchen. ",
                                             "Schools remain closed while engineers inspect bridges. ",
                                             "Drinking water comes from tankers near the station. ",
                                             "Insurance companies opened a counter inside the library. "};
    Mail mail;
    for (std::size_t i = 0; i + 2 < 2 * sentences.size(); ++i) {
        std::string text;
        for (std::size_t k = 0; k < 3; ++k) {
            text += sentences[(i + k) % sentences.size()];
        }
        mail.come_from_anybody(sketch_of_text(text, "Flood number " + std::to_string(i)));
    }
    for (const auto& [id, campaign] : mail.of) {
        EXPECT_EQ(campaign, mail.of.at(1)) << id;
    }
    EXPECT_NE(mail.of.at(1), 0U);
}

TEST(Campaigns, NeverTakeAFewWordsOfDifferentPeople)
{
    Mail mail;
    for (const char* text : {"Ever since the last update the browser is slow and mail does not open",
                             "Since the last update my browser window is larger than the laptop screen",
                             "Since the last update the browser takes long until the search page shows"}) {
        EXPECT_NE(mail.come_from_anybody(sketch_of_text(text, text)).standing, Standing::member) << text;
    }
}

TEST(Campaigns, NeverTakeWhoPassesOneOn)
{
    Mail mail;
    for (std::uint64_t sender = 1; sender <= 20; ++sender) {
        mail.come_from_anybody(sketch_of_text(letter));
    }
    const Placement placement =
        mail.come(sketch_of_text("Is this real?\n-----Original Message-----\n" + letter, "Fwd: money"), 99);
    EXPECT_EQ(placement.standing, Standing::linked);
}

TEST(Campaigns, TakeVariantsOfEveryFamilyAndMixNone)
{
    Mail mail;
    Dice dice{11};
    const auto all = families();
    std::vector<std::string> truth;
    for (int i = 0; i < 60; ++i) {
        for (const Family& family : all) {
            mail.come_from_anybody(copy_of(family, dice));
            truth.push_back(family.name);
        }
    }
    std::vector<CampaignId> found;
    for (const auto& [id, campaign] : mail.of) {
        found.push_back(campaign);
    }
    const Quality quality = quality_of(truth, found);
    EXPECT_EQ(quality.precision, 1.0);
    EXPECT_GE(quality.recall, 0.95);
    RecordProperty("recall_per_mille", static_cast<int>(quality.recall * 1000));
}

TEST(Campaigns, TakeNoneOfDifferentPeoplesReportsOfOneMatter)
{
    Mail mail;
    for (int round = 0; round < 2; ++round) {
        std::uint64_t sender = 0;
        for (const Matter& matter : matters()) {
            for (const auto& [subject, text] : matter.messages) {
                EXPECT_NE(mail.come(sketch_of_text(text, subject), ++sender).standing, Standing::member)
                    << matter.name << ": " << subject;
            }
        }
    }
}

TEST(Campaigns, HardlyDependOnTheOrderOfArrival)
{
    const auto all = families();
    std::vector<std::pair<std::string, Sketch>> messages;
    Dice dice{13};
    for (int i = 0; i < 25; ++i) {
        for (const Family& family : all) {
            messages.emplace_back(family.name, copy_of(family, dice));
        }
    }
    for (int order = 0; order < 5; ++order) {
        for (std::size_t i = messages.size(); i > 1; --i) {
            std::swap(messages[i - 1], messages[dice.below(i)]);
        }
        Mail mail;
        std::vector<std::string> truth;
        std::vector<CampaignId> found;
        for (const auto& [name, sketch] : messages) {
            mail.come_from_anybody(sketch);
            truth.push_back(name);
        }
        for (const auto& [id, campaign] : mail.of) {
            found.push_back(campaign);
        }
        const Quality quality = quality_of(truth, found);
        EXPECT_EQ(quality.precision, 1.0) << order;
        EXPECT_GE(quality.recall, 0.9) << order;
    }
}

TEST(Campaigns, GoOnAfterARestart)
{
    Dice dice{17};
    Mail before;
    for (int i = 0; i < 50; ++i) {
        before.come_from_anybody(copy_of(extortion(), dice));
    }
    const CampaignId campaign = before.of.at(50);
    ASSERT_NE(campaign, 0U);
    Mail after;
    after.last = before.last;
    after.now = before.now;
    for (const Remembered& one : before.remembered()) {
        after.campaigns.load(one);
    }
    for (int i = 0; i < 20; ++i) {
        const Sketch sketch = copy_of(extortion(), dice);
        EXPECT_EQ(after.come_from_anybody(sketch).campaign, campaign);
    }
}

TEST(Campaigns, TakeNothingMoreWhenAPersonSaysTheyAreNone)
{
    Mail mail;
    for (std::uint64_t sender = 1; sender <= 5; ++sender) {
        mail.come(sketch_of_text(letter), sender);
    }
    mail.campaigns.forget_campaign(1);
    EXPECT_EQ(mail.campaigns.facts(1), std::nullopt);
    EXPECT_EQ(mail.come(sketch_of_text(letter), 6).standing, Standing::alone);
}

TEST(Campaigns, CompareWithNoMessageThatIsForgotten)
{
    Mail mail;
    mail.come(sketch_of_text(letter), 1);
    mail.come(sketch_of_text(letter), 2);
    mail.campaigns.forget(1);
    mail.campaigns.forget(999);
    const Placement placement = mail.come(sketch_of_text(letter), 3);
    EXPECT_EQ(placement.standing, Standing::linked);
    EXPECT_EQ(placement.like, 2U);
}

TEST(Campaigns, OfAFewWordsTakeManySenders)
{
    Mail mail;
    const Sketch brief = sketch_of_text("Where is my money?", "Question about my money");
    for (std::uint64_t sender = 1; sender < 50; ++sender) {
        EXPECT_NE(mail.come(brief, sender).standing, Standing::member) << sender;
    }
    EXPECT_EQ(mail.come(brief, 50).standing, Standing::member);
}

TEST(CampaignOrigin, IsTheReversePathWithoutWhatDiffersFromMailToMail)
{
    core::Envelope envelope;
    const auto sender = [&](std::string reverse_path) {
        envelope.reverse_path = std::move(reverse_path);
        return origin_of(envelope, message_of("a", "b")).sender;
    };
    EXPECT_EQ(sender("prvs=1234567890=joe@a.example"), sender("joe@a.example"));
    EXPECT_NE(sender("ann@a.example"), sender("joe@a.example"));
    EXPECT_EQ(sender(""), sender("someone@sender.example")) << "the author stands for the null reverse-path";
}

}  // namespace
}  // namespace shield::campaign
