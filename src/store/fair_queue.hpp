// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace shield::store {

/// Which of what waits is next. Shares are served by their weights, the networks in a share by turns, and what one
/// network has waiting in its order: deficit round robin, twice. A network that comes with nothing waiting is
/// served before those that have had their turn, as in RFC 8290 section 4.2, for a turn of its own; of four turns
/// one belongs to the others, so that newcomers in any number keep nobody waiting for ever.
///
/// Neither knows what it queues nor how late it is; the same calls give the same order. A value; its owner locks.
class FairQueue {
public:
    struct Item {
        std::int64_t id{0};
        std::uint64_t network{0};  ///< core::network_key()
        std::size_t share{0};      ///< index of a weight
        std::uint64_t cost{0};
    };

    /// A share gets `quantum` times its weight a round, and a network the quantum. No weight is 0.
    FairQueue(std::vector<std::uint64_t> weights, std::uint64_t quantum);

    void add(const Item& item);
    /// In front of what its network has waiting.
    void put_back(const Item& item);

    /// The next; stays it until pop(). `without`: a share that has no turn now. Null: nothing waits in the others.
    [[nodiscard]] const Item* next(std::optional<std::size_t> without = std::nullopt);
    /// Takes what next() answered.
    void pop();

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// In one share.
    [[nodiscard]] std::size_t size(std::size_t share) const { return shares_[share].waiting; }

private:
    using Place = std::uint32_t;  // in places_
    static constexpr Place nowhere = 0xffffffff;

    struct Waiting {
        Item item;
        Place next{nowhere};
    };
    struct Network {
        std::uint64_t key{0};
        Place first{nowhere}, last{nowhere};
        std::int64_t credit{0};
    };
    struct Share {
        std::uint64_t weight{1};
        std::int64_t credit{0};
        std::size_t waiting{0};
        unsigned newcomers_in_a_row{0};
        std::map<std::uint64_t, Network> networks;  // no buckets to aim at
        std::deque<Network*> newcomers, others;     // each network in one of them
    };

    [[nodiscard]] Place place(const Item& item);
    [[nodiscard]] Network& network_of(Share& share, std::uint64_t key);
    [[nodiscard]] static bool newcomer_is_next(const Share& share);
    [[nodiscard]] Network& choose(Share& share) const;
    void leave(Share& share, bool newcomer) const;
    void turn_to_next_share();

    std::int64_t quantum_;
    std::vector<Share> shares_;
    std::vector<Waiting> places_;
    Place free_{nowhere};
    std::size_t size_{0};
    std::size_t turn_{0};
};

}  // namespace shield::store
