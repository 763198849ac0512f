// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "links.hpp"

#include <shield/core/assessment.hpp>

#include <string_view>
#include <vector>

namespace shield::campaign {

/// Whether no person is behind this address: no-reply@ in the ways it is written.
[[nodiscard]] bool is_no_reply(std::string_view address);

/// Whether its header says that a machine made it: automatic, bulk, a list, a report, a no-reply sender.
[[nodiscard]] bool is_machine_made(const core::Assessment& message);

/// Whether it asks somebody to confirm a subscription or registration, or welcomes him to one. `folded` are the
/// folded words of subject and text. It takes all of: words of confirming or welcoming, words of subscribing, a
/// link made for one message; and a sender that is a list or takes no replies, or a few words of which none is "I".
/// So a message *about* confirmations is none, nor is a phishing mail that says "verify your account".
[[nodiscard]] bool is_confirmation(const core::Assessment& message, std::string_view folded,
                                   const std::vector<Link>& links);

/// Whether it has a link that was made for one message, and leads to its author's own site; whoever says that he is
/// a machine may link to anybody who counts clicks for him. Nothing is attached but pictures, and nobody says "I".
[[nodiscard]] bool is_personal(const core::Assessment& message, std::string_view folded,
                               const std::vector<Link>& links);

}  // namespace shield::campaign
