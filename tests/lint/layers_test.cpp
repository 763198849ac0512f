// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <lint/source_tree.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

/// The layers of ARCHITECTURE.md, read from what each file includes. The build refuses a wrong arrow between
/// modules by itself; it cannot refuse a third-party or system header that is anyway on the compiler's path.
namespace shield::lint {

namespace {

using Names = std::set<std::string>;

const std::map<std::string, Names> may_include{
    {"core", {}},
    {"smtp", {"core"}},
    {"mime", {"core"}},
    {"classify", {"core"}},
    {"campaign", {"core"}},
    {"acknowledge", {"core"}},
    {"auth", {"core"}},
    {"store", {"core"}},
    {"net", {"core", "smtp"}},
    {"confine", {"core"}},
    {"delivery", {"core", "smtp", "store", "net"}},
    {"triage", {"core", "store", "acknowledge", "mime", "classify"}},
    {"daemon",
     {"core", "smtp", "mime", "classify", "campaign", "acknowledge", "auth", "store", "net", "confine", "delivery",
      "triage"}},
    {"cli",
     {"core", "smtp", "mime", "classify", "acknowledge", "store", "net", "confine", "delivery", "triage",
      "daemon"}},
};

const Names pure{"core", "smtp", "mime", "classify", "campaign", "acknowledge", "auth"};

struct Library {
    const char* start;
    Names modules;
};
const std::vector<Library> libraries{
    {"openssl/", {"core", "net", "auth"}},
    {"mimetic/", {"mime"}},
    {"unicode/", {"mime", "auth"}},
    {"gumbo.h", {"mime"}},
    {"mustache.hpp", {"acknowledge"}},
    {"kainjow/", {"acknowledge"}},
    {"SQLiteCpp/", {"store"}},
    {"sqlite3.h", {"store"}},
    {"boost/asio", {"net"}},
    {"unbound.h", {"net"}},
    {"seccomp.h", {"confine"}},
    {"nlohmann/", {"store", "triage", "cli"}},
    {"spdlog/", {"daemon"}},
    {"toml++/", {"daemon"}},
    {"systemd/", {"daemon"}},
    {"CLI/", {"daemon", "cli"}},
};

// core::result<T> is spelled in them: as good as standard.
const Names vocabulary{"boost/system/result.hpp", "boost/assert/source_location.hpp"};

// inet_pton() and snprintf() read and write memory only.
const std::set<std::pair<std::string, std::string>> harmless{{"core", "arpa/inet.h"}, {"core", "cstdio"}};

// Standard headers that bring the world in. <chrono> has the types of time as well as clocks; calls are looked for
// apart.
const Names worldly{"random", "filesystem", "fstream", "iostream",  "thread", "future",
                    "ctime",  "csignal",    "cstdio",  "semaphore", "latch",  "condition_variable"};

struct Include {
    std::filesystem::path file;
    std::string module;  // empty for the two mains
    bool in_public_header{false};
    std::string name;
    bool quoted{false};
};

std::string module_of(const std::filesystem::path& file)
{
    std::vector<std::string> parts(file.begin(), file.end());
    if (parts.front() == "include") {
        return parts.at(2);
    }
    return parts.size() > 2 ? parts.at(1) : "";
}

const std::vector<Include>& includes()
{
    static const std::vector<Include> all = [] {
        std::vector<Include> found;
        const std::regex directive{R"re(\s*#\s*include\s*([<"])([^>"]+)[>"].*)re"};
        for (const auto& file : sources()) {
            for (const std::string& line : lines(root / file)) {
                if (std::smatch match; std::regex_match(line, match, directive)) {
                    found.push_back(
                        {file, module_of(file), *file.begin() == "include", match[2], match[1] == "\""});
                }
            }
        }
        return found;
    }();
    return all;
}

const Library* library_of(const std::string& name)
{
    const auto found = std::find_if(libraries.begin(), libraries.end(),
                                    [&](const Library& library) { return name.starts_with(library.start); });
    return found == libraries.end() ? nullptr : &*found;
}

bool is_standard(const std::string& name)
{
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || c == '_' || c == '2' || c == '3' || c == '8';
    });
}

}  // namespace

TEST(Layers, ThereIsSomethingToCheck)
{
    EXPECT_GT(includes().size(), 200u);
}

TEST(Layers, ModulesIncludeOnlyWhatIsBelowThem)
{
    for (const Include& include : includes()) {
        if (!include.name.starts_with("shield/") || include.module.empty()) {
            continue;
        }
        const std::string other = include.name.substr(7, include.name.find('/', 7) - 7);
        ASSERT_TRUE(may_include.contains(include.module)) << include.file;
        EXPECT_TRUE(other == include.module || may_include.at(include.module).contains(other))
            << include.file << " includes " << include.name;
    }
}

TEST(Layers, PrivateHeadersStayInTheirModule)
{
    for (const Include& include : includes()) {
        if (include.quoted) {
            EXPECT_FALSE(include.in_public_header) << include.file << " includes " << include.name;
            EXPECT_TRUE(std::filesystem::exists(root / "src" / include.module / include.name))
                << include.file << " includes " << include.name;
        }
    }
}

TEST(Layers, ThirdPartyHeadersStayInTheModuleThatLinksThem)
{
    for (const Include& include : includes()) {
        const Library* library = library_of(include.name);
        EXPECT_TRUE(library == nullptr || library->modules.contains(include.module))
            << include.file << " includes " << include.name;
        const bool foreign = include.name.starts_with("boost/") || include.name.ends_with(".hpp");
        EXPECT_TRUE(library != nullptr || !foreign || include.quoted || include.name.starts_with("shield/") ||
                    vocabulary.contains(include.name))
            << include.file << " includes " << include.name << ", which no module of this test's table links";
    }
}

TEST(Layers, PublicHeadersIncludeOnlyTheStandardLibraryAndEachOther)
{
    for (const Include& include : includes()) {
        EXPECT_TRUE(!include.in_public_header || include.name.starts_with("shield/") || is_standard(include.name) ||
                    vocabulary.contains(include.name))
            << include.file << " includes " << include.name;
    }
}

TEST(Layers, PureModulesIncludeNothingThatReachesTheWorld)
{
    for (const Include& include : includes()) {
        if (!pure.contains(include.module) || include.quoted || include.name.starts_with("shield/") ||
            library_of(include.name) != nullptr || vocabulary.contains(include.name) ||
            harmless.contains({include.module, include.name})) {
            continue;
        }
        EXPECT_TRUE(is_standard(include.name)) << include.file << " includes the system header " << include.name;
        const bool formats_only = include.module == "core" && include.name == "cstdio";  // snprintf
        EXPECT_TRUE(formats_only || !worldly.contains(include.name))
            << include.file << " includes " << include.name;
    }
}

TEST(Layers, PureModulesAskNeitherClockNorChanceNorEnvironment)
{
    const std::regex call{R"((_clock::now|getenv|random_device|RAND_bytes|std::rand\b|std::time\b))"};
    for (const auto& file : sources()) {
        if (pure.contains(module_of(file))) {
            EXPECT_FALSE(std::regex_search(content(root / file), call)) << file;
        }
    }
}

TEST(Layers, NoFileIncludesTheSameTwice)
{
    std::set<std::pair<std::filesystem::path, std::string>> seen;
    for (const Include& include : includes()) {
        EXPECT_TRUE(seen.emplace(include.file, include.name).second)
            << include.file << " includes " << include.name;
    }
}

}  // namespace shield::lint
