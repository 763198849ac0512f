// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/mailbox.hpp>

#include <optional>
#include <string>

namespace shield::auth {

/// The reverse-path that a forwarder wrapped into one of its own: SRS0 and SRS1 as postsrsd and libsrs2 write them,
/// and the form of Exchange Online. Nothing when it is none. Whether the forwarder may be believed is the caller's
/// to know: its hash is checked by nobody but itself.
[[nodiscard]] std::optional<std::string> unwrapped_path(const core::Mailbox& path);

/// GROUP+bncTEXT@domain: what a Google group sends from. Says which group, not who wrote.
[[nodiscard]] bool is_path_of_google_group(const core::Mailbox& path);

}  // namespace shield::auth
