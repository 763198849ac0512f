// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.hpp"

#include <shield/store/allowances.hpp>

#include <gmock/gmock.h>

namespace shield::store::test {

using testing::HasSubstr;

class StoreAllowances : public StoreTest {
protected:
    void SetUp() override { open(); }
    void allow(const std::string& whom, std::chrono::hours time = std::chrono::hours{24}, const char* who = "bea")
    {
        const core::Time at = core::from_unix_ms(now);
        const Allowance allowance{whom, who, at, at + time, std::nullopt, {}};
        ASSERT_TRUE(store->allowances().allow(allowance));
    }
    bool is_allowed(const std::string& reverse_path) { return store->allowances().of(reverse_path).has_value(); }
};

TEST_F(StoreAllowances, AreOfOneAddressOrOfOneDomainAndNoOther)
{
    allow("ann@example.net");
    EXPECT_TRUE(is_allowed("ann@example.net"));
    EXPECT_TRUE(is_allowed("Ann@EXAMPLE.net"));
    EXPECT_TRUE(is_allowed("prvs=1234567890=ann@example.net"));
    for (const char* other :
         {"bob@example.net", "ann@sub.example.net", "ann+x@example.net", "ann@example.ne", "ann", "",
          "SRS0=HHH=TT=elsewhere.example=ann@example.net", "ann@example.net.evil.example"}) {
        EXPECT_FALSE(is_allowed(other)) << other;
    }
    allow("example.org");
    EXPECT_TRUE(is_allowed("whoever@example.org"));
    EXPECT_FALSE(is_allowed("whoever@sub.example.org"));
    EXPECT_FALSE(is_allowed("example.org"));
}

TEST_F(StoreAllowances, EndByTheirTimeOrByAPersonAndStayOnRecord)
{
    allow("ann@example.net", std::chrono::hours{2});
    allow("example.org", std::chrono::hours{48});
    pass(std::chrono::hours{3});
    EXPECT_FALSE(is_allowed("ann@example.net"));
    EXPECT_FALSE(store->allowances().end("ann@example.net", "carl")) << "it is over";
    ASSERT_TRUE(store->allowances().end("example.org", "carl"));
    EXPECT_FALSE(is_allowed("ann@example.org"));
    EXPECT_TRUE(store->allowances().list(false).empty());
    const auto all = store->allowances().list(true);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].ended_by, "carl");
    EXPECT_EQ(all[0].ended_at, core::from_unix_ms(now));
    EXPECT_EQ(all[1].who, "bea");
}

TEST_F(StoreAllowances, OneForTheSameIsReplacedAndBothAreOnRecord)
{
    allow("example.org", std::chrono::hours{1});
    allow("example.org", std::chrono::hours{5}, "carl");
    ASSERT_EQ(store->allowances().list(false).size(), 1U);
    EXPECT_EQ(store->allowances().of("ann@example.org")->who, "carl");
    EXPECT_EQ(store->allowances().list(true).size(), 2U);
    pass(std::chrono::hours{6});
    allow("example.org");  // one that is over is in nobody's way
    EXPECT_TRUE(is_allowed("ann@example.org"));
}

TEST_F(StoreAllowances, AreBounded)
{
    for (std::uint64_t i = 0; i < Allowances::in_force_max; ++i) {
        allow("d" + std::to_string(i) + ".example");
    }
    const core::Time at = core::from_unix_ms(now);
    const Allowance more{"one-more.example", "bea", at, at + std::chrono::hours{1}, std::nullopt, {}};
    const auto refused = store->allowances().allow(more);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().sentence, HasSubstr("1000 are in force"));
    allow("d1.example", std::chrono::hours{72});  // what is there can be made longer
    pass(std::chrono::hours{25});
    EXPECT_TRUE(store->allowances().allow(more)) << "what is over does not count";
}

TEST_F(StoreAllowances, WhatAPersonWritesIsAnAddressOrADomainOrAnError)
{
    EXPECT_EQ(*Allowances::parse(" Ann.Lee@Example.NET "), "ann.lee@example.net");
    EXPECT_EQ(*Allowances::parse("Example.NET"), "example.net");
    for (const char* wrong :
         {"", "net", "example.net.", ".example.net", "a b@example.net", "ann@net", "ann@", "@example.net",
          "ann@example.net, bob@example.net", "*.example.net", "\x1b[31m.example", "[192.0.2.1]"}) {
        EXPECT_FALSE(Allowances::parse(wrong)) << wrong;
    }
}

class StoreHeld : public StoreTest {
protected:
    void SetUp() override { open(); }
};

TEST_F(StoreHeld, TheShareIsThatOfTheMailOfPeopleByTheirNetwork)
{
    EXPECT_EQ(store->cases().held_share().all.percent(), 0U);
    (void)receive_and_grant("granted");
    const HeldShare share = store->cases().held_share();
    EXPECT_EQ(share.all.messages, 1U);
    EXPECT_EQ(share.all.held, 0U);
    ASSERT_EQ(share.relays.size(), 1U);
    EXPECT_EQ(share.relays[0].first, relay_of({}, envelope().client_address));
    pass(std::chrono::hours{24 * 8});
    EXPECT_EQ(store->cases().held_share().all.messages, 0U);
}

TEST_F(StoreHeld, TheLastVerificationIsOnRecord)
{
    EXPECT_FALSE(store->last_verification());
    Store::Verification found;
    found.faults = {"one", "two"};
    store->note_verification(found);
    EXPECT_EQ(store->last_verification()->faults, 2U);
    EXPECT_EQ(store->last_verification()->at, core::from_unix_ms(now));
}

}  // namespace shield::store::test
