// SPDX-License-Identifier: Apache-2.0
#include "content_pace.hpp"

#include <gtest/gtest.h>

namespace shield::net {
namespace {

using namespace std::chrono_literals;

core::Limits limits()
{
    core::Limits limits;
    limits.content_rate_min = 100;
    limits.content_rate_window = 60;
    return limits;
}

TEST(ContentPace, HasNoDeadlineWhileNoContentIsExpected)
{
    ContentPace pace;
    EXPECT_FALSE(pace.deadline(limits()));
    pace.begin(ContentPace::Moment{});
    EXPECT_TRUE(pace.deadline(limits()));
    pace.end();
    EXPECT_FALSE(pace.deadline(limits()));
}

TEST(ContentPace, TooLittleDoesNotMoveTheDeadline)
{
    ContentPace pace;
    const ContentPace::Moment begin{};
    pace.begin(begin);
    for (int second = 1; second < 60; ++second) {
        pace.begin(begin + std::chrono::seconds{second});
        pace.arrived(100, limits(), begin + std::chrono::seconds{second});
        EXPECT_EQ(pace.deadline(limits()), begin + 60s);
    }
}

TEST(ContentPace, WhatAWindowMustBringBeginsTheNext)
{
    ContentPace pace;
    ContentPace::Moment now{};
    pace.begin(now);
    for (int window = 0; window < 100; ++window) {
        now += 59s;
        pace.arrived(6000, limits(), now);
        EXPECT_EQ(pace.deadline(limits()), now + 60s);
    }
    pace.arrived(1'000'000, limits(), now);
    EXPECT_EQ(pace.deadline(limits()), now + 60s) << "nothing is saved up";
    pace.arrived(5999, limits(), now + 30s);
    EXPECT_EQ(pace.deadline(limits()), now + 60s);
}

}  // namespace
}  // namespace shield::net
