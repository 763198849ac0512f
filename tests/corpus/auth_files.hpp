// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <support/crlf.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

/// The part of the shared corpus that is about authentication.
namespace shield::auth::test {

using support::with_crlf;

inline const std::filesystem::path corpus =
    std::filesystem::path{SHIELD_SOURCE_DIR} / ".." / "shared" / "corpus" / "auth";

inline std::string slurp(const std::filesystem::path& path)
{
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace shield::auth::test
