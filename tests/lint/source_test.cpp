// SPDX-License-Identifier: Apache-2.0
#include <shield/core/limits.hpp>

#include <gtest/gtest.h>
#include <lint/source_tree.hpp>

#include <regex>

/// The rules of CONTRIBUTING.md that a machine can check and no formatter does.
namespace shield::lint {

TEST(Source, EveryFileBeginsWithItsLicence)
{
    for (const auto& file : sources()) {
        const auto all = lines(root / file);
        ASSERT_FALSE(all.empty()) << file;
        EXPECT_EQ(all.front(), "// SPDX-License-Identifier: Apache-2.0") << file;
    }
}

TEST(Source, EveryHeaderIsReadOnce)
{
    for (const auto& file : sources()) {
        if (file.extension() == ".hpp") {
            EXPECT_NE(content(root / file).find("#pragma once"), std::string::npos) << file;
        }
    }
}

TEST(Source, NoFileIsLongerThan400Lines)
{
    for (const auto& file : sources()) {
        EXPECT_LE(lines(root / file).size(), 400u) << file << " is usually two";
    }
}

TEST(Source, NothingIsLeftForLater)
{
    const std::regex later{R"(\b(TODO|FIXME|XXX|HACK)\b)"};
    for (const auto& file : sources()) {
        EXPECT_FALSE(std::regex_search(content(root / file), later)) << file;
    }
}

TEST(Source, EveryBoundOfTheTableHolds)
{
    std::string code;
    for (const auto& file : sources()) {
        code += *file.begin() == "src" ? content(root / file) : std::string{};
    }
    for (const core::LimitEntry& limit : core::limit_table()) {
        const std::string name{limit.name};
        const bool used = code.find("." + name) != std::string::npos || code.find("::" + name) != std::string::npos;
        EXPECT_TRUE(used) << name << " is promised by --limits and used nowhere";
    }
}

TEST(Source, NoFileIsNamedAfterNothing)
{
    const std::regex nothing{R"(.*(util|common|helper|manager).*)"};
    for (const auto& file : sources()) {
        EXPECT_TRUE(!std::regex_match(file.stem().string(), nothing) || file.stem() == "service_manager") << file;
    }
}

}  // namespace shield::lint
