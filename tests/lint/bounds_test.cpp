// SPDX-License-Identifier: Apache-2.0
#include <shield/core/limits.hpp>

#include <gtest/gtest.h>
#include <lint/source_tree.hpp>

#include <algorithm>
#include <array>
#include <regex>
#include <set>

/// Invariant 6: every bound of the table has a reply or a mark, a metric and a test.
namespace shield::lint {

namespace {

// Why nothing counts a bound; limits.hpp says what each means.
constexpr std::array<std::string_view, 3> not_counted{"not counted: housekeeping", "not counted: a view",
                                                      "not counted: at start"};

bool is_counted(const core::LimitEntry& limit)
{
    return std::find(not_counted.begin(), not_counted.end(), limit.metric) == not_counted.end();
}

/// What stands in the first group of every match.
std::set<std::string> matches(const std::string& text, const char* pattern)
{
    std::set<std::string> found;
    const std::regex expression{pattern};
    for (std::sregex_iterator at{text.begin(), text.end(), expression}, end; at != end; ++at) {
        found.insert((*at)[1]);
    }
    return found;
}

std::string code()
{
    std::string all;
    for (const auto& file : sources()) {
        const bool table = file.filename() == "limits.hpp" || file.filename() == "limits.cpp";
        all += table ? std::string{} : content(root / file);
    }
    return all;
}

// The tests that run with the others and meet bounds: not the lint, not fuzzers and benchmarks, and not the tests
// of the table itself.
std::string tests()
{
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{root / "tests"}) {
        const auto file = entry.path().lexically_relative(root / "tests");
        const std::string tree = *file.begin();
        const auto kind = file.extension();
        const bool runs = kind == ".cpp" || kind == ".hpp" || kind == ".smtp" || kind == ".py";
        if (entry.is_regular_file() && runs && tree != "lint" && tree != "fuzz" && tree != "bench" &&
            file != "core/limits_test.cpp" && file != "core/reached_bounds_test.cpp") {
            all += content(entry.path());
        }
    }
    return all;
}

// `shield_limit_` and the bound's name without its `_max`; the caps of acknowledgements leave their `_day` out.
std::string metric_of(std::string_view bound)
{
    std::string name = std::regex_replace(std::string{bound}, std::regex{"_max$"}, "");
    if (name.starts_with("acknowledgements_")) {
        name = std::regex_replace(name, std::regex{"_day$"}, "");
    }
    return "shield_limit_" + name + "_total";
}

}  // namespace

TEST(Bounds, EveryBoundHasATestThatNamesIt)
{
    const auto words = matches(tests(), R"(\b([a-z]+_[a-z_]+)\b)");
    for (const core::LimitEntry& limit : core::limit_table()) {
        EXPECT_TRUE(words.contains(std::string{limit.name})) << limit.name << " is set or met in no test";
    }
}

TEST(Bounds, EveryBoundHasAMetricOrTheReasonWhyNot)
{
    // ReachedBounds registers what begins with shield_limit_, so for those the question is whether anybody tells of
    // the bound: by its member, whose address nobody takes for anything else, or by a sentence that ends with its
    // name in brackets. Others, and some of those, are registered where they are counted.
    const std::string text = code();
    const auto members = matches(text, R"(&core::Limits::(\w+))");
    const auto sentences = matches(text, R"( \((\w+)\)[.]?")");
    const auto registered = matches(text, R"RX((?:counter|gauge)\(\s*"(\w+)")RX");
    for (const core::LimitEntry& limit : core::limit_table()) {
        const std::string name{limit.name};
        const std::string metric{limit.metric};
        if (!is_counted(limit)) {
            EXPECT_FALSE(members.contains(name)) << name << " is counted, though it is '" << metric << "'";
        } else if (metric.starts_with("shield_limit_")) {
            EXPECT_EQ(metric, metric_of(name));
            EXPECT_TRUE(members.contains(name) || sentences.contains(name) || registered.contains(metric))
                << name << " is counted by nobody";
        } else {
            EXPECT_TRUE(registered.contains(metric)) << name << ": nobody registers '" << metric << "'";
        }
    }
}

TEST(Bounds, EveryMetricOfABoundIsInTheTable)
{
    std::set<std::string> known;
    for (const core::LimitEntry& limit : core::limit_table()) {
        known.emplace(limit.metric);
    }
    for (const std::string& metric : matches(code(), R"RX("(shield_limit_\w+)")RX")) {
        EXPECT_TRUE(known.contains(metric)) << metric;
    }
}

}  // namespace shield::lint
