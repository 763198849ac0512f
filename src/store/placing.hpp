// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <shield/core/limits.hpp>
#include <shield/store/assessments.hpp>

#include <string>

/// What an assessment does to the case of its message.
namespace shield::store {

/// The message that was assessed.
struct Facts {
    std::int64_t message_id{0};
    core::Reference reference{core::Reference::from_bits(0)};
    std::int64_t case_id{0};
    MessageKind kind{MessageKind::first};
    std::string reverse_path, client_address, recipients;
};

/// Describes the case by its first message, and puts it where it belongs in the queue: one read and one write of
/// its row. `acknowledgement` is what was decided about this message.
void place_case(Connection& connection, const Assessed& assessed, const Facts& facts,
                core::AcknowledgementState acknowledgement, const core::Limits& limits, core::Time now);

}  // namespace shield::store
