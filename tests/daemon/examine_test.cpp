// SPDX-License-Identifier: Apache-2.0
#include "examine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::daemon {

using testing::HasSubstr;
using Level = triage::Finding::Level;

TEST(Examine, TheBreakerIsWellWhileAutomaticRepliesGoOut)
{
    delivery::Breaker::Standing standing;
    EXPECT_EQ(breaker_finding(standing).level, Level::ok);
    standing.state = delivery::Breaker::State::open;
    standing.try_at = core::from_unix_ms(0);
    standing.why = "too many were refused";
    EXPECT_EQ(breaker_finding(standing).level, Level::warn);
    EXPECT_THAT(breaker_finding(standing).found, HasSubstr("too many were refused"));
    EXPECT_FALSE(breaker_finding(standing).remedy.empty());
}

TEST(Examine, TheDiskIsJudgedByWhatIsKeptForPeople)
{
    EXPECT_EQ(disk_finding("/tmp", 0).level, Level::ok);
    EXPECT_EQ(disk_finding("/tmp", std::uint64_t{1} << 60U).level, Level::fail);
    EXPECT_EQ(disk_finding("/no/such/place", 0).level, Level::fail);
}

TEST(Examine, WithoutACertificateThereIsNoneToRenew)
{
    EXPECT_EQ(certificate_finding(nullptr, core::from_unix_ms(0)).level, Level::ok);
}

}  // namespace shield::daemon
