// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/result.hpp>

#include <cstdint>
#include <string>

namespace shield::cli {

/// The whole of a file, or of standard input for "-"; an error when it cannot be read or has more than
/// `octets_max`.
[[nodiscard]] core::result<std::string> read_file(const std::string& file, std::uint64_t octets_max);

/// Writes a new file that only its owner may read: what is in it came from a stranger. Overwrites nothing and
/// follows no link; a file that could not be written whole is removed again.
[[nodiscard]] core::result<void> write_new_file(const std::string& file, std::string_view octets);

/// The same with what another file holds.
[[nodiscard]] core::result<void> copy_to_new_file(const std::string& from, const std::string& file);

}  // namespace shield::cli
