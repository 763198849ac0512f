// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.hpp"

namespace shield::store::test {

class StoreVerify : public StoreTest {
protected:
    void SetUp() override
    {
        open();
        first = receive("one");
        (void)receive("two");
        (void)receive("two");
        assess_all();
    }
    /// The faults after somebody changed the file.
    [[nodiscard]] std::vector<std::string> faults_after(const std::string& sql)
    {
        store.reset();
        tamper(sql);
        open();
        return store->verify({}).faults;
    }
    core::Reference first{core::Reference::from_bits(0)};
};

TEST_F(StoreVerify, CountsWhatIsThere)
{
    std::uint64_t last = 0;
    const auto result = store->verify([&](std::uint64_t done, std::uint64_t all) {
        EXPECT_LE(done, all);
        last = done;
    });
    EXPECT_EQ(last, 3U);
    EXPECT_EQ(result.messages, 3U);
    EXPECT_EQ(result.octets, 9U);
    EXPECT_EQ(result.cases, 2U);
    EXPECT_EQ(result.references, 3U);
    EXPECT_TRUE(result.faults.empty());
}

TEST_F(StoreVerify, AChangedOctetIsFound)
{
    EXPECT_THAT(faults_after("UPDATE octets SET octets = CAST('onf' AS BLOB) WHERE octets = CAST('one' AS BLOB)"),
                testing::ElementsAre(
                    testing::AllOf(testing::HasSubstr(first.to_string()), testing::HasSubstr("octet for octet"))));
}

TEST_F(StoreVerify, LostOctetsAreFound)
{
    EXPECT_THAT(faults_after("DELETE FROM octets WHERE octets = CAST('one' AS BLOB)"),
                testing::ElementsAre(testing::HasSubstr(first.to_string())));
    EXPECT_THROW((void)store->cases().octets(first), Unavailable);
}

TEST_F(StoreVerify, AReferenceThatWasGivenAndIsGoneIsFound)
{
    const auto faults = faults_after("PRAGMA foreign_keys = OFF; DELETE FROM messages WHERE id = 1");
    EXPECT_THAT(faults, testing::Contains(testing::HasSubstr("A message is gone: " + first.to_string())));
}

TEST_F(StoreVerify, ACaseThatIsGoneIsFound)
{
    EXPECT_THAT(faults_after("PRAGMA foreign_keys = OFF; DELETE FROM cases WHERE id = 1"),
                testing::Contains(testing::HasSubstr(first.to_string() + " leads to no case")));
}

TEST_F(StoreVerify, AReferenceGivenTwiceIsFound)
{
    EXPECT_THAT(faults_after("UPDATE messages SET reference = (SELECT reference FROM messages WHERE id = 1) WHERE "
                             "id = 2"),
                testing::ElementsAre(first.to_string() + " was given to two messages."));
}

TEST_F(StoreVerify, ACaseFoldedBehindOneThatIsNoneIsFound)
{
    EXPECT_THAT(faults_after("UPDATE cases SET campaign = 2, folded = 1 WHERE id = 1"),
                testing::Contains(testing::HasSubstr(first.to_string() + " is folded behind a case")));
}

TEST_F(StoreVerify, ARowThatTheDeskCannotReadIsFound)
{
    for (const char* sql : {"UPDATE cases SET flags = 'x' WHERE id = 1",
                            "UPDATE cases SET flags = '[]'; UPDATE messages SET recipients "
                            "= 'x' WHERE id = 1"}) {
        EXPECT_THAT(faults_after(sql), testing::ElementsAre(testing::AllOf(testing::HasSubstr(first.to_string()),
                                                                           testing::HasSubstr("is damaged"))))
            << sql;
    }
}

TEST_F(StoreVerify, AWrongCountIsFound)
{
    EXPECT_THAT(faults_after("UPDATE counts SET n = n + 1 WHERE key = 'event received repeat'"),
                testing::ElementsAre(testing::AllOf(testing::HasSubstr("\"event received repeat\" is 2"),
                                                    testing::HasSubstr("should be 1"))));
}

TEST_F(StoreVerify, ABackupIsTakenWhileMailArrivesAndIsWhole)
{
    Directory other;
    const auto copy = other.path() / "shield.db";
    std::atomic<bool> stop{false};
    std::thread sender{[&] {
        for (int i = 0; !stop; ++i) {
            (void)receive("while " + std::to_string(i));
        }
    }};
    store->backup(copy, {});
    stop = true;
    sender.join();
    EXPECT_THROW(store->backup(copy, {}), Unavailable) << "a backup never overwrites";

    Options made = options();
    made.directory = other.path();
    const auto restored = Store::open(made);
    EXPECT_EQ(restored->cases().octets(first), "one");
    const auto result = restored->verify({});
    EXPECT_TRUE(result.faults.empty());
    EXPECT_GE(result.messages, 3U);
    EXPECT_EQ(restored->token_key().secret, store->token_key().secret);
}

TEST_F(StoreVerify, ACopyThatAnOperatorKeepsInTheDirectoryStays)
{
    const auto kept = directory.path() / "backup-of-monday.db";
    store->backup(kept, {});
    store.reset();
    open();
    EXPECT_TRUE(std::filesystem::exists(kept));
}

TEST_F(StoreVerify, OneBackupIsMadeAtATime)
{
    (void)receive(std::string(6 << 20, 'x'));
    std::atomic<int> refused{0};
    const auto file = store->backup_here([&](std::uint64_t, std::uint64_t) {
        std::thread{[&] {
            try {
                (void)store->backup_here({});
            } catch (const Unavailable& failure) {
                EXPECT_THAT(failure.what(), testing::HasSubstr("another backup"));
                ++refused;
            }
        }}.join();
    });
    EXPECT_GT(refused, 0);
    EXPECT_TRUE(std::filesystem::exists(store->backup_here({})));
}

TEST_F(StoreVerify, ABackupThatNobodyTookIsGoneAfterTheNextStart)
{
    const auto left = store->backup_here({});
    const auto taken = store->backup_here({});
    EXPECT_TRUE(store->remove_backup(taken.filename().string()));
    EXPECT_FALSE(std::filesystem::exists(taken));
    ASSERT_TRUE(std::filesystem::exists(left));
    store.reset();
    open();
    EXPECT_FALSE(std::filesystem::exists(left));
    EXPECT_FALSE(store->remove_backup("shield.db"));
    EXPECT_EQ(store->cases().octets(first), "one");
}

}  // namespace shield::store::test
