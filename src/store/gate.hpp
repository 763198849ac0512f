// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attack_reserve.hpp"

#include <shield/store/store.hpp>

#include <atomic>
#include <optional>
#include <string>

namespace shield::store {

/// Whether the disk can be written: open, full or failed. Full opens again by itself, failed never does. Owned by
/// the writer; the two that admit are called under its mutex, everything else by any thread.
class Gate {
public:
    explicit Gate(const Options& options);

    [[nodiscard]] Health health() const noexcept
    {
        const Health health = health_.load();
        return health == Health::open && reserved_ ? Health::reserved : health;
    }

    /// May a message of so many octets come in, while `owed` octets are still to be written to the disk? Looks at
    /// it once a second, or when what it found then is used up; while it was full, the first message after a look
    /// that found room is a trial, and open_again() follows its commit. In the last part of the disk the claim
    /// decides; that opens to everybody again once there is a quarter more room than it has.
    [[nodiscard]] bool admits(std::uint64_t octets, std::uint64_t owed, const Claim& claim);
    /// Looks whether that is so while no mail comes.
    void look_around(std::uint64_t owed);
    /// May what was found in a message be written (DiskSpace::kept_from_findings)?
    [[nodiscard]] bool admits_finding(std::uint64_t octets, std::uint64_t owed);

    void fill();
    void open_again();
    /// True for the first failure. Leaves a mark that asks the next start for a full check.
    bool fail(const std::string& why);

private:
    [[nodiscard]] bool looked_lately() const;
    void look(std::uint64_t needed);
    void keep_for_attacks(std::uint64_t needed, std::uint64_t floor);
    [[nodiscard]] bool take(std::uint64_t octets, std::uint64_t floor);

    const Options& options_;
    std::atomic<Health> health_{Health::open};
    std::optional<core::Time> looked_at_;
    std::uint64_t left_{0};  // of the disk as of then, less what was admitted since
    std::atomic<bool> reserved_{false};
    AttackReserve reserve_;
    core::Metrics::Value &shown_, &closed_, &reserved_shown_, &turned_away_;
};

}  // namespace shield::store
