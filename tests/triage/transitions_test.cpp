// SPDX-License-Identifier: Apache-2.0
#include <shield/triage/transitions.hpp>

#include <gtest/gtest.h>

#include <map>

namespace shield::triage {
namespace {

using core::State;

constexpr std::array acts{Act::claim,  Act::reply,       Act::human_follow_up, Act::automatic_follow_up, Act::close,
                          Act::reopen, Act::set_triaged, Act::set_in_progress, Act::set_waiting};

TEST(Transitions, EveryPairIsAsTheContractSays)
{
    const State n = State::fresh, t = State::triaged, p = State::in_progress, w = State::waiting, c = State::closed;
    const std::optional<State> no;
    const std::map<State, std::array<std::optional<State>, acts.size()>> expected{
        // claim, reply, human, machine, close, reopen, set triaged, set in_progress, set waiting
        {n, {t, w, p, n, c, no, t, p, w}},      {t, {t, w, p, t, c, no, t, p, w}},
        {p, {p, w, p, p, c, no, t, p, w}},      {w, {w, w, p, w, c, no, t, p, w}},
        {c, {no, no, p, c, no, p, no, no, no}},
    };
    ASSERT_EQ(expected.size(), core::states.size());
    for (const auto& [state, row] : expected) {
        for (std::size_t act = 0; act < acts.size(); ++act) {
            EXPECT_EQ(after(state, acts[act]), row[act]) << to_string(state) << ", act " << act;
        }
    }
}

TEST(Transitions, NothingLeadsBackToNew)
{
    for (const State state : core::states) {
        for (const Act act : acts) {
            if (state != State::fresh) {
                EXPECT_NE(after(state, act), State::fresh) << to_string(state);
            }
        }
    }
}

TEST(Transitions, AMachineNeverChangesAState)
{
    for (const State state : core::states) {
        EXPECT_EQ(after(state, Act::automatic_follow_up), state);
    }
}

}  // namespace
}  // namespace shield::triage
