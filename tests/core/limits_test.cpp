// SPDX-License-Identifier: Apache-2.0
#include <shield/core/limits.hpp>

#include <gtest/gtest.h>

#include <set>

namespace shield::core {
namespace {

TEST(Limits, EveryLineOfTheTableNamesOneMemberWithItsDefault)
{
    const Limits defaults;
    std::set<std::string_view> names;
    for (const LimitEntry& entry : limit_table()) {
        EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
        EXPECT_EQ(defaults.*entry.member, entry.default_value) << entry.name;
        EXPECT_GT(entry.default_value, 0U) << entry.name;
        EXPECT_FALSE(entry.unit.empty()) << entry.name;
        EXPECT_FALSE(entry.reply.empty()) << entry.name;
        EXPECT_FALSE(entry.metric.empty()) << entry.name;
    }
    EXPECT_EQ(names.size() * sizeof(std::uint64_t), sizeof(Limits));
}

TEST(Limits, SettingOneChangesThatOneAlone)
{
    for (const LimitEntry& entry : limit_table()) {
        Limits limits;
        limits.*entry.member = 1234567;
        EXPECT_NE(limits, Limits{}) << entry.name;
        limits.*entry.member = entry.default_value;
        EXPECT_EQ(limits, Limits{}) << entry.name;
    }
}

// RFC 5321 section 4.5.3.1 names what a server must take at least.
TEST(Limits, DefaultsAreAtLeastWhatRfc5321Asks)
{
    const Limits limits;
    EXPECT_GE(limits.command_line_max, 512U);
    EXPECT_GE(limits.text_line_max, 1000U);
    EXPECT_GE(limits.recipients_max, 100U);
    EXPECT_GE(limits.command_wait_max, 300U);
}

}  // namespace
}  // namespace shield::core
