// SPDX-License-Identifier: Apache-2.0
#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::campaign {
namespace {

class CampaignBounds : public testing::Test {
protected:
    static std::string text(std::uint64_t number)
    {
        Dice dice{number};
        std::string text;
        for (int i = 0; i < 40; ++i) {
            text += dice.letters(7) + " ";
        }
        return text;
    }
    static void send_campaign(Mail& mail, std::uint64_t number)
    {
        for (int i = 0; i < 3; ++i) {
            mail.come_from_anybody(sketch_of_text(text(number)));
        }
    }
    core::Limits limits_;
};

TEST_F(CampaignBounds, TheLongestQuietCampaignsAreForgotten)
{
    limits_.campaigns_max = 4;
    Mail mail{limits_};
    for (std::uint64_t number = 0; number < 10; ++number) {
        send_campaign(mail, number);
    }
    EXPECT_EQ(mail.campaigns.campaigns(), 4U);
    EXPECT_FALSE(mail.campaigns.facts(1));
    EXPECT_TRUE(mail.campaigns.facts(28));
}

TEST_F(CampaignBounds, TheOldestMessagesAreForgotten)
{
    limits_.campaign_sketches_max = 100;
    Mail mail{limits_};
    mail.come_from_anybody(sketch_of_text(text(5000)));
    for (std::uint64_t number = 0; number < 300; ++number) {
        mail.come_from_anybody(sketch_of_text(text(number)));
        ASSERT_LE(mail.campaigns.remembered(), 100U);
    }
    EXPECT_EQ(mail.come_from_anybody(sketch_of_text(text(5000))).standing, Standing::alone);
}

TEST_F(CampaignBounds, ACampaignThatGoesOnIsNotPushedOut)
{
    limits_.campaign_sketches_max = 100;
    Mail mail{limits_};
    send_campaign(mail, 1000);
    for (std::uint64_t number = 0; number < 1000; ++number) {
        mail.come_from_anybody(sketch_of_text(text(number)));
        if (number % 50 == 49) {
            EXPECT_EQ(mail.come_from_anybody(sketch_of_text(text(1000))).campaign, 1U) << number;
        }
    }
}

TEST_F(CampaignBounds, WhatIsOlderThanItsTimeIsForgotten)
{
    limits_.campaign_memory_time = 86400;
    Mail mail{limits_};
    send_campaign(mail, 1);
    mail.now += std::chrono::hours{23};
    EXPECT_EQ(mail.come_from_anybody(sketch_of_text(text(1))).campaign, 1U);
    mail.now += std::chrono::hours{23};
    EXPECT_EQ(mail.come_from_anybody(sketch_of_text(text(1))).campaign, 1U) << "it went on";
    mail.now += std::chrono::hours{25};
    EXPECT_EQ(mail.come_from_anybody(sketch_of_text(text(1))).standing, Standing::alone);
    EXPECT_EQ(mail.campaigns.campaigns(), 0U);
}

TEST_F(CampaignBounds, TheSmallestSettingsWork)
{
    limits_.campaigns_max = 0;
    limits_.campaign_sketches_max = 0;
    limits_.campaign_memory_time = 0;
    limits_.campaign_senders_min = 0;
    limits_.subscription_bomb_min = 0;
    Mail mail{limits_};
    Dice dice{1};
    for (std::uint64_t number = 0; number < 50; ++number) {
        mail.come_from_anybody(sketch_of_text(text(number / 3)));
        mail.come_from_anybody(confirmation(dice));
    }
    EXPECT_LE(mail.campaigns.remembered(), 1U);
}

}  // namespace
}  // namespace shield::campaign
