// SPDX-License-Identifier: Apache-2.0
#include "sample_case.hpp"

#include <shield/triage/desk.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::triage {
namespace {

using core::State;
using sample::monday_noon;
using testing::HasSubstr;
using namespace std::chrono_literals;

store::Change follow(const store::CaseDetail& detail, bool automatic, const char* author = "alice@example.net")
{
    const auto later = sample::message(store::MessageKind::first, author, monday_noon + 48h, 8);
    return *on_follow_up(later.envelope, *later.assessment, automatic, monday_noon + 48h,
                         sample::promises())(detail);
}

TEST(FollowUp, OfAPersonReopensAClosedCaseAndStartsItsClockAgain)
{
    auto detail = sample::case_in(State::closed);
    detail.summary.duplicate_of = sample::reference(9);
    const auto change = follow(detail, false);
    EXPECT_EQ(change.state, State::in_progress);
    EXPECT_EQ(*change.due_at, std::optional{monday_noon + 50h});
    EXPECT_EQ(*change.code, std::nullopt);
    EXPECT_EQ(*change.duplicate_of, std::nullopt);
    EXPECT_THAT(change.events.at(0).detail, HasSubstr("open again"));
}

TEST(FollowUp, OfAPersonDoesNotPostponeARunningClock)
{
    const auto change = follow(sample::case_in(State::triaged), false);
    EXPECT_EQ(change.state, State::in_progress);
    EXPECT_FALSE(change.due_at);
}

TEST(FollowUp, OfAMachineOnlyAdds)
{
    for (const State state : core::states) {
        const auto change = follow(sample::case_in(state), true);
        EXPECT_FALSE(change.state) << to_string(state);
        EXPECT_FALSE(change.due_at);
        EXPECT_FALSE(change.code);
        EXPECT_EQ(change.events.size(), 1U);
    }
}

TEST(FollowUp, FromAnotherAddressIsPutOnRecord)
{
    EXPECT_THAT(follow(sample::case_in(State::waiting), false, "mallory@example.org").events.at(0).detail,
                HasSubstr("another address"));
    EXPECT_THAT(follow(sample::case_in(State::waiting), false).events.at(0).detail,
                testing::Not(HasSubstr("another address")));
}

}  // namespace
}  // namespace shield::triage
