// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/store/store.hpp>

#include <cstdint>

namespace shield::store {

/// What is left of the disk that holds the store's directory, or what `Options::free_space` says of it. Any thread.
class DiskSpace {
public:
    explicit DiskSpace(const Options& options) : options_{options} {}

    /// `disk_reserve` is kept for triage: no message comes in below it.
    [[nodiscard]] bool has_room() const { return has(options_.limits.disk_reserve); }
    /// And twice as much before a file is written for a message that is still arriving: whoever sends many large
    /// ones slowly must not close intake to the others.
    [[nodiscard]] bool has_room_for_files() const { return has(2 * options_.limits.disk_reserve); }

    /// How often somebody met the reserve.
    [[nodiscard]] core::Metrics::Value& want_of_space() const;

private:
    [[nodiscard]] bool has(std::uint64_t octets) const;

    const Options& options_;
};

}  // namespace shield::store
