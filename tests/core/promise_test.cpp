// SPDX-License-Identifier: Apache-2.0
#include <shield/core/promise.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

Time at(std::string_view text)
{
    return *parse_rfc3339(text);
}

TEST(Promise, WallClockTargetsCountEveryHour)
{
    const auto promise = Promise::parse("2h");
    ASSERT_TRUE(promise);
    EXPECT_EQ(promise->due(at("2026-11-21T23:30:00Z")), at("2026-11-22T01:30:00Z"));
    EXPECT_EQ(promise->to_string(), "2h");
}

// 2026-11-20 is a Friday.
TEST(Promise, BusinessDaysPassOverTheWeekend)
{
    const auto promise = Promise::parse("3 business days");
    ASSERT_TRUE(promise);
    EXPECT_EQ(promise->due(at("2026-11-20T10:00:00Z")), at("2026-11-25T10:00:00Z"));
    EXPECT_EQ(promise->due(at("2026-11-17T10:00:00Z")), at("2026-11-20T10:00:00Z"));
    EXPECT_EQ(promise->to_string(), "3 business days");
}

TEST(Promise, AMessageOfTheWeekendStartsTheClockOnMonday)
{
    const auto promise = Promise::parse("1 business day");
    ASSERT_TRUE(promise);
    EXPECT_EQ(promise->due(at("2026-11-21T10:00:00Z")), at("2026-11-24T00:00:00Z"));
}

TEST(Promise, WhatIsNoTargetIsRefusedWithTheRemedy)
{
    for (const auto* text :
         {"", "soon", "0h", "2", "0 business days", "400 business days", "-1h", "2 business hours"}) {
        const auto promise = Promise::parse(text);
        ASSERT_FALSE(promise) << text;
        EXPECT_NE(promise.error().sentence.find("business days"), std::string::npos);
    }
}

}  // namespace
}  // namespace shield::core
