// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

/// Hashes that are the same on every machine and in every version: they are kept in the store. Not secret and not
/// meant to be: who makes two values collide makes two messages of his own look alike, which he can have cheaper.
namespace shield::campaign {

/// Spreads every bit over all (the finaliser of SplitMix64).
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t value) noexcept
{
    value += 0x9e3779b97f4a7c15ULL;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

/// FNV-1a, spread.
[[nodiscard]] std::uint64_t hash_of(std::string_view octets) noexcept;

/// Of octets that stand for something of one kind: the same octets of another kind are another value. Never 0.
[[nodiscard]] std::uint32_t mark_of(char kind, std::string_view octets) noexcept;

}  // namespace shield::campaign
