// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Messages of families.txt and reports.txt, made without chance: the same seed makes the same copy.
namespace shield::campaign {

/// One mass mailing, to make copies of.
struct Family {
    std::string name;
    std::string subject;
    std::string text;
};

/// What different people wrote of one matter.
struct Matter {
    std::string name;
    std::vector<std::pair<std::string, std::string>> messages;  // subject, text
};

/// Numbers that look random (SplitMix64).
class Dice {
public:
    explicit Dice(std::uint64_t seed) noexcept : state_{seed} {}
    std::uint64_t roll() noexcept;
    std::size_t below(std::size_t count) noexcept { return static_cast<std::size_t>(roll() % count); }
    std::string letters(std::size_t count);

private:
    std::uint64_t state_;
};

/// {a|b} chosen, <name>, <number>, <link>, <host>, <address> and <account> filled in.
[[nodiscard]] std::string filled(std::string_view pattern, Dice& dice);

[[nodiscard]] std::vector<Family> families();
[[nodiscard]] std::vector<Matter> matters();

/// One confirmation of each kind, as octets of a message.
[[nodiscard]] std::vector<std::string> confirmations(Dice& dice);

}  // namespace shield::campaign
