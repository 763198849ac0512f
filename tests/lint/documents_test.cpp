// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/limits.hpp>
#include <shield/daemon/config.hpp>
#include <shield/daemon/shieldd.hpp>

#include <gtest/gtest.h>
#include <lint/source_tree.hpp>

#include <map>
#include <regex>

/// What the documents say is so: the files they name are there, and the table of keys, etc/shieldd.toml and
/// shieldd.toml(5) say the same.
namespace shield::lint {

namespace {

using Defaults = std::map<std::string, std::string>;  // a key's name to its default in TOML, or to nothing

std::string shown(std::string name)
{
    const auto at = name.find("[]");
    return at == std::string::npos ? name : name.erase(at, 2);
}

Defaults known_keys()
{
    Defaults defaults;
    for (const daemon::KeyDescription& key : daemon::describe_keys()) {
        defaults.emplace(shown(key.name), key.default_value);
    }
    return defaults;
}

/// Keys and values of a TOML file that has one key a line and no strings with `#`. A `#` right before a key or
/// table switches it off and is passed over here.
std::multimap<std::string, std::string> installed_keys()
{
    std::multimap<std::string, std::string> found;
    std::string table;
    for (const std::string& line : lines(root / "etc/shieldd.toml")) {
        const std::string on = line.size() > 1 && line[0] == '#' && line[1] != ' ' ? line.substr(1) : line;
        const std::string text{core::trimmed(on.substr(0, on.find('#')))};
        if (text.starts_with('[')) {
            const auto begin = text.find_first_not_of('[');
            table = text.substr(begin, text.find(']') - begin) + ".";
        } else if (const auto equals = text.find('='); equals != std::string::npos) {
            found.emplace(table + std::string{core::trimmed(text.substr(0, equals))},
                          std::string{core::trimmed(text.substr(equals + 1))});
        }
    }
    return found;
}

/// `.It Ic NAME No = VALUE` and `.It Ic NAME Pq required`.
Defaults manual_keys()
{
    Defaults found;
    const std::regex item{R"(\.It Ic ([\w.*]+) (No = (.+)|Pq (required|optional)))"};
    for (std::string line : lines(root / "packaging/man/shieldd.toml.5")) {
        line = std::regex_replace(line, std::regex{R"(\\\(dq)"}, "\"");
        if (std::smatch match; std::regex_match(line, match, item)) {
            EXPECT_TRUE(found.emplace(match[1], match[3]).second) << match[1] << " is described twice";
        }
    }
    return found;
}

}  // namespace

TEST(Documents, EveryFileTheyNameIsThere)
{
    // A path from the root of the tree; not the end of a longer one, such as /usr/local/etc.
    const std::regex path{R"((^|[^\w./-])((?:etc|include|migrations|packaging|src|tests)/[\w./-]*\w))"};
    int named = 0;
    for (const char* document :
         {"ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "tests/README.md"}) {
        for (const std::string& line : lines(root / document)) {
            for (std::sregex_iterator at{line.begin(), line.end(), path}, end; at != end; ++at) {
                const std::string file = (*at)[2];
                const bool stands_for_any = file.find("/m/x") != std::string::npos;  // CONTRIBUTING.md's pattern
                EXPECT_TRUE(stands_for_any || std::filesystem::exists(root / file)) << document << ": " << file;
                ++named;
            }
        }
    }
    EXPECT_GE(named, 30);
}

// A row of a table in tests/README.md ends in the tests that show it, as Suite.Name or as a function.
TEST(Documents, EveryTestThatTheTableOfAttacksNamesIsThere)
{
    std::string tests;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{root / "tests"}) {
        const auto kind = entry.path().extension();
        if (entry.is_regular_file() && (kind == ".cpp" || kind == ".py")) {
            tests += content(entry.path());
        }
    }
    const std::regex name{R"(`((\w+)\.(\w{4,})|test_\w+)`)"};
    int named = 0;
    for (const std::string& line : lines(root / "tests/README.md")) {
        const std::string last = line.starts_with('|') ? line.substr(line.rfind('|', line.size() - 2)) : "";
        for (std::sregex_iterator at{last.begin(), last.end(), name}, end; at != end; ++at, ++named) {
            const std::string text =
                (*at)[2].matched ? (*at)[2].str() + ", " + (*at)[3].str() + ")" : "def " + (*at)[1].str() + "(";
            EXPECT_NE(tests.find(text), std::string::npos) << (*at)[1];
        }
    }
    EXPECT_GE(named, 50);
}

TEST(Documents, TheInstalledConfigurationHasEveryKeyAtItsDefault)
{
    const auto installed = installed_keys();
    for (const auto& [name, default_value] : known_keys()) {
        if (name == "links.*") {
            continue;
        }
        EXPECT_TRUE(installed.contains(name)) << "etc/shieldd.toml lacks: " << name << " = " << default_value;
        for (auto [at, end] = installed.equal_range(name); at != end; ++at) {
            if (!default_value.empty()) {
                EXPECT_EQ(at->second, default_value) << name;
            }
        }
    }
}

TEST(Documents, TheInstalledConfigurationHasNoOtherKey)
{
    const Defaults known = known_keys();
    for (const auto& [name, value] : installed_keys()) {
        EXPECT_TRUE(known.contains(name) || name.starts_with("links.")) << name;
    }
}

TEST(Documents, TheManualHasEveryKeyWithItsDefaultAndNoOther)
{
    EXPECT_EQ(manual_keys(), known_keys());
}

TEST(Documents, TheConfigurationOfTheReadmeIsGood)
{
    const std::string readme = content(root / "README.md");
    const auto begin = readme.find("```toml\n") + 8;
    const auto config = daemon::parse_config(readme.substr(begin, readme.find("```", begin) - begin), "README.md");
    EXPECT_TRUE(config) << config.error().sentence;
}

TEST(Documents, EveryBoundIsAKey)
{
    const Defaults known = known_keys();
    for (const core::LimitEntry& limit : core::limit_table()) {
        const auto key = known.find("limits." + std::string{limit.name});
        ASSERT_NE(key, known.end()) << limit.name;
        EXPECT_EQ(key->second, std::to_string(limit.default_value));
    }
}

TEST(Documents, EveryKeyOfTheContractIsKnown)
{
    const Defaults known = known_keys();
    for (const char* name : {"hostname",
                             "directory",
                             "listen.address",
                             "listen.protocol",
                             "listen.tls",
                             "listen.tls_required",
                             "listen.proxy",
                             "mailbox.address",
                             "mailbox.also",
                             "mailbox.category",
                             "acknowledgement.from",
                             "acknowledgement.templates",
                             "acknowledgement.unverified",
                             "links.*",
                             "delivery.transport",
                             "delivery.smarthost",
                             "delivery.maildir",
                             "delivery.give_up_after",
                             "delivery.give_up_after_person",
                             "promise.attack.target",
                             "promise.attack.tell",
                             "promise.urgent.target",
                             "promise.support.target",
                             "dns.resolver",
                             "limits.exempt",
                             "metrics.address"}) {
        EXPECT_TRUE(known.contains(name)) << name;
    }
}

TEST(Documents, TheManualHasEveryOptionOfTheCommandLine)
{
    const char* const arguments[]{"shieldd", "--help"};
    testing::internal::CaptureStdout();
    EXPECT_EQ(daemon::shieldd(2, arguments), 0);
    const std::string help = testing::internal::GetCapturedStdout();
    const std::string manual = content(root / "packaging/man/shieldd.8");
    const std::regex option{R"(--(\w+))"};
    int options = 0;
    for (std::sregex_iterator at{help.begin(), help.end(), option}, end; at != end; ++at, ++options) {
        EXPECT_NE(manual.find(".It Fl -" + (*at)[1].str()), std::string::npos) << (*at)[0];
    }
    EXPECT_GE(options, 5);
}

}  // namespace shield::lint
