// SPDX-License-Identifier: Apache-2.0
#include <shield/triage/transitions.hpp>

#include <array>

namespace shield::triage {

namespace {

using core::State;
using Row = std::array<std::optional<State>, 9>;  // indexed by Act

constexpr std::optional<State> none;
constexpr auto fresh = std::optional{State::fresh};
constexpr auto triaged = std::optional{State::triaged};
constexpr auto working = std::optional{State::in_progress};
constexpr auto waiting = std::optional{State::waiting};
constexpr auto closed = std::optional{State::closed};

// clang-format off
constexpr std::array<Row, core::states.size()> table{{
    //               claim    reply    human    machine  close   reopen   set_triaged set_in_progress set_waiting
    /* fresh       */ {triaged, waiting, working, fresh,   closed, none,    triaged,    working,        waiting},
    /* triaged     */ {triaged, waiting, working, triaged, closed, none,    triaged,    working,        waiting},
    /* in_progress */ {working, waiting, working, working, closed, none,    triaged,    working,        waiting},
    /* waiting     */ {waiting, waiting, working, waiting, closed, none,    triaged,    working,        waiting},
    /* closed      */ {none,    none,    working, closed,  none,   working, none,       none,           none},
}};
// clang-format on

}  // namespace

std::optional<State> after(State state, Act act) noexcept
{
    return table[static_cast<std::size_t>(state)][static_cast<std::size_t>(act)];
}

}  // namespace shield::triage
