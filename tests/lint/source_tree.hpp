// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace shield::lint {

inline const std::filesystem::path root{SHIELD_SOURCE_DIR};

inline std::string content(const std::filesystem::path& file)
{
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

inline std::vector<std::string> lines(const std::filesystem::path& file)
{
    std::vector<std::string> all;
    std::ifstream stream{file};
    for (std::string line; std::getline(stream, line);) {
        all.push_back(line);
    }
    return all;
}

/// Every header and source of include/ and src/, relative to the root.
inline std::vector<std::filesystem::path> sources()
{
    std::vector<std::filesystem::path> all;
    for (const char* tree : {"include", "src"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator{root / tree}) {
            const auto extension = entry.path().extension();
            if (entry.is_regular_file() && (extension == ".hpp" || extension == ".cpp")) {
                all.push_back(entry.path().lexically_relative(root));
            }
        }
    }
    return all;
}

}  // namespace shield::lint
