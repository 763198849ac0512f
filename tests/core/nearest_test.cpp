// SPDX-License-Identifier: Apache-2.0
#include <shield/core/nearest.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

const std::vector<std::string> known{"queue", "show", "claim", "close", "reclassify"};

TEST(Nearest, IsTheNameWithTheFewestLettersWrong)
{
    EXPECT_EQ(nearest("quue", known), "queue");
    EXPECT_EQ(nearest("closed", known), "close");
    EXPECT_EQ(nearest("reclasify", known), "reclassify");
}

TEST(Nearest, IsNothingWhenNothingIsNear)
{
    EXPECT_EQ(nearest("frobnicate", known), "");
    EXPECT_EQ(nearest("x", {"no"}), "") << "not a letter of it is right";
    EXPECT_EQ(nearest(std::string(1000, 'q'), known), "");
    EXPECT_EQ(nearest("queue", {}), "");
}

}  // namespace
}  // namespace shield::core
