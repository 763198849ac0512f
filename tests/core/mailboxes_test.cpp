// SPDX-License-Identifier: Apache-2.0
#include <shield/core/mailboxes.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

Mailboxes sample()
{
    return *Mailboxes::make("MX.example.com", {{"shield@example.com", {"shield@relay.example"}, Category::attack},
                                               {"security@example.com", {}, Category::urgent}});
}

Mailbox address(std::string_view text)
{
    return *Mailbox::parse(text);
}

TEST(Mailboxes, FindsInAnyCaseAndKeepsTheAddressAsWritten)
{
    const auto found = sample().find(address("SHIELD+token@EXAMPLE.com"));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->mailbox, "shield@example.com");
    EXPECT_EQ(found->category, Category::attack);
    EXPECT_EQ(found->address.local, "SHIELD+token");
    EXPECT_TRUE(found->acknowledged);
}

TEST(Mailboxes, OtherNamesStandForTheSameMailbox)
{
    EXPECT_EQ(sample().find(address("shield@relay.example"))->mailbox, "shield@example.com");
}

// RFC 5321 section 4.5.1, RFC 2142.
TEST(Mailboxes, PostmasterAndAbuseExistInEveryDomainOfOurs)
{
    const Mailboxes ours = sample();
    for (const auto* domain : {"example.com", "relay.example", "mx.example.com"}) {
        const auto postmaster = ours.find(address(std::string{"PostMaster@"} + domain));
        ASSERT_TRUE(postmaster) << domain;
        EXPECT_EQ(postmaster->category, Category::support);
        EXPECT_FALSE(postmaster->acknowledged);
        EXPECT_EQ(ours.find(address(std::string{"abuse@"} + domain))->category, Category::urgent);
    }
    EXPECT_EQ(ours.find(Mailbox{"PoStMaStEr", ""})->mailbox, "postmaster@mx.example.com");
}

TEST(Mailboxes, AConfiguredPostmasterWins)
{
    const auto ours = Mailboxes::make("mx.example.com", {{"postmaster@example.com", {}, Category::urgent}});
    const auto found = ours->find(address("postmaster@example.com"));
    EXPECT_EQ(found->category, Category::urgent);
    EXPECT_TRUE(found->acknowledged);
}

TEST(Mailboxes, UnknownAndForeignAreToldApart)
{
    const Mailboxes ours = sample();
    EXPECT_EQ(ours.find(address("nobody@example.com")).error(), Mailboxes::Unknown::no_such_mailbox);
    EXPECT_EQ(ours.find(address("shield@example.net")).error(), Mailboxes::Unknown::foreign_domain);
    EXPECT_EQ(ours.find(address("shield%example.net@example.org")).error(), Mailboxes::Unknown::foreign_domain);
    EXPECT_TRUE(ours.is_our_domain("Example.COM"));
    EXPECT_FALSE(ours.is_ours(address("shield@example.net")));
}

TEST(Mailboxes, BadOrDoubledAddressesAreNamedInTheError)
{
    const auto bad = Mailboxes::make("mx.example.com", {{"not an address", {}, Category::attack}});
    ASSERT_FALSE(bad);
    EXPECT_NE(bad.error().sentence.find("not an address"), std::string::npos);

    const auto twice = Mailboxes::make("mx.example.com", {{"a@example.com", {"A@Example.com"}, Category::attack}});
    ASSERT_FALSE(twice);
    EXPECT_NE(twice.error().sentence.find("twice"), std::string::npos);

    EXPECT_FALSE(Mailboxes::make("mx.example.com", {{"a+b@example.com", {}, Category::attack}}));
}

}  // namespace
}  // namespace shield::core
