// SPDX-License-Identifier: Apache-2.0
#include "attack_reserve.hpp"
#include "known_networks.hpp"
#include "store_fixture.hpp"

#include <shield/store/authentications.hpp>

#include <support/eventually.hpp>

namespace shield::store::test {

class StoreDisk : public StoreTest {
protected:
    void SetUp() override { limits.disk_reserve_attack = 0; }
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

class StoreAttackReserve : public StoreDisk {
protected:
    static constexpr std::uint64_t reserve = 16 << 20;

    void SetUp() override
    {
        limits.disk_reserve_attack = reserve;
        Options made = options();
        made.free_space = [this] { return left.load(); };
        store = Store::open(made);
    }
    void TearDown() override { store.reset(); }

    [[nodiscard]] static core::Envelope from(const std::string& client, core::Category category)
    {
        core::Envelope made = envelope(category, "somebody@" + client + ".example");
        made.client_address = client;
        return made;
    }
    /// What it sends is kept, whatever its octets.
    [[nodiscard]] bool kept(const std::string& client, core::Category category, std::uint64_t octets = 100)
    {
        const std::string content = std::to_string(++sent) + std::string(octets, 'x');
        return std::holds_alternative<core::Receipt>(submit(content, from(client, category)));
    }
    /// A message from there is received and its sender verified.
    void verify_sender(const std::string& client, const std::optional<Origin>& origin = {})
    {
        (void)receive("verified " + client, from(client, core::Category::support));
        Assessed done = assessed(store->assessments().lease(1).at(0), assessment(core::Category::support, "x"));
        done.signatures = "";
        done.origin = origin;
        store->assessments().record({done});
        core::Verdict verdict;
        verdict.reply_address = core::ReplyAddress::verified;
        store->authentications().record({{store->authentications().lease({1}).at(0).message_id, verdict, {}}});
    }

    std::atomic<std::uint64_t> left{1ULL << 32};
    int sent{0};
};

TEST_F(StoreAttackReserve, KnowsTheRelayThatHandsVerifiedMailOn)
{
    using enum core::Category;
    verify_sender("203.0.113.9", Origin{"ours", "198.51.100.1", "mail.reporter.example", "ann@reporter.example"});
    EXPECT_TRUE(kept("198.51.100.1", support));
    left = limits.disk_reserve + reserve - 1;
    pass(std::chrono::seconds{1});
    EXPECT_FALSE(kept("198.51.100.1", support)) << "who never connected";
    EXPECT_TRUE(kept("203.0.113.77", support));
}

TEST_F(StoreAttackReserve, TakesOnlyAttacksAndKnownNetworksAndOpensAgainByItself)
{
    using enum core::Category;
    verify_sender("203.0.113.9");
    EXPECT_FALSE(store->intake().takes_only_attacks("198.51.100.1"));
    EXPECT_TRUE(kept("198.51.100.1", support));
    left = limits.disk_reserve + reserve - 1;
    pass(std::chrono::seconds{1});
    EXPECT_FALSE(kept("198.51.100.1", support));
    EXPECT_EQ(store->health(), Health::reserved);
    EXPECT_EQ(log.count("store_reserved"), 1U);
    EXPECT_THAT(metrics.render(), testing::HasSubstr("shield_store_reserved 1"));
    EXPECT_TRUE(store->intake().takes_only_attacks("198.51.100.1"));
    EXPECT_FALSE(store->intake().takes_only_attacks("203.0.113.77")) << "its network sent verified mail";
    EXPECT_FALSE(kept("198.51.100.2", urgent));
    EXPECT_TRUE(kept("198.51.100.1", attack));
    EXPECT_TRUE(kept("203.0.113.77", support));
    EXPECT_THAT(metrics.render(), testing::HasSubstr("shield_limit_disk_reserve_attack_total 2"));

    left = limits.disk_reserve + reserve + (1 << 20);
    pass(std::chrono::seconds{1});
    EXPECT_FALSE(kept("198.51.100.1", support)) << "not at the very mark, or it would open and close all the time";
    left = limits.disk_reserve + 2 * reserve;
    pass(std::chrono::seconds{1});
    EXPECT_TRUE(support::eventually([&] { return store->health() == Health::open; })) << "no mail has come";
    EXPECT_EQ(log.count("store_open_to_all"), 1U);
    EXPECT_TRUE(kept("198.51.100.1", support));
}

TEST_F(StoreAttackReserve, GivesNoNetworkMoreThanItsShare)
{
    using enum core::Category;
    left = limits.disk_reserve + reserve - 1;
    std::uint64_t octets = 0;
    while (octets < reserve && kept("198.51.100." + std::to_string(octets % 200), attack, 50'000)) {
        octets += 50'000;
    }
    EXPECT_GT(octets, reserve / 16 / 4);
    EXPECT_LE(octets, reserve / 16 / 2) << "each is written twice";
    EXPECT_TRUE(kept("198.51.101.1", attack));
    EXPECT_EQ(store->health(), Health::reserved);
}

TEST_F(StoreAttackReserve, BelowItNobodySendsAnything)
{
    verify_sender("203.0.113.9");
    left = limits.disk_reserve - 1;
    pass(std::chrono::seconds{1});
    EXPECT_FALSE(kept("203.0.113.9", core::Category::attack));
    EXPECT_EQ(store->health(), Health::full);
}

TEST_F(StoreAttackReserve, KnowsNetworksAfterARestartForNinetyDays)
{
    verify_sender("2001:db8:7::1");
    const auto reopen = [this] {
        store.reset();
        Options made = options();
        made.free_space = [this] { return left.load(); };
        store = Store::open(made);
    };
    reopen();
    left = limits.disk_reserve + reserve - 1;
    EXPECT_FALSE(kept("198.51.100.1", core::Category::support));
    EXPECT_TRUE(kept("2001:db8:7:ffff::2", core::Category::support));
    EXPECT_FALSE(kept("2001:db8:8::1", core::Category::support));
    pass(std::chrono::hours{24 * 91});
    EXPECT_FALSE(kept("2001:db8:7::1", core::Category::support));
    reopen();
    store.reset();
    SQLite::Database database{(directory.path() / "shield.db").string()};
    EXPECT_EQ(database.execAndGet("SELECT count(*) FROM known_networks").getInt(), 0);
}

TEST(KnownNetworks, AreBoundedAndTheLongestQuietAreForgotten)
{
    KnownNetworks known{2};
    const core::Time now = start_of_tests();
    known.remember(1, now - std::chrono::hours{3});
    known.remember(2, now - std::chrono::hours{2});
    known.remember(1, now);
    known.remember(3, now);
    EXPECT_TRUE(known.contains(1, now));
    EXPECT_FALSE(known.contains(2, now));
    EXPECT_TRUE(known.contains(3, now));
}

TEST(AttackReserve, AKnownNetworkTakesNoMoreThanItLeavesFree)
{
    AttackReserve reserve{1600};
    std::uint64_t left = 1600;
    const auto take = [&](std::uint64_t network) {
        const bool taken = reserve.take({network, false, true}, 100, left);
        left -= taken ? 100 : 0;
        return taken;
    };
    int taken = 0;
    while (take(7)) {
        ++taken;
    }
    EXPECT_EQ(taken, 8);
    EXPECT_TRUE(take(8));
    EXPECT_FALSE(reserve.take({9, false, false}, 1, left));
    reserve.leave();
    EXPECT_TRUE(take(7));
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
