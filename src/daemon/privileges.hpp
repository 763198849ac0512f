// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/log.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace shield::daemon {

/// Sets what a daemon wants of its process, whoever started it: no core dumps, no tracing by others of its user, no
/// new privileges ever, files for owner and group only, as many descriptors as are allowed. Answers how many those
/// are.
[[nodiscard]] std::uint64_t harden_process();

/// For a root: makes `directory` if it is missing, gives it to `user` and becomes that user for good, which is
/// proven before this returns. For anybody else: gives up the capabilities that were only for binding ports. With
/// an empty `user` a root becomes `shieldd` if there is such a user, and otherwise stays one without capabilities,
/// with a warning. Throws std::runtime_error with a sentence.
void drop_privileges(const std::string& user, const std::filesystem::path& directory, core::Log& log);

/// The same in the process that workers come from, which needs no directory and says nothing.
void drop_privileges_of_workers(const std::string& user);

}  // namespace shield::daemon
