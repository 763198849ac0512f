// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/limits.hpp>
#include <shield/core/result.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace shield::daemon {

/// The content of a regular file of at most `size_max` octets; the error names file and remedy.
[[nodiscard]] core::result<std::string> read_bounded(const std::filesystem::path& file, std::uint64_t size_max);

/// Every `*.txt` of a directory by its name, bounded in number and size.
[[nodiscard]] core::result<std::map<std::string, std::string>> read_templates(
    const std::filesystem::path& directory, const core::Limits& limits);

}  // namespace shield::daemon
