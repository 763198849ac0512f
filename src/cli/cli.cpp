// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"
#include "classify.hpp"
#include "commands.hpp"
#include "complain.hpp"

#include <shield/cli/cli.hpp>
#include <shield/core/ascii.hpp>

#include <cerrno>
#include <cstring>
#include <iostream>

namespace shield::cli {

namespace {

constexpr int refused = 1;
constexpr int misused = 2;
constexpr int unavailable = 3;

bool comes_later(const std::string& command)
{
    return command == "import" || command == "restore";
}

int run_parsed(const Arguments& arguments)
{
    if (comes_later(arguments.command)) {
        complain(arguments.command + " is not in this version; a later one will have it");
        return refused;
    }
    if (arguments.command == "classify") {
        return classify_files(arguments);
    }
    auto config = daemon::load_usable_config(arguments.config);
    if (!config) {
        complain(config.error().sentence);
        return misused;
    }
    if (!config->faults.empty()) {
        for (const std::string_view fault : core::split(config->faults, '\n')) {
            warn(std::string{fault});
        }
    }
    DeskLine desk{*std::move(config)};
    return run_command(arguments, desk);
}

}  // namespace

int run(int argc, const char* const* argv)
{
    const auto parsed = parse_arguments(argc, argv);
    if (const auto* finished = std::get_if<Finished>(&parsed)) {
        return finished->status;
    }
    int status = unavailable;
    try {
        status = run_parsed(std::get<Arguments>(parsed));
    } catch (const std::exception& failure) {
        complain(failure.what());
    }
    std::cout.flush();
    if (!std::cout && status == 0) {
        complain(std::string{"cannot write the output: "} + std::strerror(errno));
        return refused;
    }
    return status;
}

}  // namespace shield::cli
