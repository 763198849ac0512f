// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "waiting_work.hpp"

#include <shield/core/vocabulary.hpp>

#include <string_view>

/// How the stages that take work by lease share what they can do: by weights, and what a message costs.
namespace shield::store {

/// By category, attack before urgent before support, and not strictly: a flood to one of our mailboxes does not end
/// the others' assessment. A message costs its octets, a small one about a page.
[[nodiscard]] WaitingWork::Options fair_assessments();
[[nodiscard]] WaitingWork::Entry to_assess(std::int64_t message_id, std::string_view client_address,
                                           core::Category category, std::uint64_t size);

/// Those first whose acknowledgement waits, then what the DNS had no answer to before. One costs what the next
/// does.
[[nodiscard]] WaitingWork::Options fair_authentications();
[[nodiscard]] WaitingWork::Entry to_authenticate(std::int64_t message_id, std::string_view client_address,
                                                 bool decides);

}  // namespace shield::store
