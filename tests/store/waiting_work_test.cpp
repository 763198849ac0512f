// SPDX-License-Identifier: Apache-2.0
#include "waiting_work.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

namespace shield::store::test {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Entry = WaitingWork::Entry;

constexpr core::Time morning = core::Time{std::chrono::hours{1'000'000 / 60}};

WaitingWork::Options options()
{
    WaitingWork::Options made;
    made.weights = {1, 1, 1};  // new, again, alone
    made.pause_max = std::chrono::minutes{10};
    return made;
}

Entry entry(std::int64_t id, std::uint64_t network = 1)
{
    Entry made;
    made.id = id;
    made.network = network;
    made.cost = 1;
    return made;
}

std::vector<std::int64_t> ids(const std::vector<Entry>& entries)
{
    std::vector<std::int64_t> found;
    for (const Entry& one : entries) {
        found.push_back(one.id);
    }
    return found;
}

std::vector<std::int64_t> lease(WaitingWork& work, std::uint64_t limit = 10, core::Time now = morning)
{
    WaitingWork::Room room;
    room.entries = limit;
    return ids(work.lease(now, room, [](const std::vector<Entry>&) { return std::vector<std::int64_t>{}; }));
}

/// A table of work, of which a pass over its rows reads.
WaitingWork::Read reading(const std::map<std::int64_t, Entry>& rows, std::size_t* times = nullptr)
{
    return [&rows, times](std::int64_t behind, std::size_t limit) {
        if (times != nullptr) {
            ++*times;
        }
        std::vector<Entry> read;
        for (auto row = rows.upper_bound(behind); row != rows.end() && read.size() < limit; ++row) {
            read.push_back(row->second);
        }
        return read;
    };
}

}  // namespace

TEST(WaitingWork, IsLeasedOnceUntilItIsDoneOrGivenBack)
{
    WaitingWork work{options()};
    work.add(entry(1));
    work.add(entry(2));
    work.add(entry(2));
    EXPECT_THAT(lease(work), ElementsAre(1, 2));
    EXPECT_THAT(lease(work), IsEmpty());
    work.give_back(1, false);
    work.give_back(1, false);
    work.done(2);
    work.give_back(2, false);
    EXPECT_THAT(lease(work), ElementsAre(1));
}

TEST(WaitingWork, ALeaseThatCannotBeWrittenIsNone)
{
    WaitingWork work{options()};
    work.add(entry(1));
    work.add(entry(2));
    WaitingWork::Room room;
    room.entries = 10;
    const auto fail = [](const std::vector<Entry>&) -> std::vector<std::int64_t> {
        throw std::runtime_error{"full"};
    };
    EXPECT_THROW((void)work.lease(morning, room, fail), std::runtime_error);
    const auto first_is_gone = [](const std::vector<Entry>&) { return std::vector<std::int64_t>{1}; };
    const auto leased = work.lease(morning, room, first_is_gone);
    ASSERT_THAT(ids(leased), ElementsAre(2));
    EXPECT_EQ(leased[0].attempts, 1U);
    work.give_back(1, false);
    EXPECT_THAT(lease(work), IsEmpty()) << "its row is gone";
}

TEST(WaitingWork, WhatWasPostponedComesBackInItsTimeAndNeitherKindHasAllOfTheRoom)
{
    WaitingWork work{options()};
    work.load(reading({}));
    for (std::int64_t id = 1; id <= 4; ++id) {
        work.add(entry(id));
    }
    ASSERT_EQ(lease(work).size(), 4U);
    for (std::int64_t id = 1; id <= 4; ++id) {
        work.postpone(id, morning + std::chrono::seconds{2});
    }
    EXPECT_THAT(lease(work), IsEmpty());
    EXPECT_EQ(work.next_due(morning), morning + std::chrono::seconds{2});
    EXPECT_FALSE(work.new_work_waits());
    for (std::int64_t id = 11; id <= 14; ++id) {
        work.add(entry(id));
    }
    EXPECT_TRUE(work.new_work_waits());
    const core::Time later = morning + std::chrono::seconds{2};
    EXPECT_EQ(work.next_due(later), later);
    WaitingWork::Room room;
    room.entries = 4;
    room.again = 1;
    const auto nothing_gone = [](const std::vector<Entry>&) { return std::vector<std::int64_t>{}; };
    const auto first = ids(work.lease(later, room, nothing_gone));
    EXPECT_THAT(first, testing::UnorderedElementsAre(11, 12, 13, 1));
    room.again = 0;
    EXPECT_THAT(ids(work.lease(later, room, nothing_gone)), ElementsAre(14));
    EXPECT_THAT(lease(work, 10, later), ElementsAre(2, 3, 4));
}

TEST(WaitingWork, WhatWasDatedByAnotherClockIsDue)
{
    WaitingWork work{options()};
    work.add(entry(1));
    ASSERT_EQ(lease(work).size(), 1U);
    work.postpone(1, morning);
    EXPECT_THAT(lease(work, 1, morning - std::chrono::hours{1}), ElementsAre(1));
}

TEST(WaitingWork, WhatEndedItsProcessIsLeasedAloneAndOnlyWhereItMayBe)
{
    WaitingWork work{options()};
    std::map<std::int64_t, Entry> rows{{1, entry(1)}, {2, entry(2)}, {3, entry(3)}};
    rows[2].attempts = 1;
    work.load(reading(rows));
    WaitingWork::Room room;
    room.entries = 10;
    room.alone = false;
    const auto nothing_gone = [](const std::vector<Entry>&) { return std::vector<std::int64_t>{}; };
    EXPECT_THAT(ids(work.lease(morning, room, nothing_gone)), ElementsAre(1)) << "the suspect's turn is next";
    EXPECT_THAT(ids(work.lease(morning, room, nothing_gone)), IsEmpty());
    EXPECT_THAT(lease(work), ElementsAre(2));
    EXPECT_THAT(lease(work), ElementsAre(3));
}

TEST(WaitingWork, WhatThereIsNoRoomForStaysInItsRowAndIsFoundAgain)
{
    WaitingWork::Options small = options();
    small.entries_max = 4;
    WaitingWork work{small};
    std::map<std::int64_t, Entry> rows;
    std::size_t passes = 0;
    work.load(reading(rows, &passes));
    for (std::int64_t id = 10; id > 0; --id) {  // work of authentication is made in any order
        rows[id] = entry(id);
        work.add(entry(id));
    }
    std::vector<std::int64_t> seen;
    for (int round = 0; round < 20; ++round) {
        work.load(reading(rows, &passes));
        for (const std::int64_t id : lease(work, 2)) {
            seen.push_back(id);
            rows.erase(id);
            work.done(id);
        }
    }
    EXPECT_THAT(seen, testing::UnorderedElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    const std::size_t before = passes;
    work.load(reading(rows, &passes));
    EXPECT_EQ(passes, before) << "all are known: no row is read";
    EXPECT_FALSE(work.next_due(morning));
}

TEST(WaitingWork, RowsThatCannotBeReadAreReadLater)
{
    WaitingWork work{options()};
    const auto fail = [](std::int64_t, std::size_t) -> std::vector<Entry> { throw std::runtime_error{"busy"}; };
    EXPECT_THROW(work.load(fail), std::runtime_error);
    EXPECT_EQ(work.next_due(morning), morning);
    const std::map<std::int64_t, Entry> rows{{1, entry(1)}};
    work.load(reading(rows));
    EXPECT_THAT(lease(work), ElementsAre(1));
}

}  // namespace shield::store::test
