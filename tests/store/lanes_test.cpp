// SPDX-License-Identifier: Apache-2.0
#include "lanes.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace shield::store::test {
namespace {

using namespace std::chrono_literals;

const Lanes::Moment start{1h};

void add(Lanes& lanes, Lane lane, int count, std::uint64_t octets = 0)
{
    for (int i = 0; i < count; ++i) {
        lanes.add({nullptr, lane, octets, Fate::committed, nullptr});
    }
}

std::int64_t count(const Lanes::Batch& batch, Lane lane)
{
    return std::count_if(batch.begin(), batch.end(), [&](const Lanes::Entry& entry) { return entry.lane == lane; });
}

}  // namespace

TEST(Lanes, RecordsRideAlongWhileMailComesIn)
{
    Lanes lanes;
    lanes.mail_came(start);
    add(lanes, Lane::record, 100);
    EXPECT_FALSE(lanes.anything_is_due(start + 5ms)) << "no commit of their own";
    std::vector<std::int64_t> rode;
    for (int batch = 0; batch < 8; ++batch) {
        add(lanes, Lane::intake, 20);
        EXPECT_TRUE(lanes.anything_is_due(start + 5ms));
        const auto riding = lanes.take(256, start + 5ms);
        EXPECT_EQ(count(riding.at(0), Lane::intake), 20);
        rode.push_back(count(riding.at(0), Lane::record));
    }
    EXPECT_EQ(rode, (std::vector<std::int64_t>{0, 0, 0, 0, 0, 0, 0, 16})) << "together: they share their pages";
    EXPECT_TRUE(lanes.anything_is_due(*lanes.records_due_at()));
    const auto alone = lanes.take(256, *lanes.records_due_at());
    EXPECT_EQ(count(alone.at(0), Lane::record), 84);
    EXPECT_TRUE(lanes.empty());
}

TEST(Lanes, NobodysWorkMakesTheRecordsACommitOfTheirOwn)
{
    Lanes lanes;
    lanes.mail_came(start);
    add(lanes, Lane::record, 100);
    add(lanes, Lane::work, 1);
    const auto batches = lanes.take(256, start + 1ms);
    EXPECT_EQ(count(batches.at(0), Lane::work), 1);
    EXPECT_EQ(count(batches.at(0), Lane::record), 0);
}

TEST(Lanes, MailThatFillsABatchLeavesTheOthersTheirShare)
{
    Lanes lanes;
    add(lanes, Lane::intake, 100, 256 << 10);
    add(lanes, Lane::work, 10);
    const auto batches = lanes.take(256, start);
    EXPECT_EQ(count(batches.at(0), Lane::intake), 32);
    EXPECT_EQ(count(batches.at(0), Lane::work), 10);
    EXPECT_EQ(lanes.octets(), 68U * (256 << 10));
}

TEST(Lanes, WorkMovesAtLeastAsFastAsMail)
{
    Lanes lanes;
    add(lanes, Lane::intake, 50);
    add(lanes, Lane::work, 100);
    EXPECT_EQ(count(lanes.take(256, start).at(0), Lane::work), 50);
    add(lanes, Lane::intake, 1);
    EXPECT_EQ(count(lanes.take(256, start).at(0), Lane::work), 16);
}

TEST(Lanes, ALargeMessageAndWhatIsTurnedAwayAreBatchesOfTheirOwn)
{
    Lanes lanes;
    add(lanes, Lane::large, 2, 30 << 20);
    lanes.turn_away({nullptr, Lane::intake, 5, Fate::full, nullptr});
    const auto batches = lanes.take(256, start);
    ASSERT_EQ(batches.size(), 3U);
    EXPECT_TRUE(batches[0].empty());
    EXPECT_EQ(batches[1].size(), 1U);
    EXPECT_EQ(batches[2].at(0).fate, Fate::full);
    EXPECT_FALSE(lanes.empty());
}

TEST(Lanes, NothingRidesWhenTheStoreStops)
{
    Lanes lanes;
    lanes.mail_came(start);
    add(lanes, Lane::record, 5);
    lanes.stop_riding();
    EXPECT_TRUE(lanes.anything_is_due(start));
    EXPECT_EQ(count(lanes.take(256, start).at(0), Lane::record), 5);
}

}  // namespace shield::store::test
