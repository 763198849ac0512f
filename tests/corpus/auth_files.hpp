// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

/// The part of the shared corpus that is about authentication.
namespace shield::auth::test {

inline const std::filesystem::path corpus =
    std::filesystem::path{SHIELD_SOURCE_DIR} / ".." / "shared" / "corpus" / "auth";

inline std::string slurp(const std::filesystem::path& path)
{
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline std::string with_crlf(const std::string& text)
{
    std::string converted;
    for (const char c : text) {
        if (c == '\n' && !converted.ends_with('\r')) {
            converted += '\r';
        }
        converted += c;
    }
    return converted;
}

}  // namespace shield::auth::test
