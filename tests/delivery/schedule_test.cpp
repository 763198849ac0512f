// SPDX-License-Identifier: Apache-2.0
#include <shield/delivery/schedule.hpp>

#include <gtest/gtest.h>

#include <random>

namespace shield::delivery {
namespace {

using namespace std::chrono_literals;

const core::Time now = core::from_unix_ms(1'764'000'000'000);

std::chrono::milliseconds pause(unsigned attempts, double jitter = 0)
{
    return try_again_at(attempts, now, now + std::chrono::hours{1000}, jitter).value() - now;
}

TEST(Schedule, WaitsLongerAfterEachTry)
{
    EXPECT_EQ(pause(1), 1min);
    EXPECT_EQ(pause(2), 5min);
    EXPECT_EQ(pause(3), 15min);
    EXPECT_EQ(pause(4), 45min);
    EXPECT_EQ(pause(5), 2h);
    EXPECT_EQ(pause(6), 6h);
    EXPECT_EQ(pause(7), 6h);
    EXPECT_EQ(pause(4'000'000'000), 6h);
    EXPECT_EQ(pause(0), 1min);
}

TEST(Schedule, JitterAddsUpToAFifthAndTakesNothingAway)
{
    std::mt19937 random{1};
    std::uniform_real_distribution<> jitter{0, 1};
    for (unsigned attempts = 1; attempts < 10; ++attempts) {
        auto least = pause(attempts, 0.999);
        auto most = pause(attempts);
        for (int i = 0; i < 200; ++i) {
            const auto found = pause(attempts, jitter(random));
            ASSERT_GE(found, pause(attempts));
            ASSERT_LT(found, pause(attempts) * 12 / 10);
            least = std::min(least, found);
            most = std::max(most, found);
        }
        EXPECT_GT(most - least, pause(attempts) / 10) << "it does spread";
    }
}

TEST(Schedule, JitterFromOutsideItsRangeIsCutOff)
{
    EXPECT_EQ(pause(1, -3), 1min);
    EXPECT_EQ(pause(1, 7), 72s);
}

TEST(Schedule, GivesUpWhenTheNextTryWouldBeTooLate)
{
    EXPECT_EQ(try_again_at(1, now, now + 1min, 0), now + 1min);
    EXPECT_EQ(try_again_at(1, now, now + 1min - 1ms, 0), std::nullopt);
    EXPECT_EQ(try_again_at(1, now, now + 1min, 0.5), std::nullopt);
    EXPECT_EQ(try_again_at(1, now, now - 1h, 0), std::nullopt);
}

TEST(Schedule, AMailThatIsAlwaysDeferredIsGivenUpInTimeAndNotTriedTooOften)
{
    std::mt19937 random{2};
    std::uniform_real_distribution<> jitter{0, 1};
    for (const auto patience : {std::chrono::hours{24}, std::chrono::hours{5 * 24}}) {
        auto at = now;
        unsigned attempts = 1;
        while (const auto next = try_again_at(attempts, at, now + patience, jitter(random))) {
            ASSERT_GT(*next, at);
            ASSERT_LE(*next, now + patience);
            at = *next;
            ++attempts;
        }
        EXPECT_GE(at, now + patience / 2) << "it does not give up early either";
        EXPECT_LE(attempts, 26U);
    }
}

}  // namespace
}  // namespace shield::delivery
