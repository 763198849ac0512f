// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace shield::cli {

/// What the command line asks for. Members that a command does not have are empty.
struct Arguments {
    std::filesystem::path config{"/etc/shieldd/shieldd.toml"};
    bool config_named{false};
    std::string command;
    bool json{false};

    std::string reference;                ///< of the case
    std::vector<std::string> references;  ///< of all cases, for release
    std::string value;                    ///< the state, category, closing code, the case to join into, or whom
    std::vector<std::string> words;       ///< of a note or a search
    std::vector<std::string> files;       ///< for classify
    std::string output;                   ///< the file of a backup

    std::optional<std::string> category, state, mailbox, template_name, file, to, of;
    std::optional<std::string> from, older_than, newer_than, until;
    std::optional<std::int64_t> limit;  // whatever was written: the desk knows the range
    std::optional<std::uint64_t> message, attachment;
    bool held{false}, spam{false}, raw{false}, dry_run{false}, late{false}, ended{false};
    bool campaigns{false};                ///< only those that stand for a campaign
    bool whole_campaign{false};           ///< of close and unfold
    std::optional<std::string> campaign;  ///< whose cases to list
    bool evidence{false}, stix{false}, sender{false};
};

/// The whole command was a question about ourselves (--help, --version), or it was wrong: all is said, this is the
/// exit status.
struct Finished {
    int status;
};

[[nodiscard]] std::variant<Arguments, Finished> parse_arguments(int argc, const char* const* argv);

}  // namespace shield::cli
