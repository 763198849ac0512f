// SPDX-License-Identifier: Apache-2.0
#include "fair_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace shield::store::test {

namespace {

using testing::ElementsAre;

std::int64_t take(FairQueue& queue, std::optional<std::size_t> without = std::nullopt)
{
    const FairQueue::Item* next = queue.next(without);
    if (next == nullptr) {
        return 0;
    }
    const std::int64_t id = next->id;
    queue.pop();
    return id;
}

std::vector<std::int64_t> take_all(FairQueue& queue)
{
    std::vector<std::int64_t> order;
    while (const std::int64_t id = take(queue)) {
        order.push_back(id);
    }
    return order;
}

/// How many were taken until this one was, itself included.
std::size_t turn_of(const std::vector<std::int64_t>& order, std::int64_t id)
{
    const auto found = std::find(order.begin(), order.end(), id);
    return found == order.end() ? 0 : static_cast<std::size_t>(found - order.begin()) + 1;
}

}  // namespace

TEST(FairQueue, KeepsTheOrderOfOneNetwork)
{
    FairQueue queue{{1}, 1};
    EXPECT_EQ(queue.next(), nullptr);
    for (std::int64_t id = 1; id <= 4; ++id) {
        queue.add({id, 7, 0, 1});
    }
    EXPECT_EQ(take(queue), 1);
    queue.put_back({1, 7, 0, 1});
    EXPECT_THAT(take_all(queue), ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(queue.size(), 0U);
    EXPECT_THROW(queue.pop(), std::logic_error);
}

TEST(FairQueue, GivesNetworksTurns)
{
    FairQueue queue{{1}, 1};
    for (std::int64_t id = 1; id <= 3; ++id) {
        queue.add({id, 1, 0, 1});
        queue.add({10 + id, 2, 0, 1});
    }
    EXPECT_THAT(take_all(queue), ElementsAre(1, 11, 2, 12, 3, 13));
}

TEST(FairQueue, AReportIsSoonNextHoweverManyWaitOfEachOfAThousandNetworks)
{
    FairQueue queue{{1}, 4096};
    std::int64_t id = 0;
    for (int of_each = 0; of_each < 50; ++of_each) {
        for (std::uint64_t network = 1; network <= 1000; ++network) {
            queue.add({++id, network, 0, 4096});
        }
    }
    for (int i = 0; i < 5000; ++i) {  // the flood is under way
        ASSERT_NE(take(queue), 0);
    }
    const std::int64_t report = ++id;
    queue.add({report, 5000, 0, 20'000});
    EXPECT_EQ(take(queue), report) << "a newcomer";
    const std::int64_t second = ++id;
    queue.add({second, 5000, 0, 4096});
    EXPECT_LE(turn_of(take_all(queue), second), 6001U)
        << "its next waits for the price of the first, and no longer";
}

TEST(FairQueue, NewcomersInAnyNumberKeepNobodyWaitingForEver)
{
    FairQueue queue{{1}, 1};
    queue.add({1, 1, 0, 1});
    queue.add({2, 1, 0, 1});
    std::int64_t id = 100;
    std::vector<std::int64_t> order;
    for (int i = 0; i < 20; ++i) {  // each from a network that nobody has seen
        queue.add({++id, static_cast<std::uint64_t>(id), 0, 1});
        queue.add({++id, static_cast<std::uint64_t>(id), 0, 1});
        order.push_back(take(queue));
    }
    EXPECT_GT(turn_of(order, 2), 0U);
    EXPECT_LE(turn_of(order, 2), 8U);
}

TEST(FairQueue, ADearMessageCostsItsNetworkTurns)
{
    FairQueue queue{{1}, 1};
    queue.add({1, 1, 0, 10});
    queue.add({2, 1, 0, 1});
    for (std::int64_t id = 11; id <= 25; ++id) {
        queue.add({id, 2, 0, 1});
    }
    const auto order = take_all(queue);
    EXPECT_EQ(order.front(), 1);
    EXPECT_GE(turn_of(order, 2), 11U);
    EXPECT_LE(turn_of(order, 2), 13U);
}

TEST(FairQueue, SharesAreServedByWeightAndNotStrictly)
{
    FairQueue queue{{6, 3, 1}, 1};
    for (std::int64_t id = 0; id < 300; ++id) {
        for (std::size_t share = 0; share < 3; ++share) {
            queue.add({1000 * static_cast<std::int64_t>(share + 1) + id, 1, share, 1});
        }
    }
    std::vector<int> taken(3);
    for (int i = 0; i < 100; ++i) {
        ++taken.at(static_cast<std::size_t>(take(queue) / 1000 - 1));
    }
    EXPECT_THAT(taken, ElementsAre(60, 30, 10));
}

TEST(FairQueue, AnIdleShareSavesNothingAndOneWithoutATurnKeepsItsPlace)
{
    FairQueue queue{{6, 1}, 1};
    for (std::int64_t id = 1; id <= 100; ++id) {
        queue.add({id, 1, 1, 1});
    }
    for (int i = 0; i < 50; ++i) {
        ASSERT_NE(take(queue), 0);
    }
    for (std::int64_t id = 201; id <= 220; ++id) {
        queue.add({id, 1, 0, 1});
    }
    std::vector<std::int64_t> order;
    for (int i = 0; i < 14; ++i) {
        order.push_back(take(queue));
    }
    EXPECT_EQ(std::count_if(order.begin(), order.end(), [](std::int64_t id) { return id > 200; }), 12);
    EXPECT_GT(take(queue, 1), 200);
    EXPECT_LE(take(queue, 0), 100);
    while (queue.size(0) != 0) {
        ASSERT_NE(take(queue, 1), 0);
    }
    EXPECT_EQ(queue.next(1), nullptr) << "what has no turn is not taken though nothing else waits";
    EXPECT_NE(take(queue), 0);
}

TEST(FairQueue, LosesNothingAndRepeatsNothingWhateverIsDoneWithIt)
{
    for (unsigned seed = 0; seed < 50; ++seed) {
        std::mt19937 draw{seed};
        FairQueue queue{{6, 3, 1, 1}, 4};
        std::vector<FairQueue::Item> inside, outside;
        std::int64_t id = 0;
        for (int step = 0; step < 2000; ++step) {
            const auto kind = draw() % 5;
            if (kind < 2) {
                inside.push_back({++id, draw() % 20, draw() % 4, 1 + draw() % 50});
                queue.add(inside.back());
            } else if (kind == 2 && !outside.empty()) {
                inside.push_back(outside.back());
                queue.put_back(outside.back());
                outside.pop_back();
            } else if (const FairQueue::Item* next = queue.next()) {
                const FairQueue::Item item = *next;
                const auto found = std::find_if(inside.begin(), inside.end(),
                                                [&](const FairQueue::Item& one) { return one.id == item.id; });
                ASSERT_NE(found, inside.end());
                EXPECT_EQ(found->network, item.network);
                queue.pop();
                inside.erase(found);
                outside.push_back(item);
            }
            ASSERT_EQ(queue.size(), inside.size());
        }
        EXPECT_EQ(take_all(queue).size(), inside.size());
    }
}

}  // namespace shield::store::test
