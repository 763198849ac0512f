// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/acknowledge/decide.hpp>
#include <shield/auth/relayed.hpp>
#include <shield/classify/classifier.hpp>
#include <shield/core/limits.hpp>
#include <shield/core/log.hpp>
#include <shield/core/mailboxes.hpp>
#include <shield/core/network.hpp>
#include <shield/core/promise.hpp>
#include <shield/core/result.hpp>
#include <shield/net/certificates.hpp>
#include <shield/net/door.hpp>
#include <shield/net/resolver.hpp>
#include <shield/smtp/session.hpp>
#include <shield/triage/desk.hpp>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shield::daemon {

/// shieldd.toml as plain values, each of them checked: what is in here can be used. Relative paths are already
/// taken from the directory of the file. shieldd.toml(5) describes every key.
struct Config {
    std::filesystem::path file;             ///< where it was read
    std::map<std::string, unsigned> lines;  ///< where each key stands in it, for faults that are found later

    std::string hostname;
    std::filesystem::path directory;
    std::string user;  ///< whom a root becomes; empty: shieldd, when there is such a user
    unsigned io_threads{1};
    unsigned assess_threads{4};  ///< while two wait for the store, two others read

    struct Listen {
        std::string address;  ///< "0.0.0.0:25", "[::]:25"
        net::Door door;
        friend bool operator==(const Listen&, const Listen&) = default;
    };
    std::vector<Listen> listen;
    std::vector<net::CertificateFiles> certificates;  ///< some, when a listener offers TLS
    bool session_tickets{true};
    std::vector<core::MailboxSettings> mailboxes;

    struct Confinement {
        bool landlock{true};
        bool seccomp{true};
        bool workers{true};
        friend bool operator==(const Confinement&, const Confinement&) = default;
    };
    Confinement confinement;

    struct Acknowledgement {
        std::string from;
        std::string team;  ///< what replies call us; never empty
        std::filesystem::path templates;
        acknowledge::Unverified unverified{acknowledge::Unverified::hold};
    };
    Acknowledgement acknowledgement;
    std::map<std::string, std::string> links;
    std::filesystem::path rules;  ///< for the classifier; empty: those built in

    enum class Transport { smarthost, maildir };
    struct Delivery {
        Transport transport{Transport::smarthost};
        std::string smarthost;
        std::filesystem::path maildir;
        std::chrono::seconds give_up_after{};
        std::chrono::seconds give_up_after_person{};
    };
    Delivery delivery;

    net::ResolverOptions dns;
    core::Promises promises;
    core::Limits limits;
    std::vector<auth::Relay> relays;  ///< each with a name
    core::Networks exempt;            ///< whom no bound of a network applies to
    std::string metrics_address;      ///< empty: nothing is served
    core::Severity log_level{core::Severity::info};
};

/// Reads and checks a configuration. The error holds one line a fault, all of them:
/// `FILE:LINE: key 'x.y': what is wrong; what to do`.
[[nodiscard]] core::result<Config> load_config(const std::filesystem::path& file);

/// A configuration in which some keys may be wrong, and what is wrong: a line for each fault as above, or empty. A
/// faulty key has its default or nothing.
struct UsableConfig {
    Config config;
    std::string faults;
};

/// For who needs the directory and little else. Only a file that cannot be read, is no TOML, or has faults and does
/// not say which directory is an error.
[[nodiscard]] core::result<UsableConfig> load_usable_config(const std::filesystem::path& file);

/// load_config() for text that was read already; `file` is what errors call it.
[[nodiscard]] core::result<Config> parse_config(std::string_view text, const std::filesystem::path& file);

/// A fault of what a key names, found after reading: one line as above.
[[nodiscard]] std::string fault_at(const Config& config, const std::string& key, std::string_view sentence);

/// What is wrong with the trust anchor of [dns], as a line like those of load_config(), or empty: reads its file,
/// and asks nobody.
[[nodiscard]] std::string dns_fault(const Config& config);

/// What the desk needs: reads the template files. The error names file, line and remedy.
[[nodiscard]] core::result<triage::Settings> make_triage_settings(const Config& config);

/// The same for a configuration that cannot be used to write to anybody: without templates, and without mailboxes
/// when they are faulty.
[[nodiscard]] triage::Settings make_reading_settings(const Config& config);

/// The classifier that the configuration asks for: reads the rules file, if one is named.
[[nodiscard]] core::result<classify::Classifier> make_classifier(const Config& config);

/// Where shieldctl meets shieldd: in the state directory.
[[nodiscard]] std::filesystem::path control_socket(const Config& config);

/// One key of shieldd.toml, as the table in src/daemon/keys.cpp has it. Bounds are keys too: `limits.` and their
/// name.
struct KeyDescription {
    std::string name;           ///< "delivery.give_up_after", "listen[].address", "links.*"
    std::string type;           ///< "string", "path", "duration", "boolean", "number", "list of strings"
    std::string default_value;  ///< in TOML; empty when there is none
    std::string help;
};
[[nodiscard]] std::vector<KeyDescription> describe_keys();

}  // namespace shield::daemon
