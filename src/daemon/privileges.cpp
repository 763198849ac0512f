// SPDX-License-Identifier: Apache-2.0
#include "privileges.hpp"

#include <shield/confine/walls.hpp>

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <vector>

namespace shield::daemon {

namespace {

constexpr const char* default_user = "shieldd";

struct Account {
    uid_t uid;
    gid_t gid;
};

std::optional<Account> find_account(const std::string& name)
{
    std::vector<char> buffer(16384);
    passwd entry{};
    passwd* found = nullptr;
    if (getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
        return std::nullopt;
    }
    return Account{entry.pw_uid, entry.pw_gid};
}

[[noreturn]] void fail(const std::string& what)
{
    throw std::runtime_error{what + ": " + std::strerror(errno)};
}

void prepare_directory(const std::filesystem::path& directory, const Account& account)
{
    if (mkdir(directory.c_str(), 0750) == 0) {
        if (chown(directory.c_str(), account.uid, account.gid) != 0) {
            fail("cannot give " + directory.string() + " to its user");
        }
    } else if (errno != EEXIST) {
        fail("cannot make the directory " + directory.string());
    }
}

void become(const std::string& user, const Account& account)
{
    if (initgroups(user.c_str(), account.gid) != 0 || setresgid(account.gid, account.gid, account.gid) != 0 ||
        setresuid(account.uid, account.uid, account.uid) != 0) {
        fail("cannot become the user '" + user + "'");
    }
    if (setuid(0) == 0 || seteuid(0) == 0 || getuid() != account.uid || geteuid() != account.uid ||
        getgid() != account.gid || getegid() != account.gid) {
        throw std::runtime_error{"the privileges of root could be regained after becoming '" + user + "'"};
    }
}

/// Nothing when a root is to stay one.
std::optional<Account> account_to_become(const std::string& user)
{
    auto account = find_account(user.empty() ? default_user : user);
    if (!account && !user.empty()) {
        throw std::runtime_error{"there is no user '" + user + "' to become; create it, or set another in 'user'"};
    }
    return account && account->uid != 0 ? account : std::nullopt;
}

}  // namespace

std::uint64_t harden_process()
{
    umask(0027);
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    rlimit descriptors{};
    if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0) {
        descriptors.rlim_cur = descriptors.rlim_max;
        setrlimit(RLIMIT_NOFILE, &descriptors);
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        fail("cannot forbid new privileges");
    }
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return descriptors.rlim_cur;
}

void drop_privileges(const std::string& user, const std::filesystem::path& directory, core::Log& log)
{
    if (geteuid() != 0) {
        return confine::give_up_capabilities();
    }
    const std::string name = user.empty() ? default_user : user;
    const auto account = account_to_become(user);
    if (!account) {
        log.line(core::Severity::warning, "running_as_root",
                 {{"remedy", "create a user shieldd, or name another in 'user'"}});
        return confine::give_up_capabilities();  // a root without them is little more than another user
    }
    prepare_directory(directory, *account);
    become(name, *account);
    confine::give_up_capabilities();     // some may outlive the change, as whoever started us can have asked for
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);  // a change of user sets it again
    log.line(core::Severity::info, "privileges_dropped", {{"user", name}});
}

void drop_privileges_of_workers(const std::string& user)
{
    const auto account = geteuid() == 0 ? account_to_become(user) : std::nullopt;
    if (account) {
        become(user.empty() ? default_user : user, *account);
    }
}

}  // namespace shield::daemon
