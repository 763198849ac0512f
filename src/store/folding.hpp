// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <shield/store/campaigns.hpp>

#include <string_view>

/// Cases behind other cases, inside somebody's transaction.
namespace shield::store {

/// As a row of gathering_work has it.
[[nodiscard]] std::string_view gathering_word(GatheringWork::Act act);
[[nodiscard]] GatheringWork::Act gathering_act(std::string_view word);  ///< throws Damaged

/// Writes down what became of one message, and of the earlier ones that it brought along.
void write_gathered(Connection& connection, const Gathered& gathered, core::Time now);

/// Back into the queue, or to where spam is: out of the campaign that it is folded behind, and remembered as like
/// it; or no longer muted. Nothing happens to another case. Whether others than we wanted it, gather learns from
/// the work it makes.
void bring_back(Connection& connection, std::int64_t case_id, core::Time now, std::string_view who,
                std::string_view why);

/// Is it folded behind another case?
[[nodiscard]] bool is_folded_behind(Connection& connection, std::int64_t case_id);
/// Do others stand behind it?
[[nodiscard]] bool stands_for_others(Connection& connection, std::int64_t case_id);
/// Some of the open cases that are.
[[nodiscard]] std::vector<std::int64_t> folded_behind(Connection& connection, std::int64_t stand_in,
                                                      std::uint64_t limit);

/// It stands for no others any more, and gather is to forget the campaign.
void end_campaign(Connection& connection, std::int64_t stand_in, core::Time now, std::string_view who);

}  // namespace shield::store
