// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/store/store.hpp>

#include <cstdint>

namespace shield::store {

/// What is left of the disk that holds the store's directory, or what `Options::free_space` says of it. Any thread.
class DiskSpace {
public:
    explicit DiskSpace(const Options& options) : options_{options} {}

    /// Octets; very many when nobody knows, for then the write will tell. No message comes in below `disk_reserve`,
    /// which is kept for triage.
    [[nodiscard]] std::uint64_t left() const;
    /// Twice the reserve before a file is written for a message that is still arriving: whoever sends many large
    /// ones slowly must not close intake to the others.
    [[nodiscard]] bool has_room_for_files() const { return left() >= 2 * options_.limits.disk_reserve; }
    /// Half of the reserve is for what is found in messages; the rest, these octets, for what people do.
    [[nodiscard]] std::uint64_t kept_from_findings() const { return options_.limits.disk_reserve / 2; }
    [[nodiscard]] bool has_room_for_findings() const { return left() >= kept_from_findings(); }

    /// How often somebody met the reserve.
    [[nodiscard]] core::Metrics::Value& want_of_space() const;

private:
    const Options& options_;
};

}  // namespace shield::store
