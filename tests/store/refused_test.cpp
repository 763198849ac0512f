// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.hpp"

#include <support/eventually.hpp>

namespace shield::store::test {

class StoreRefused : public StoreTest {
protected:
    void refuse(const std::string& client, const std::string& sender, std::uint64_t size = 100'000'000,
                const std::string& mailbox = "shield@example.com")
    {
        store->intake().refused({core::from_unix_ms(now), client, sender, mailbox, size});
        static_cast<void>(receive(sender + std::to_string(now)));  // the line rides with it
    }
    std::vector<RefusedRow> list(std::uint64_t limit = 100) { return store->cases().refused(limit); }
    /// Waits for the last one that was written.
    std::string newest(const std::string& wanted)
    {
        support::eventually([&] { return !list().empty() && list()[0].message.sender == wanted; });
        return list()[0].message.sender;
    }
    std::size_t lines(std::size_t wanted)
    {
        support::eventually([&] { return list().size() == wanted; });
        return list().size();
    }
};

TEST_F(StoreRefused, IsListedNewestFirstAndSurvivesARestart)
{
    open();
    EXPECT_TRUE(list().empty());
    refuse("192.0.2.7", "ann@reporter.example", 70'000'000);
    pass(std::chrono::seconds{1});
    refuse("2001:db8::7", "", 80'000'000, "");
    EXPECT_EQ(lines(2), 2U);
    open();
    const auto rows = list();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].message, (core::RefusedMessage{core::from_unix_ms(now), "2001:db8::7", "", "", 80'000'000}));
    EXPECT_EQ(rows[1].message.sender, "ann@reporter.example");
    EXPECT_EQ(rows[1].message.mailbox, "shield@example.com");
    EXPECT_EQ(rows[1].attempts, 1U);
    EXPECT_EQ(list(1).size(), 1U);
}

TEST_F(StoreRefused, AttemptsOfOneSenderFromOneNetworkAreOneLine)
{
    open();
    const core::Time first = core::from_unix_ms(now);
    refuse("192.0.2.7", "ann@reporter.example", 90'000'000);
    pass(std::chrono::minutes{10});
    refuse("192.0.2.8", "ann@reporter.example", 70'000'000);
    pass(std::chrono::minutes{10});
    refuse("192.0.3.1", "ann@reporter.example");
    ASSERT_EQ(lines(2), 2U);
    const RefusedRow row = list()[1];
    EXPECT_EQ(row.attempts, 2U);
    EXPECT_EQ(row.first_at, first);
    EXPECT_EQ(row.message.client, "192.0.2.8");
    EXPECT_EQ(row.message.size, 90'000'000U) << "the largest";
}

TEST_F(StoreRefused, WhatIsOneTooManyGoesFromTheNetworkThatHasMost)  // refused_kept_max
{
    limits.refused_kept_max = 20;
    open();
    refuse("198.51.100.1", "victim@reporter.example");
    for (int i = 0; i < 30; ++i) {
        pass(std::chrono::seconds{1});
        refuse("2001:db8:1:" + std::to_string(i) + "::1", "flood" + std::to_string(i) + "@reporter.example");
    }
    EXPECT_EQ(newest("flood29@reporter.example"), "flood29@reporter.example");
    ASSERT_EQ(list().size(), 20U);
    EXPECT_EQ(list()[18].message.sender, "flood11@reporter.example");
    EXPECT_EQ(list()[19].message.sender, "victim@reporter.example");
    EXPECT_THAT(metrics.render(), testing::HasSubstr("shield_limit_refused_kept_total 11\n"));
}

TEST_F(StoreRefused, WhatIsOldIsForgotten)  // refused_kept_time
{
    open();
    refuse("192.0.2.7", "ann@reporter.example");
    pass(std::chrono::seconds{limits.refused_kept_time} + std::chrono::seconds{1});
    refuse("192.0.3.7", "bob@reporter.example");
    EXPECT_EQ(newest("bob@reporter.example"), "bob@reporter.example");
    EXPECT_EQ(list().size(), 1U);
}

TEST_F(StoreRefused, ComesSoonWithoutAnyMail)
{
    limits.assessment_wait_max = 1;
    open();
    store->intake().refused({core::from_unix_ms(now), "192.0.2.7", "ann@reporter.example", "", 1});
    EXPECT_EQ(lines(1), 1U);
}

TEST_F(StoreRefused, HostileValuesAreValuesAndNothingElse)
{
    open();
    refuse("not an address'; --", "'); DROP TABLE refused; --@reporter.example", ~std::uint64_t{0});
    ASSERT_EQ(lines(1), 1U);
    EXPECT_EQ(list()[0].message.sender, "'); DROP TABLE refused; --@reporter.example");
}

}  // namespace shield::store::test
