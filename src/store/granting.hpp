// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"
#include "placing.hpp"

#include <shield/store/assessments.hpp>

namespace shield::store {

/// Has it decided about the acknowledgement of a message, inside somebody's transaction, and queues the reply that
/// it grants. Throws when a decision cannot be carried out.
[[nodiscard]] Acknowledgement decide_acknowledgement(Connection& connection, const Acknowledge& decide,
                                                     const Facts& facts, core::Time now);

}  // namespace shield::store
