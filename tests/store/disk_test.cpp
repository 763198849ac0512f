// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.hpp"

namespace shield::store::test {

class StoreDisk : public StoreTest {
protected:
    [[nodiscard]] static bool refused_as(const Intake::Outcome& outcome, core::Refusal why)
    {
        return std::holds_alternative<core::Refusal>(outcome) && std::get<core::Refusal>(outcome) == why;
    }
};

TEST_F(StoreDisk, AFullDatabaseRefusesKeepsAndOpensAgainByItself)
{
    limits.database_size_max = 4 << 20;
    open();
    std::vector<core::Reference> kept;
    Intake::Outcome outcome = submit("first");
    for (int i = 0; i < 500 && std::holds_alternative<core::Receipt>(outcome); ++i) {
        kept.push_back(std::get<core::Receipt>(outcome).reference());
        outcome = submit(std::to_string(i) + std::string(60'000, 'x'));
    }
    ASSERT_TRUE(refused_as(outcome, core::Refusal::disk_full));
    ASSERT_GT(kept.size(), 5U);
    EXPECT_EQ(store->health(), Health::full);
    EXPECT_TRUE(refused_as(submit("small"), core::Refusal::disk_full)) << "closed until the next look";
    pass(std::chrono::seconds{2});
    EXPECT_TRUE(refused_as(submit(std::string(60'000, 'y')), core::Refusal::disk_full)) << "the trial fails";
    EXPECT_EQ(store->health(), Health::full);
    for (const auto& reference : kept) {
        EXPECT_TRUE(store->cases().octets(reference)) << "what was answered 250 is there";
    }

    // Somebody makes room.
    tamper("DELETE FROM octets WHERE length(octets) > 50000");
    EXPECT_TRUE(refused_as(submit("too early"), core::Refusal::disk_full));
    pass(std::chrono::seconds{2});
    const auto again = receive("there is room");
    EXPECT_EQ(store->health(), Health::open);
    EXPECT_EQ(store->cases().octets(again), "there is room");
    (void)receive("and more");
}

TEST_F(StoreDisk, TheReserveIsKeptForTriage)
{
    const std::uint64_t enough = limits.disk_reserve + (4 << 20);
    std::atomic<std::uint64_t> left{enough};
    Options made = options();
    made.free_space = [&left] { return left.load(); };
    store = Store::open(made);
    const auto reference = receive("x");
    left = limits.disk_reserve - 1;
    (void)receive("the disk is looked at once a second");
    pass(std::chrono::seconds{1});
    EXPECT_TRUE(refused_as(submit("y"), core::Refusal::disk_full));
    EXPECT_EQ(store->health(), Health::full);
    assess_all();
    EXPECT_TRUE(store->cases().change(reference, "ann", [](const CaseDetail&) -> core::result<Change> {
        Change change;
        change.state = core::State::closed;
        change.code = std::optional{core::ClosingCode::test};
        return change;
    }));
    EXPECT_EQ(store->health(), Health::full);
    left = enough;
    pass(std::chrono::seconds{1});
    (void)receive("open again");
    EXPECT_EQ(store->health(), Health::open);
    EXPECT_THAT(metrics.render(), testing::HasSubstr("shield_limit_disk_reserve_total 1"));
    store.reset();
}

TEST_F(StoreDisk, ACopyThatWouldCloseIntakeIsNotMade)
{
    std::atomic<std::uint64_t> left{2 * limits.disk_reserve};
    Options made = options();
    made.free_space = [&left] { return left.load(); };
    store = Store::open(made);
    EXPECT_THROW((void)store->backup_here({}), Unavailable);
    left = 4 * limits.disk_reserve;
    EXPECT_TRUE(std::filesystem::exists(store->backup_here({})));
    store.reset();
}

TEST_F(StoreDisk, FilesOfLargeMessagesLeaveRoomForTheOthers)
{
    std::atomic<std::uint64_t> left{2 * limits.disk_reserve};
    Options made = options();
    made.free_space = [&left] { return left.load(); };
    store = Store::open(made);
    Spool arriving = store->intake().spool();
    arriving.append(std::string(limits.spool_memory_max + 1, 'x'));
    left = 2 * limits.disk_reserve - 1;
    try {
        arriving.append("y");
        FAIL() << "no room";
    } catch (const core::NotKept& refused) {
        EXPECT_EQ(refused.why, core::Refusal::disk_full);
    }
    EXPECT_THAT(metrics.render(), testing::HasSubstr("shield_limit_disk_reserve_total 1"));
    (void)receive("a small one needs no file");
    EXPECT_EQ(store->health(), Health::open);
    store.reset();
}

TEST_F(StoreDisk, WhatIsAdmittedIsTakenOffTheRoomThatWasSeen)
{
    std::atomic<std::uint64_t> left{limits.disk_reserve + (4 << 20)};
    Options made = options();
    made.free_space = [&left] { return left.load(); };
    store = Store::open(made);
    int kept = 0;
    while (kept < 100 &&
           std::holds_alternative<core::Receipt>(submit(std::to_string(kept) + std::string(50'000, 'x')))) {
        ++kept;
    }
    // Each is written twice, to the log and to the database; the disk says nothing of it yet.
    EXPECT_GT(kept, 3);
    EXPECT_LT(kept, 41);
    store.reset();
}

TEST_F(StoreDisk, NothingIsDerivedFromMessagesBelowHalfOfTheReserve)
{
    std::atomic<std::uint64_t> left{4 * limits.disk_reserve};
    Options made = options();
    made.free_space = [&left] { return left.load(); };
    store = Store::open(made);
    (void)receive("x");
    left = limits.disk_reserve / 2 - 1;
    EXPECT_TRUE(store->assessments().lease(1).empty());
    left = limits.disk_reserve / 2;
    EXPECT_EQ(store->assessments().lease(1).size(), 1U);
    store.reset();
}

TEST_F(StoreDisk, LongReadsEndWhenTheyAreTold)
{
    open();
    (void)receive("x");
    store->end_long_reads();
    EXPECT_THROW((void)store->backup(directory.path() / "copy", {}), Unavailable);
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "copy"));
}

TEST_F(StoreDisk, ALongReadIsEnded)
{
    limits.query_time_max = 0;
    open();
    for (int i = 0; i < 50; ++i) {
        (void)receive("message " + std::to_string(i));
    }
    // With no time at all, whatever takes more than a moment is ended; which query that is does not matter.
    std::atomic<int> ended{0};
    for (int i = 0; i < 200 && ended == 0; ++i) {
        try {
            QueueFilter all;
            all.limit = 1000;
            (void)store->cases().queue(all);
            (void)store->cases().stats();
            (void)receive("more " + std::to_string(i));
        } catch (const Unavailable& error) {
            EXPECT_THAT(error.what(), testing::HasSubstr("too long"));
            ++ended;
        }
    }
    EXPECT_EQ(ended, 1);
    EXPECT_THAT(metrics.render(), testing::HasSubstr("shield_limit_query_time_total 1"));
}

}  // namespace shield::store::test
