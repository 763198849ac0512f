// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/daemon/config.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace shield::daemon {

enum class Type { string, path, duration, boolean, number, strings };
[[nodiscard]] std::string_view to_string(Type type) noexcept;

/// What stands in the file for one key. Only the member that the key's type names is filled; a path is already
/// taken from the directory of the file.
struct Value {
    std::string string;
    std::filesystem::path path;
    std::chrono::seconds duration{};
    bool boolean{false};
    std::int64_t number{0};
    std::vector<std::string> strings;
};

enum class Need {
    required,   ///< there is no default: it must be given
    optional,   ///< the default holds when it is not given
    with_table  ///< the default holds when its table is there; without the table, nothing
};

/// One key of shieldd.toml. `listen[].x` is a key of each [[listen]], `links.*` any key of [links].
struct Key {
    std::string name;
    Type type;
    Need need;
    std::string default_value;  ///< in TOML
    std::string help;

    /// Puts the value where it belongs, for a key of a [[table]] into its last element. Answers what is wrong and
    /// what to do, or nothing. `last` is the last part of the name as given.
    std::function<std::string(Config&, std::string_view last, const Value&)> take;
};

/// The one table: parsing, defaults, unknown names, documentation and tests come from it.
[[nodiscard]] const std::vector<Key>& keys();

/// The key of one bound, in [limits].
[[nodiscard]] Key limit_key(const core::LimitEntry& limit);

/// The keys of [[relay]].
[[nodiscard]] std::vector<Key> relay_keys();

/// What is wrong with a relay as a whole, and what to do; or nothing.
[[nodiscard]] std::string fault_of(const auth::Relay& relay, const std::string& hostname);

/// "192.0.2.0/24", which is what a relay without a name is called.
[[nodiscard]] std::string first_network(const auth::Relay& relay);

/// Adds the networks of a list; what is wrong with one, or nothing.
[[nodiscard]] std::string networks(core::Networks& place, const Value& value);

/// What is wrong with a number that is not in [low, high], or nothing.
[[nodiscard]] std::string number_between(std::int64_t low, std::int64_t high, std::int64_t number);

/// A table or key of the contract that this version refuses, and the sentence that says so; empty for any other.
[[nodiscard]] std::string refusal_of(std::string_view name);

}  // namespace shield::daemon
