// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <shield/store/cases.hpp>

#include <optional>

namespace shield::store {

/// What a person wants to know of the campaign that this case is of; nothing when it is of none. Senders, networks
/// and samples are those of the newest few thousand, so that the time it takes has an end.
[[nodiscard]] std::optional<CampaignDetail> read_campaign(Connection& connection, std::int64_t case_id,
                                                          core::Time now);

}  // namespace shield::store
