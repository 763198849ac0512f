// SPDX-License-Identifier: Apache-2.0
#include <shield/core/time.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

TEST(Time, IsWrittenAsRfc3339AndRfc5322)
{
    const Time time = from_unix_ms(1795473454987);
    EXPECT_EQ(to_rfc3339(time), "2026-11-23T22:37:34Z");
    EXPECT_EQ(to_rfc5322(time), "Mon, 23 Nov 2026 22:37:34 +0000");
    EXPECT_EQ(to_unix_ms(time), 1795473454987);
}

TEST(Time, ComesBackFromItsText)
{
    for (const auto* text : {"1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2026-11-23T22:37:34Z"}) {
        const auto time = parse_rfc3339(text);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(to_rfc3339(*time), text);
    }
}

TEST(Time, ImpossibleDatesAreRefused)
{
    for (const auto* text :
         {"", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
          "2026-01-01 00:00:00Z", "2026-01-01T00:00:00", "x026-01-01T00:00:00Z"}) {
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    }
}

TEST(Time, DurationsHaveOneUnitAndComeBack)
{
    EXPECT_EQ(*parse_duration("90s"), std::chrono::seconds{90});
    EXPECT_EQ(*parse_duration(" 2h "), std::chrono::hours{2});
    for (const auto* text : {"90s", "15m", "2h", "3d", "0s"}) {
        EXPECT_EQ(format_duration(*parse_duration(text)), text);
    }
    for (const auto* text : {"", "2", "h", "2 hours", "-2h", "1.5h", "99999999999999999d", "4000d"}) {
        const auto duration = parse_duration(text);
        ASSERT_FALSE(duration) << text;
        EXPECT_NE(duration.error().sentence.find("2h"), std::string::npos);
    }
}

}  // namespace
}  // namespace shield::core
