// SPDX-License-Identifier: Apache-2.0
#include "certificate_watch.hpp"
#include "confinement.hpp"
#include "daemon.hpp"
#include "limits_table.hpp"
#include "privileges.hpp"

#include <shield/acknowledge/templates.hpp>
#include <shield/core/ascii.hpp>
#include <shield/core/nearest.hpp>
#include <shield/daemon/log.hpp>
#include <shield/daemon/shieldd.hpp>
#include <shield/store/store.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <vector>

namespace shield::daemon {

namespace {

enum Status { done = 0, not_started = 1, usage = 2, store_unavailable = 3 };

struct CommandLine {
    std::string config{"/etc/shieldd/shieldd.toml"};
    bool config_named{false};
    bool check{false};
    bool limits{false};
};

/// Each line says whose it is: one that is cut out of a log, or found by its file, is as good as all of them.
int complain(std::string_view sentences, Status status)
{
    for (const std::string_view line : core::split(sentences, '\n')) {
        std::cerr << "shieldd: " << line << '\n';
    }
    return status;
}

std::vector<std::string> example_links(const Config& config)
{
    std::vector<std::string> faults;
    for (const std::string& name : acknowledge::unedited_links(config.links)) {
        faults.push_back(
            fault_at(config, "links." + name, "leads to an example host; write where your own people are helped"));
    }
    return faults;
}

std::vector<std::string> unused_links(const Config& config, const acknowledge::Templates& templates)
{
    const std::vector<std::string> used = templates.link_names();
    std::vector<std::string> missing;
    std::copy_if(used.begin(), used.end(), std::back_inserter(missing),
                 [&](const std::string& name) { return !config.links.contains(name); });
    std::vector<std::string> faults;
    for (const auto& [name, target] : config.links) {
        if (std::find(used.begin(), used.end(), name) == used.end()) {
            const std::string near = core::nearest(name, missing);
            faults.push_back(fault_at(config, "links." + name,
                                      near.empty() ? "no template uses it; remove it"
                                                   : "no template uses it; did you mean '" + near + "'?"));
        }
    }
    return faults;
}

/// Everything that can be found wrong without starting: the configuration and the files it names.
int check(const CommandLine& line)
{
    const auto config = load_config(line.config);
    if (!config) {
        return complain(config.error().sentence, not_started);
    }
    std::vector<std::string> faults = example_links(*config);
    if (const auto settings = make_triage_settings(*config); !settings) {
        faults.push_back(settings.error().sentence);
    } else {
        const auto unused = unused_links(*config, settings->templates);
        faults.insert(faults.end(), unused.begin(), unused.end());
    }
    if (const auto classifier = make_classifier(*config); !classifier) {
        faults.push_back(classifier.error().sentence);
    }
    if (const auto certificates = read_certificates(*config, now()); !certificates) {
        faults.push_back(certificates.error().sentence);
    }
    if (const std::string fault = dns_fault(*config); !fault.empty()) {
        faults.push_back(fault);
    }
    for (const std::string& fault : faults) {
        complain(fault, not_started);
    }
    if (faults.empty()) {
        std::cout << line.config << ": good\n";
    }
    return faults.empty() ? done : not_started;
}

int print_limits(const CommandLine& line)
{
    core::Limits limits;
    if (line.config_named || std::filesystem::exists(line.config)) {
        const auto config = load_config(line.config);
        if (!config) {
            return complain(config.error().sentence, not_started);
        }
        limits = config->limits;
    }
    std::cout << limits_table(limits);
    return done;
}

// Beyond one each for the sessions: the database, spool files, deliveries, the control socket and the web of
// metrics; and up to 256 for questions to the DNS.
constexpr std::uint64_t other_descriptors = 500;

void warn_of_few_descriptors(std::uint64_t allowed, const core::Limits& limits, core::Log& log)
{
    const std::uint64_t wanted = limits.connections_max + other_descriptors;
    if (allowed < wanted) {
        log.line(core::Severity::warning, "few_descriptors",
                 {{"allowed", std::to_string(allowed)},
                  {"wanted", std::to_string(wanted)},
                  {"remedy", "raise LimitNOFILE=, or lower limits.connections_max"}});
    }
}

int start(const CommandLine& line)
{
    block_signals();
    auto config = load_config(line.config);
    if (!config) {
        return complain(config.error().sentence, not_started);
    }
    const auto zygote = make_zygote(*config);  // before there is anything that workers must not have
    const auto log = make_log(config->log_level);
    try {
        for (const std::string& name : acknowledge::unedited_links(config->links)) {
            log->line(core::Severity::warning, "example_link",
                      {{"key", "links." + name}, {"remedy", "write where your own people are helped"}});
        }
        auto listeners = open_listeners(config->listen);
        warn_of_few_descriptors(harden_process(), config->limits, *log);
        drop_privileges(config->user, config->directory, *log);
        confine_daemon(*config, zygote.get(), *log);
        serve(std::move(*config), std::move(listeners), zygote.get(), *log);
        return done;
    } catch (const store::Unavailable& failure) {
        return complain(failure.what(), store_unavailable);
    } catch (const std::exception& failure) {
        return complain(failure.what(), not_started);
    }
}

}  // namespace

int shieldd(int argc, const char* const* argv)
{
    CommandLine line;
    CLI::App app{"Takes mail for a security response team, keeps it, sorts it and acknowledges it.", "shieldd"};
    const auto* config = app.add_option("--config", line.config, "the configuration")->type_name("FILE");
    auto* checks = app.add_flag("--check", line.check, "say what is wrong with the configuration, and end");
    app.add_flag("--limits", line.limits, "print every bound with its value, and end")->excludes(checks);
    app.set_version_flag("--version", "shieldd " + std::string{version()});
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {  // --help, --version
            return app.exit(error);
        }
        return complain(std::string{error.what()} + "; 'shieldd --help' says more", usage);
    }
    line.config_named = config->count() > 0;
    if (line.check) {
        return check(line);
    }
    return line.limits ? print_limits(line) : start(line);
}

std::string_view version() noexcept
{
    return SHIELD_VERSION;
}

}  // namespace shield::daemon
