// SPDX-License-Identifier: Apache-2.0
#include "dmarc_walk.hpp"

#include <gmock/gmock.h>
#include <support/dns_table.hpp>

namespace shield::auth::test {

namespace {

class DmarcTree : public testing::Test {
public:
    DmarcTree& record(const std::string& domain, const std::string& tags)
    {
        dns.txt("_dmarc." + domain, "v=DMARC1; " + tags);
        return *this;
    }

protected:
    DmarcWalk walk(const std::string& start)
    {
        Inquiry inquiry{100};
        dns.asked.clear();
        return dns.run(inquiry, walk_tree(inquiry, start));
    }

    std::string organizational(const std::string& start) { return walk(start).organizational_domain(); }

    /// Whose record applies.
    std::string policy(const std::string& start)
    {
        const DmarcWalk walked = walk(start);
        return walked.policy() == nullptr ? "(none)" : walked.policy()->domain;
    }

    std::vector<std::string> asked()
    {
        std::vector<std::string> names;
        for (const auto& question : dns.asked) {
            names.push_back(question.name);
        }
        return names;
    }

    DnsTable dns;
};

}  // namespace

TEST_F(DmarcTree, IsWalkedToItsTopInAtMostEightSteps)
{
    walk("a.b.c.d.e.f.g.h.i.j.mail.example.com");
    EXPECT_THAT(asked(), testing::ElementsAre("_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com",
                                              "_dmarc.g.h.i.j.mail.example.com", "_dmarc.h.i.j.mail.example.com",
                                              "_dmarc.i.j.mail.example.com", "_dmarc.j.mail.example.com",
                                              "_dmarc.mail.example.com", "_dmarc.example.com", "_dmarc.com"));
    walk("1.2.3.4.5.6.7.8");
    EXPECT_EQ(asked().size(), 8U);
    EXPECT_EQ(asked()[1], "_dmarc.2.3.4.5.6.7.8");
    walk("1.2.3.4.5.6.7.8.9");
    EXPECT_EQ(asked().size(), 8U);
    EXPECT_EQ(asked()[1], "_dmarc.3.4.5.6.7.8.9");
    walk("com");
    EXPECT_THAT(asked(), testing::ElementsAre("_dmarc.com"));
}

TEST_F(DmarcTree, HasItsOrganizationalDomainWhereTheShortestRecordIs)
{
    record("mail.example.com", "p=none").record("example.com", "p=none");
    EXPECT_EQ(organizational("a.mail.example.com"), "example.com");
    EXPECT_EQ(policy("a.mail.example.com"), "example.com");
    EXPECT_EQ(policy("mail.example.com"), "mail.example.com");
    EXPECT_EQ(organizational("other.example"), "other.example");
    EXPECT_EQ(policy("other.example"), "(none)");
}

TEST_F(DmarcTree, EndsWhereARecordSaysThatItIsTheOrganization)
{
    record("mail.example.com", "p=none; psd=n").record("example.com", "p=reject");
    EXPECT_EQ(organizational("a.mail.example.com"), "mail.example.com");
    EXPECT_EQ(policy("a.mail.example.com"), "mail.example.com");
    EXPECT_EQ(asked().size(), 2U);
    EXPECT_EQ(organizational("b.example.com"), "example.com");
}

TEST_F(DmarcTree, HasTheOrganizationOneLabelBelowAPublicSuffix)
{
    record("com", "p=reject; psd=y");
    EXPECT_EQ(organizational("a.mail.example.com"), "example.com");
    EXPECT_EQ(policy("a.mail.example.com"), "com");
    EXPECT_EQ(organizational("example.com"), "example.com");
    EXPECT_EQ(organizational("com"), "com") << "where the walk starts it is no suffix";
    EXPECT_EQ(policy("com"), "com");
    record("mail.example.com", "p=none");
    EXPECT_EQ(organizational("a.mail.example.com"), "example.com");
    EXPECT_EQ(policy("a.mail.example.com"), "com") << "what lies between is neither organization nor suffix";
    record("example.com", "p=none");
    EXPECT_EQ(policy("a.mail.example.com"), "example.com");
}

TEST_F(DmarcTree, HasNoOrganizationThatIsATopLevelDomainUnlessItSaysSo)
{
    record("com", "p=reject");
    EXPECT_EQ(organizational("a.mail.example.com"), "example.com");
    EXPECT_EQ(policy("a.mail.example.com"), "com");
    EXPECT_EQ(organizational("com"), "com");
    record("mail.example.com", "p=none");
    EXPECT_EQ(organizational("a.mail.example.com"), "example.com");
    record("brand", "p=reject; psd=n");
    EXPECT_EQ(organizational("mail.brand"), "brand");
}

TEST_F(DmarcTree, KnowsOnlyOneRecordANameAndOnlyThoseOfDmarc)
{
    record("example.com", "p=none").record("example.com", "p=reject");
    dns.txt("_dmarc.com", "v=spf1 -all");
    EXPECT_EQ(policy("example.com"), "(none)");
    dns = {};
    record("example.com", "p=none");
    dns.txt("_dmarc.example.com", "google-site-verification=x");
    EXPECT_EQ(policy("example.com"), "example.com");
}

TEST_F(DmarcTree, SaysWhereALookUpFailed)
{
    record("mail.example.com", "p=none");
    dns.fail("_dmarc.example.com");
    const DmarcWalk walked = walk("a.mail.example.com");
    EXPECT_EQ(walked.failure, "the DMARC record of example.com could not be asked for: SERVFAIL");
    EXPECT_EQ(walked.policy(), nullptr) << "the record of example.com would apply";
    EXPECT_EQ(policy("mail.example.com"), "mail.example.com");
}

}  // namespace shield::auth::test
