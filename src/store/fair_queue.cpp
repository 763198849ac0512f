// SPDX-License-Identifier: Apache-2.0
#include "fair_queue.hpp"

#include <algorithm>
#include <stdexcept>

namespace shield::store {

namespace {

constexpr unsigned newcomers_in_a_row_max = 3;

}  // namespace

FairQueue::FairQueue(std::vector<std::uint64_t> weights, std::uint64_t quantum)
    : quantum_{static_cast<std::int64_t>(quantum)}, shares_(weights.size())
{
    for (std::size_t i = 0; i < weights.size(); ++i) {
        shares_[i].weight = weights[i];
    }
    shares_.at(0).credit = quantum_ * static_cast<std::int64_t>(shares_[0].weight);
}

FairQueue::Place FairQueue::place(const Item& item)
{
    Place taken = free_;
    if (taken == nowhere) {
        taken = static_cast<Place>(places_.size());
        places_.push_back({item, nowhere});
    } else {
        free_ = places_[taken].next;
        places_[taken] = {item, nowhere};
    }
    return taken;
}

FairQueue::Network& FairQueue::network_of(Share& share, std::uint64_t key)
{
    const auto [found, is_new] = share.networks.try_emplace(key);
    Network& network = found->second;
    if (is_new) {
        network.key = key;
        network.credit = quantum_;
        share.newcomers.push_back(&network);
    }
    return network;
}

void FairQueue::add(const Item& item)
{
    Share& share = shares_.at(item.share);
    Network& network = network_of(share, item.network);
    const Place added = place(item);
    (network.last == nowhere ? network.first : places_[network.last].next) = added;
    network.last = added;
    ++share.waiting;
    ++size_;
}

void FairQueue::put_back(const Item& item)
{
    Share& share = shares_.at(item.share);
    Network& network = network_of(share, item.network);
    const Place added = place(item);
    places_[added].next = network.first;
    network.first = added;
    network.last = network.last == nowhere ? added : network.last;
    ++share.waiting;
    ++size_;
}

bool FairQueue::newcomer_is_next(const Share& share)
{
    return !share.newcomers.empty() && (share.others.empty() || share.newcomers_in_a_row < newcomers_in_a_row_max);
}

/// The network at the head of its row has spent its turn or has nothing waiting: to the end of the others. One that
/// had nothing waiting there either is forgotten; so is a newcomer when very many are remembered for nothing.
void FairQueue::leave(Share& share, bool newcomer) const
{
    constexpr std::size_t remembered_max = 10'000;
    auto& row = newcomer ? share.newcomers : share.others;
    Network& network = *row.front();
    row.pop_front();
    const bool idle = network.first == nowhere;
    if (idle && (!newcomer || share.networks.size() > 2 * share.waiting + remembered_max)) {
        share.networks.erase(network.key);
        return;
    }
    if (!idle) {
        network.credit += quantum_;
    }
    share.others.push_back(&network);
}

/// Of a share with something waiting. Each round gives credit or forgets a network, so it ends.
FairQueue::Network& FairQueue::choose(Share& share) const
{
    for (;;) {
        const bool newcomer = newcomer_is_next(share);
        Network& network = *(newcomer ? share.newcomers : share.others).front();
        if (network.first != nowhere && network.credit > 0) {
            return network;
        }
        leave(share, newcomer);
    }
}

void FairQueue::turn_to_next_share()
{
    turn_ = (turn_ + 1) % shares_.size();
    Share& share = shares_[turn_];
    const std::int64_t fresh = quantum_ * static_cast<std::int64_t>(share.weight);
    share.credit = share.waiting == 0 ? 0 : std::min(share.credit + fresh, fresh);  // what is not used is not kept
}

const FairQueue::Item* FairQueue::next(std::optional<std::size_t> without)
{
    const std::size_t elsewhere = without ? shares_.at(*without).waiting : 0;
    if (size_ == elsewhere) {
        return nullptr;
    }
    while (shares_[turn_].waiting == 0 || shares_[turn_].credit <= 0 || turn_ == without) {
        turn_to_next_share();
    }
    return &places_[choose(shares_[turn_]).first].item;
}

void FairQueue::pop()
{
    Share& share = shares_[turn_];
    if (share.waiting == 0) {
        throw std::logic_error{"nothing was next"};
    }
    Network& network = choose(share);
    share.newcomers_in_a_row = newcomer_is_next(share) ? share.newcomers_in_a_row + 1 : 0;
    const Place taken = network.first;
    const auto cost = static_cast<std::int64_t>(places_[taken].item.cost);
    network.first = places_[taken].next;
    network.last = network.first == nowhere ? nowhere : network.last;
    network.credit -= cost;
    share.credit -= cost;
    places_[taken].next = free_;
    free_ = taken;
    --share.waiting;
    --size_;
}

}  // namespace shield::store
