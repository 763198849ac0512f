// SPDX-License-Identifier: Apache-2.0
#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

namespace shield::campaign {
namespace {

using testing::ElementsAre;

TEST(SubscriptionBomb, IsOneCampaignWhateverTheListsSay)
{
    Mail mail;
    Dice dice{19};
    for (int i = 1; i < 5; ++i) {
        EXPECT_NE(mail.come_from_anybody(confirmation(dice)).standing, Standing::member) << i;
    }
    const Placement fifth = mail.come_from_anybody(confirmation(dice));
    EXPECT_EQ(fifth.standing, Standing::member);
    EXPECT_THAT(fifth.joined, ElementsAre(1, 2, 3, 4));
    for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(mail.come(confirmation(dice), 5, true).campaign, 1U) << "lists are verified, and no persons";
    }
}

TEST(SubscriptionBomb, HasWhatListsShopsAndForumsSend)
{
    Dice dice{41};
    for (const std::string& octets : confirmations(dice)) {
        EXPECT_TRUE(sketch_of(mime::read(octets, core::Limits{}), our_mailboxes()).confirmation) << octets;
    }
}

TEST(SubscriptionBomb, HasNoReportOfAPersonAboutConfirmations)
{
    const std::string_view from_me =
        "From: eve@lab.example\r\nSubject: Your newsletter confirmation can be bypassed\r\n";
    for (const std::string body :
         {"I found that your newsletter confirms any address, see https://lab.example/poc/8a7b6c5d4e3f2a1b",
          "My mailbox is flooded with mails that want me to confirm a subscription, like "
          "https://lab.example/8a7b6c5d4e3f"}) {
        EXPECT_FALSE(sketch_of(read_message(from_me, body), our_mailboxes()).confirmation) << body;
    }
}

TEST(SubscriptionBomb, IsNotAFewInALongTimeNorOfOneSender)
{
    core::Limits limits;
    limits.subscription_bomb_min = 5;
    Mail mail{limits};
    Dice dice{23};
    for (int i = 0; i < 50; ++i) {
        mail.now += std::chrono::hours{7};
        EXPECT_NE(mail.come_from_anybody(confirmation(dice)).standing, Standing::member);
    }
    Mail one_sender;
    Dice same{29};
    const Sketch sketch = confirmation(same);
    for (int i = 0; i < 50; ++i) {
        EXPECT_NE(one_sender.come_from_anybody(sketch).standing, Standing::member);
    }
}

/// A form that no list of words knows, filled in by one site. `field`: what its header says besides.
Sketch form(int which, std::string_view site, std::string_view field = {})
{
    static const std::array<std::string_view, 4> forms{
        "The workspace was built. Step inside: ", "Your table waits for a quarter of an hour: ",
        "Der Lostopf ist voll, das Los wird hier gedruckt: ", "Tu plaza del taller queda apartada: "};
    return sketch_of(
        read_message("From: hello@" + std::string{site} + ".example\r\nSubject: Number 17\r\n" + std::string{field},
                     std::string{forms.at(static_cast<std::size_t>(which))} + "https://" + std::string{site} +
                         ".example/k/9f8e7d6c5b4a3210"),
        our_mailboxes());
}

TEST(SubscriptionBomb, HasFormsInAnyWordsThatTwoSitesSent)
{
    Mail mail;
    std::vector<MessageId> joined;
    for (int which = 0; which < 4; ++which) {
        for (const char* site : {"alder", "birch"}) {
            const Placement placement = mail.come_from_anybody(form(which, site + std::to_string(which)));
            joined.insert(joined.end(), placement.joined.begin(), placement.joined.end());
        }
    }
    for (const auto& [id, campaign] : mail.of) {
        EXPECT_EQ(campaign, 1U) << id;
    }
    EXPECT_EQ(std::set<MessageId>(joined.begin(), joined.end()).size(), joined.size()) << "each joined once";
    EXPECT_EQ(mail.campaigns.facts(1)->messages, 8U);
    EXPECT_EQ(mail.come_from_anybody(form(0, "cedar")).campaign, 1U);
}

TEST(SubscriptionBomb, TakesNoFormThatOneSiteSent)
{
    Mail mail;
    Dice dice{43};
    for (int i = 0; i < 20; ++i) {
        mail.come_from_anybody(confirmation(dice));
    }
    for (int i = 0; i < 3; ++i) {
        EXPECT_NE(mail.come_from_anybody(form(1, "alder")).standing, Standing::member) << i;
    }
    EXPECT_NE(mail.come_from_anybody(form(2, "birch", "Auto-Submitted: auto-generated\r\n")).standing,
              Standing::member);
}

TEST(SubscriptionBomb, TakesNoPersonWhoLinksToHisOwnSite)
{
    Mail mail;
    Dice dice{47};
    for (int i = 0; i < 20; ++i) {
        mail.come_from_anybody(confirmation(dice));
    }
    for (const auto& [from, body] : std::vector<std::pair<std::string, std::string>>{
             {"cert@bank.example", "Indicators of the phishing: https://bank.example/advisories/9f8e7d6c5b4a"},
             {"ops@hoster.example",
              "Your newsletter form confirms any address, see https://hoster.example/t/8a7b6c5d4e3f2a1b"},
             {"max@office.example", "Die Beweise liegen bereit: https://office.example/akte/77a6b5c4d3e2f1"}}) {
        const Sketch sketch = sketch_of(
            read_message("From: " + from + "\r\nSubject: An incident at yours\r\n", body), our_mailboxes());
        EXPECT_NE(mail.come_from_anybody(sketch).standing, Standing::member) << body;
    }
}

TEST(SubscriptionBomb, OfAnotherMailboxIsAnother)
{
    Mail mail;
    Dice dice{31};
    std::set<CampaignId> campaigns;
    for (int i = 0; i < 40; ++i) {
        Origin origin;
        origin.sender = mail.last;
        origin.recipient = mail.last % 2;
        mail.come(confirmation(dice), origin);
    }
    for (const auto& [id, campaign] : mail.of) {
        campaigns.insert(campaign);
    }
    EXPECT_THAT(campaigns, ElementsAre(1, 2));
}

TEST(SubscriptionBomb, GoesOnAfterARestart)
{
    Mail before;
    Dice dice{37};
    for (int i = 0; i < 20; ++i) {
        before.come_from_anybody(confirmation(dice));
    }
    Mail after;
    after.last = before.last;
    after.now = before.now;
    for (const Remembered& one : before.remembered()) {
        after.campaigns.load(one);
    }
    EXPECT_EQ(after.come_from_anybody(confirmation(dice)).campaign, 1U);
}

}  // namespace
}  // namespace shield::campaign
