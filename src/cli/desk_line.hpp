// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "render.hpp"

#include <shield/daemon/config.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace shield::cli {

/// What came back for one request.
struct Reply {
    int status{3};
    Json result;
    std::string error;
    std::vector<std::string> warnings;
    std::string octets;
};

/// The way to the desk: through the daemon's control socket, and only when nobody listens there through the store
/// itself, which is then ours until the end of the program. A faulty configuration that names the directory is
/// enough for the daemon, and for what writes to nobody and promises nothing. Never throws for a store that cannot
/// be used: that is a reply with status 3.
class DeskLine {
public:
    explicit DeskLine(daemon::UsableConfig usable);
    ~DeskLine();

    [[nodiscard]] Reply ask(const Json& request);
    /// Whether no daemon answered, and the store was opened here.
    [[nodiscard]] bool is_local() const noexcept { return local_ != nullptr; }
    [[nodiscard]] const daemon::Config& config() const noexcept { return config_; }

private:
    struct Local;
    Reply ask_locally(const Json& request);
    core::result<triage::Settings> settings_for(const std::string& command) const;

    daemon::Config config_;
    std::string faults_;  // of the configuration
    std::unique_ptr<Local> local_;
};

/// The login name of whoever runs this program.
[[nodiscard]] std::string login_name();

/// An answer of the desk, which a program of another version may have given.
[[nodiscard]] Reply read_reply(const std::string& answer);

}  // namespace shield::cli
