// SPDX-License-Identifier: Apache-2.0
#include "landlock.hpp"

#include "failure.hpp"

#include <shield/confine/descriptor.hpp>
#include <shield/confine/walls.hpp>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace shield::confine {

namespace {

// linux/landlock.h of the kernel that runs, not of the headers that were there when this was built.
struct RulesetAttributes {
    std::uint64_t files{0};
    std::uint64_t net{0};     // from version 4
    std::uint64_t scopes{0};  // from version 6
};
constexpr std::uint64_t truncate_file = 1U << 14;          // version 3
constexpr std::uint64_t bind_and_connect_tcp = 3;          // version 4
constexpr std::uint64_t control_device = 1U << 15;         // version 5
constexpr std::uint64_t abstract_sockets_and_signals = 3;  // version 6

constexpr std::uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t writing = reading | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                  LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                  LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                                  LANDLOCK_ACCESS_FS_REFER | truncate_file;
constexpr std::uint64_t of_a_plain_file =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | truncate_file;

/// Every right over files that this version can take away.
std::uint64_t all_rights(int version) noexcept
{
    std::uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
    rights |= version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0;
    rights |= version >= 3 ? truncate_file : 0;
    rights |= version >= 5 ? control_device : 0;
    return rights;
}

Descriptor make_ruleset(const RulesetAttributes& attributes, int version)
{
    // An older kernel refuses a struct with more in it than it knows.
    const std::size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    Descriptor ruleset{static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, size, 0))};
    if (!ruleset) {
        fail("cannot make a Landlock ruleset");
    }
    return ruleset;
}

void let_in(const Descriptor& ruleset, const std::filesystem::path& path, std::uint64_t rights)
{
    const Descriptor place{::open(path.c_str(), O_PATH | O_CLOEXEC)};
    if (!place) {
        if (errno == ENOENT || errno == EACCES) {
            return;  // nothing that could be used
        }
        fail("cannot look at " + path.string());
    }
    struct stat status {};
    if (fstat(place.value(), &status) != 0) {
        fail("cannot look at " + path.string());
    }
    landlock_path_beneath_attr rule{};
    rule.allowed_access = S_ISDIR(status.st_mode) ? rights : rights & of_a_plain_file;
    rule.parent_fd = place.value();
    if (syscall(SYS_landlock_add_rule, ruleset.value(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
        fail("cannot let " + path.string() + " through Landlock");
    }
}

void enforce(const Descriptor& ruleset)
{
    if (syscall(SYS_landlock_restrict_self, ruleset.value(), 0) != 0) {
        fail("cannot put up Landlock");
    }
}

}  // namespace

int landlock_version() noexcept
{
    const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? static_cast<int>(version) : 0;  // ENOSYS: not built in; EOPNOTSUPP: switched off at boot
}

bool confine_files(const Files& files)
{
    const int version = landlock_version();
    if (version == 0) {
        return false;
    }
    RulesetAttributes attributes;
    attributes.files = all_rights(version);
    const Descriptor ruleset = make_ruleset(attributes, version);
    for (const auto& path : files.written) {
        let_in(ruleset, path, writing & attributes.files);
    }
    for (const auto& path : files.read) {
        let_in(ruleset, path, reading);
    }
    enforce(ruleset);
    return true;
}

bool confine_to_nothing()
{
    const int version = landlock_version();
    if (version == 0) {
        return false;
    }
    RulesetAttributes attributes;
    attributes.files = all_rights(version);
    attributes.net = version >= 4 ? bind_and_connect_tcp : 0;
    attributes.scopes = version >= 6 ? abstract_sockets_and_signals : 0;
    enforce(make_ruleset(attributes, version));
    return true;
}

}  // namespace shield::confine
