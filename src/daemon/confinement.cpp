// SPDX-License-Identifier: Apache-2.0
#include "confinement.hpp"

#include "privileges.hpp"
#include "reader.hpp"

#include <shield/confine/walls.hpp>

#include <sys/stat.h>

#include <string>

namespace shield::daemon {

namespace {

using std::filesystem::path;

// What has to be there to be let through; whoever uses it says why when it cannot be made.
void make_directory(const path& directory, mode_t mode)
{
    std::error_code ignored;
    std::filesystem::create_directories(directory.parent_path(), ignored);
    (void)mkdir(directory.c_str(), mode);
}

path directory_of(const path& file)
{
    return std::filesystem::absolute(file).parent_path();
}

/// A file to be read again, and what is behind it when it is a symbolic link.
void add(confine::Files& files, const path& file)
{
    std::error_code ignored;
    files.read.push_back(directory_of(file));
    files.read.push_back(directory_of(std::filesystem::weakly_canonical(file, ignored)));
}

/// Directories rather than files wherever a file may be replaced: what is renamed into place is another file.
confine::Files files_of(const Config& config)
{
    confine::Files files;
    files.written = {config.directory, "/dev/null"};
    if (config.delivery.transport == Config::Transport::maildir) {
        files.written.push_back(config.delivery.maildir);
    }
    files.read.push_back(config.acknowledgement.templates);
    add(files, config.file);
    if (!config.rules.empty()) {
        add(files, config.rules);
    }
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator{config.acknowledgement.templates, ignored}) {
        add(files, entry.path());
    }
    for (const net::CertificateFiles& certificate : config.certificates) {
        add(files, certificate.chain);
        add(files, certificate.key);
    }
    if (config.dns.mode != net::ResolverOptions::Mode::none && config.dns.validate) {
        add(files, config.dns.trust_anchor);
    }
    // The resolvers and the name service with the modules they load, certificates, time zones, randomness, and how
    // many processors there are.
    for (const char* system :
         {"/etc", "/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager", "/run/nscd", "/usr/lib", "/lib",
          "/lib64", "/usr/share/zoneinfo", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
          "/dev/urandom", "/proc/self", "/sys/devices/system/cpu"}) {
        files.read.emplace_back(system);
    }
    return files;
}

bool put_up_landlock(const Config& config)
{
    make_directory(config.directory, 0750);
    if (config.delivery.transport == Config::Transport::maildir) {
        make_directory(config.delivery.maildir, 0700);
    }
    return confine::confine_files(files_of(config));
}

std::string describe(bool stands)
{
    return stands ? "in force" : "not offered";
}

std::string describe(const confine::Walls& walls)
{
    if (walls.files && walls.calls) {
        return "behind both";
    }
    return walls.files ? "behind Landlock" : walls.calls ? "behind seccomp" : "behind neither";
}

}  // namespace

std::unique_ptr<confine::Zygote> make_zygote(const Config& config)
{
    if (!config.confinement.workers) {
        return nullptr;
    }
    return std::make_unique<confine::Zygote>(
        reading_in_workers([user = config.user] { drop_privileges_of_workers(user); }));
}

void confine_daemon(const Config& config, const confine::Zygote* zygote, core::Log& log)
{
    const Config::Confinement& wanted = config.confinement;
    confine::Walls walls;
    if (zygote != nullptr) {
        walls = zygote->worker(config.limits).walls();
    }
    const int version = confine::landlock_version();
    const std::string landlock = wanted.landlock ? describe(put_up_landlock(config)) : "off";
    const std::string seccomp = wanted.seccomp ? describe(confine::confine_calls()) : "off";
    const std::string workers = zygote == nullptr ? "off" : describe(walls);
    log.line(core::Severity::info, "confinement",
             {{"landlock_version", std::to_string(version)},
              {"landlock", landlock},
              {"seccomp", seccomp},
              {"workers", workers}});
    const bool whole = landlock == "in force" && seccomp == "in force" && walls.files && walls.calls;
    if (!whole) {
        log.line(
            core::Severity::warning, "confinement_partial",
            {{"remedy", "a kernel with Landlock (5.13) and seccomp filters, and every key of [confinement] true"}});
    }
}

}  // namespace shield::daemon
