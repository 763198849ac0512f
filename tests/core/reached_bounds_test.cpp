// SPDX-License-Identifier: Apache-2.0
#include <shield/core/reached_bounds.hpp>

#include <gtest/gtest.h>

namespace shield::core {

namespace {

struct BoundsReached : testing::Test {
    [[nodiscard]] std::int64_t counted(std::string_view name) { return metrics.counter(name, {}); }

    Metrics metrics;
    ReachedBounds bounds{metrics};
};

TEST_F(BoundsReached, AreCountedInTheMetricOfTheTable)
{
    bounds.count(&Limits::command_line_max);
    bounds.count(&Limits::command_line_max);
    EXPECT_EQ(counted("shield_limit_command_line_total"), 2);
    EXPECT_EQ(counted("shield_limit_text_line_total"), 0);
}

TEST_F(BoundsReached, AreCountedByEveryNameInBrackets)
{
    bounds.count_named_in("too deep (mime_depth_max), and (as it is) too much (mime_parts_max, header_field_max).");
    EXPECT_EQ(counted("shield_limit_mime_depth_total"), 1);
    EXPECT_EQ(counted("shield_limit_mime_parts_total"), 1);
    EXPECT_EQ(counted("shield_limit_header_field_total"), 1);
    EXPECT_EQ(counted("shield_limit_header_fields_total"), 0);
}

TEST_F(BoundsReached, AreNotCountedWithoutAMetricOrAClosingBracket)
{
    bounds.count(&Limits::octets_row_max);  // its metric is why it has none
    bounds.count_named_in("split (octets_row_max)");
    bounds.count_named_in("never closed (mime_depth_max");
    EXPECT_EQ(counted("shield_limit_mime_depth_total"), 0);
    EXPECT_EQ(metrics.render().find("not counted"), std::string::npos);
}

TEST_F(BoundsReached, ShareTheirCounters)
{
    const ReachedBounds others{metrics};
    others.count(&Limits::recipients_max);
    bounds.count(&Limits::recipients_max);
    EXPECT_EQ(counted("shield_limit_recipients_total"), 2);
}

}  // namespace

}  // namespace shield::core
