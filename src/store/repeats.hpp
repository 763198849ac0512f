// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <shield/core/digest.hpp>
#include <shield/core/time.hpp>

#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace shield::store {

/// Which messages came lately, by their octets and reverse-path: hints that intake proves against the rows. In
/// memory, bounded, the oldest forgotten first: an index over hashes would cost every message a page of its own.
/// Writer thread only.
class Repeats {
public:
    explicit Repeats(std::uint64_t remembered_max) : remembered_max_{remembered_max} {}

    /// What the database has of them since then.
    void load(Connection& connection, core::Time since);

    /// Written, and perhaps to be undone; until settle() it is found beside what is committed.
    void note(const core::Sha256& digest, std::string_view reverse_path, std::int64_t message_id);
    void settle(const core::Sha256& digest, std::string_view reverse_path, std::int64_t message_id, bool committed);

    /// The messages that may be the same, the newest first; two at most.
    [[nodiscard]] std::vector<std::int64_t> find(const core::Sha256& digest, std::string_view reverse_path) const;

private:
    void remember(std::uint64_t key, std::int64_t message_id);

    std::uint64_t remembered_max_;
    std::unordered_map<std::uint64_t, std::int64_t> newest_;
    std::deque<std::pair<std::uint64_t, std::int64_t>> in_order_;
    std::unordered_map<std::uint64_t, std::int64_t> uncommitted_;  // of one batch
};

}  // namespace shield::store
