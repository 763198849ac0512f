// SPDX-License-Identifier: Apache-2.0
#include "share.hpp"

#include <gtest/gtest.h>

#include <type_traits>
#include <vector>

namespace shield::net {
namespace {

static_assert(!std::is_copy_constructible_v<Share> && !std::is_default_constructible_v<Share>);

TEST(Share, IsGivenBackHoweverItEnds)
{
    Share::Gauge gauge{0};
    {
        auto first = Share::take(gauge, 3, 10);
        ASSERT_TRUE(first);
        std::vector<Share> kept;
        kept.push_back(std::move(*first));
        kept.push_back(*Share::take(gauge, 7, 10));
        EXPECT_EQ(gauge, 10);
        EXPECT_FALSE(Share::take(gauge, 1, 10));
        EXPECT_EQ(gauge, 10) << "what was refused is not counted";
        const Share more = Share::take_in_any_case(gauge, 1);
        EXPECT_EQ(gauge, 11);
    }
    EXPECT_EQ(gauge, 0);
}

}  // namespace
}  // namespace shield::net
