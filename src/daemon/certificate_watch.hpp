// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/log.hpp>
#include <shield/core/metrics.hpp>
#include <shield/daemon/config.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace shield::daemon {

/// Those that the configuration names, or nothing when it names none. The error has a line for each fault.
[[nodiscard]] core::result<std::shared_ptr<const net::Certificates>> read_certificates(const Config& config,
                                                                                       core::Time now);

/// The certificates in force. Reads them again when told to and when their files change, keeps the old ones when
/// the new cannot be used, and warns in time of those that expire. get() from any thread, the rest from one.
class CertificateWatch {
public:
    /// Throws std::runtime_error with a line for each fault.
    CertificateWatch(const Config& config, core::Clock clock, core::Log& log, core::Metrics& metrics);

    /// Nothing when the configuration names none.
    [[nodiscard]] std::shared_ptr<const net::Certificates> get() const;

    /// Other files, or the same ones anew.
    void reload(const Config& config);
    /// Every few seconds: reads again what has changed, and warns once a day.
    void look_again();

private:
    /// What a change of a file shows in, also when another was renamed to its name.
    struct Seen {
        std::uint64_t device, inode, size;
        std::int64_t changed_s, changed_ns;
        friend bool operator==(const Seen&, const Seen&) = default;
    };
    [[nodiscard]] std::vector<Seen> look() const;
    void read_again();
    void take(std::shared_ptr<const net::Certificates> next);
    void warn();

    Config config_;
    core::Clock clock_;
    core::Log& log_;
    core::Metrics::Value& expires_;
    std::vector<Seen> seen_;
    core::Time warned_at_{};

    mutable std::mutex mutex_;
    std::shared_ptr<const net::Certificates> now_;
};

}  // namespace shield::daemon
