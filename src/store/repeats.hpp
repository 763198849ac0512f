// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.hpp"

#include <shield/core/digest.hpp>
#include <shield/core/time.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace shield::store {

/// Which messages came lately, by their octets and reverse-path: a hint that find_earlier() of intake proves
/// against the rows, so it may hold what was never committed. In memory, bounded, the oldest forgotten first: an
/// index over hashes would cost every message a page of its own. Writer thread only.
class Repeats {
public:
    explicit Repeats(std::uint64_t remembered_max) : remembered_max_{remembered_max} {}

    /// What the database has of them since then.
    void load(Connection& connection, core::Time since);

    void remember(const core::Sha256& digest, std::string_view reverse_path, std::int64_t message_id);

    /// The newest message that may be the same.
    [[nodiscard]] std::optional<std::int64_t> find(const core::Sha256& digest, std::string_view reverse_path) const;

private:
    std::uint64_t remembered_max_;
    std::unordered_map<std::uint64_t, std::int64_t> newest_;
    std::deque<std::pair<std::uint64_t, std::int64_t>> in_order_;
};

}  // namespace shield::store
