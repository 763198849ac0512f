// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace shield::cli {
namespace {

class Files : public testing::Test {
protected:
    void SetUp() override
    {
        std::string name = (std::filesystem::temp_directory_path() / "shield_files_XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    [[nodiscard]] std::string path(const char* name) const { return (directory_ / name).string(); }

    std::filesystem::path directory_;
};

TEST_F(Files, WhatIsWrittenIsReadBackAndForTheOwnerAlone)
{
    const std::string octets("a\0b\r\n\xff", 6);
    ASSERT_TRUE(write_new_file(path("new"), octets));
    EXPECT_EQ(*read_file(path("new"), 100), octets);
    struct stat facts {};
    ASSERT_EQ(stat(path("new").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST_F(Files, NothingIsOverwrittenAndNoLinkFollowed)
{
    std::ofstream{path("there")} << "precious";
    EXPECT_FALSE(write_new_file(path("there"), "x"));
    std::filesystem::create_symlink(path("elsewhere"), path("link"));
    EXPECT_FALSE(write_new_file(path("link"), "x"));
    EXPECT_FALSE(std::filesystem::exists(path("elsewhere")));
    EXPECT_EQ(*read_file(path("there"), 100), "precious");
}

TEST_F(Files, AFileThatIsTooLargeOrMissingIsSaid)
{
    ASSERT_TRUE(write_new_file(path("large"), std::string(1000, 'x')));
    EXPECT_THAT(read_file(path("large"), 999).error().sentence, testing::HasSubstr("more than 999 octets"));
    EXPECT_THAT(read_file(path("nothing"), 999).error().sentence, testing::HasSubstr("No such file"));
    EXPECT_THAT(read_file(directory_.string(), 999).error().sentence, testing::HasSubstr("directory"));
}

}  // namespace
}  // namespace shield::cli
