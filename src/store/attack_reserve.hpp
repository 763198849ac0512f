// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>

namespace shield::store {

/// Whose message wants to be kept, as far as that decides about the last part of the disk.
struct Claim {
    std::uint64_t network{0};  ///< core::network_key()
    bool attack{false};        ///< it is to a mailbox for attacks
    bool known{false};         ///< its network sent verified mail lately
};

/// The last part of the disk that takes mail (disk_reserve_attack): that to mailboxes for attacks, of each network
/// a share, and that of known networks, of each as much as it leaves free. Counts what each network has taken since
/// this part was entered. A value; its owner locks.
class AttackReserve {
public:
    explicit AttackReserve(std::uint64_t octets) : octets_{octets} {}

    /// May so many octets of the disk be taken, while `left` of this part are? Counts them if so.
    [[nodiscard]] bool take(const Claim& claim, std::uint64_t octets, std::uint64_t left);
    /// There is room for everybody again.
    void leave() { taken_.clear(); }

private:
    std::uint64_t octets_;
    std::map<std::uint64_t, std::uint64_t> taken_;  // by network; no buckets to aim at
};

}  // namespace shield::store
