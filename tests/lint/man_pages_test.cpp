// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <lint/source_tree.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace shield::lint {

namespace {

std::string output_of(const std::string& command)
{
    std::string output;
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) {
        return "cannot run " + command;
    }
    std::array<char, 4096> buffer{};
    for (std::size_t size = 0; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        output.append(buffer.data(), size);
    }
    pclose(pipe);
    return output;
}

}  // namespace

class ManPages : public testing::TestWithParam<const char*> {};

TEST_P(ManPages, AreSoundMdoc)
{
    if (std::system("command -v mandoc >/dev/null 2>&1") != 0) {
        GTEST_SKIP() << "mandoc is not installed";
    }
    const auto page = root / "packaging/man" / GetParam();
    ASSERT_TRUE(std::filesystem::exists(page));
    EXPECT_EQ(output_of("mandoc -T lint -W warning '" + page.string() + "' 2>&1"), "");
}

INSTANTIATE_TEST_SUITE_P(Lint, ManPages, testing::Values("shieldd.8", "shieldd.toml.5", "shieldctl.1"));

}  // namespace shield::lint
