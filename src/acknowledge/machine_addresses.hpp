// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/mailbox.hpp>

#include <string>

namespace shield::acknowledge {

/// Why no person writes from this address, or empty (RFC 3834 section 2).
[[nodiscard]] std::string reason_of_machine_address(const core::Mailbox& address);

/// Whether it is an address that machines are given and a person may use: root@, alerts@, notifications@.
[[nodiscard]] bool is_role_of_machines(const core::Mailbox& address);

}  // namespace shield::acknowledge
