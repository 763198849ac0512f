// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/result.hpp>
#include <shield/store/store.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shield::store {

/// What a person said of an address, or of every address in a domain: mail from there may be acknowledged though
/// nobody can verify it.
struct Allowance {
    std::string whom;  ///< "ann@example.net" or "example.net"; lower case
    std::string who;   ///< a login name
    core::Time at{};
    core::Time until{};
    std::optional<core::Time> ended_at;  ///< by a person, before `until`
    std::string ended_by;
};

/// Whom people allow. Rows are only added and ended, so the list is its own history. Thread-safe; queries read a
/// snapshot, changes wait for their commit.
class Allowances {
public:
    /// So many may be in force: people write them by hand, and a list that nobody can read is no decision.
    static constexpr std::uint64_t in_force_max = 1000;

    /// How an address or a domain that a person wrote is kept; the error says what is wrong with it.
    [[nodiscard]] static core::result<std::string> parse(std::string_view whom);

    /// What is in force now for this reverse-path: of its address, or else of its very domain.
    [[nodiscard]] std::optional<Allowance> of(std::string_view reverse_path) const;

    /// In force, the newest first; with `ended` also those that are over, at most in_force_max in all.
    [[nodiscard]] std::vector<Allowance> list(bool ended) const;

    /// Allows; one for the same is ended by the same person first. An error when there are too many.
    [[nodiscard]] core::result<void> allow(const Allowance& allowance);

    /// Ends one; an error when nothing of this name is in force.
    [[nodiscard]] core::result<void> end(const std::string& whom, std::string_view who);

private:
    friend class Store;
    explicit Allowances(Store::Database& database) : database_{database} {}
    Store::Database& database_;
};

/// Whether a reverse-path is what a person named, an address or a domain as Allowances::parse() gives it.
[[nodiscard]] bool is_named(std::string_view whom, std::string_view reverse_path);

}  // namespace shield::store
