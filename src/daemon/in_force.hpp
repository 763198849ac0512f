// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/daemon/config.hpp>

#include <memory>
#include <mutex>

namespace shield::daemon {

/// What a reload replaces as a whole: mailboxes, promises, templates and rules. Immutable; whoever works with it
/// holds it for one connection, batch or request, so that nothing sees half a reload.
struct InForce {
    triage::Settings triage;
    classify::Classifier classifier;
    acknowledge::Unverified unverified;
    std::shared_ptr<const smtp::Policy> policy;
    core::Networks exempt;
    core::Networks unbounded;  ///< see unbounded_clients()
    std::vector<auth::Relay> relays;
    bool authenticates{false};  ///< somebody answers questions to the DNS, and verdicts are waited for
};

/// Whose connections, messages and octets are not counted: who is exempt, and our relays, whose hosts hand on what
/// many people wrote.
[[nodiscard]] core::Networks unbounded_clients(const Config& config);

/// Reads the files that `config` names.
[[nodiscard]] core::result<std::shared_ptr<const InForce>> make_in_force(const Config& config);

/// Where the one that is valid now is found. Thread-safe.
class Current {
public:
    explicit Current(std::shared_ptr<const InForce> first) : now_{std::move(first)} {}

    [[nodiscard]] std::shared_ptr<const InForce> get() const
    {
        const std::lock_guard lock{mutex_};
        return now_;
    }
    void set(std::shared_ptr<const InForce> next)
    {
        const std::lock_guard lock{mutex_};
        now_.swap(next);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const InForce> now_;
};

}  // namespace shield::daemon
