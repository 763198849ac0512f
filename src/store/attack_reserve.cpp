// SPDX-License-Identifier: Apache-2.0
#include "attack_reserve.hpp"

namespace shield::store {

namespace {

constexpr std::uint64_t shares = 16;
constexpr std::size_t networks_max = 100'000;

}  // namespace

bool AttackReserve::take(const Claim& claim, std::uint64_t octets, std::uint64_t left)
{
    const auto found = taken_.find(claim.network);
    const std::uint64_t after = octets + (found == taken_.end() ? 0 : found->second);
    // As much as it leaves free, so that there is some for the next; and of whom nothing is known, not much.
    const bool leaves_some = octets <= left && after <= left - octets;
    const bool fits = leaves_some && (claim.known || (claim.attack && after <= octets_ / shares));
    if (!fits || (found == taken_.end() && taken_.size() >= networks_max)) {
        return false;
    }
    taken_[claim.network] = after;
    return true;
}

}  // namespace shield::store
