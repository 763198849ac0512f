// SPDX-License-Identifier: Apache-2.0
#include "rate.hpp"

#include <gtest/gtest.h>

namespace shield::net {
namespace {

using namespace std::chrono_literals;

/// How many of `attempts` are taken, one every `apart`.
int taken(Rate& rate, int attempts, std::chrono::milliseconds apart, Rate::Moment& now)
{
    int count = 0;
    for (int i = 0; i < attempts; ++i, now += apart) {
        if (!rate.full(60, now)) {
            rate.add(60, now);
            ++count;
        }
    }
    return count;
}

TEST(Rate, TakesAMinutesWorthAtOnceAndThenAsMuchAsTheMinuteAllows)
{
    Rate rate;
    Rate::Moment now{};
    now += 24h;
    EXPECT_EQ(taken(rate, 1000, 0ms, now), 60);
    EXPECT_NEAR(taken(rate, 1200, 100ms, now), 120, 1) << "in two minutes, however often it is tried";
}

TEST(Rate, AfterAQuietMinuteIsAsIfNothingHadBeen)
{
    Rate rate;
    Rate::Moment now{};
    now += 24h;
    taken(rate, 1000, 0ms, now);
    now += 60s;
    EXPECT_EQ(taken(rate, 1000, 0ms, now), 60);
}

TEST(Rate, OfNoneIsAlwaysFull)
{
    const Rate rate;
    EXPECT_TRUE(rate.full(0, Rate::Moment{} + 24h));
}

}  // namespace
}  // namespace shield::net
