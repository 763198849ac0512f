// SPDX-License-Identifier: Apache-2.0
#include <shield/auth/dmarc.hpp>

#include <gmock/gmock.h>
#include <support/dns_table.hpp>

namespace shield::auth::test {

namespace {

Finding found(Result result, const std::string& domain)
{
    return {result, domain, {}, {}};
}

Finding pass(const std::string& domain)
{
    return found(Result::pass, domain);
}

class Dmarc : public testing::Test {
public:
    Dmarc& record(const std::string& domain, const std::string& tags)
    {
        dns.txt("_dmarc." + domain, "v=DMARC1; " + tags);
        return *this;
    }

protected:
    DmarcFinding check(const DmarcInput& input)
    {
        Inquiry inquiry{questions_max};
        dns.asked.clear();
        return dns.run(inquiry, check_dmarc(inquiry, input));
    }

    DmarcFinding check(const std::string& author, const Finding& spf, const std::vector<Finding>& dkim = {})
    {
        return check({1, {author}, spf, dkim});
    }

    bool are_aligned(const std::string& a, const std::string& b)
    {
        Inquiry inquiry{questions_max};
        dns.asked.clear();
        return dns.run(inquiry, aligned(inquiry, a, b));
    }

    DnsTable dns;
    std::size_t questions_max{100};
};

}  // namespace

// The sample of RFC 9989 appendix B.3.1, and that of B.4.1.
TEST_F(Dmarc, PassesByAnyVerifiedDomainThatAligns)
{
    record("example.com", "p=reject; aspf=r; rua=mailto:dmarc-feedback@example.com")
        .record("signing.example.com", "p=none");
    const DmarcFinding both = check("example.com", pass("mail.example.com"), {pass("example.com")});
    EXPECT_EQ(both.finding.result, Result::pass);
    EXPECT_EQ(both.finding.domain, "example.com");
    EXPECT_EQ(both.finding.reason, "DKIM of example.com is the author's domain");
    EXPECT_EQ(both.finding.record, "v=DMARC1; p=reject; aspf=r; rua=mailto:dmarc-feedback@example.com");
    EXPECT_EQ(both.aligned_domain, "example.com");
    EXPECT_EQ(both.organizational_domain, "example.com");
    const DmarcFinding spf = check("example.com", pass("mail.example.com"));
    EXPECT_EQ(spf.finding.reason, "SPF of mail.example.com aligns with example.com, both are of example.com");
    EXPECT_EQ(check("example.com", {}, {pass("signing.example.com")}).aligned_domain, "signing.example.com");
}

// Appendix B.4.2.
TEST_F(Dmarc, FindsTheOrganizationOfADeepName)
{
    record("example.com", "p=quarantine").record("signing.example.com", "p=none");
    const std::string deep = "a.b.c.d.e.f.g.h.i.j.k.example.com";
    EXPECT_EQ(check(deep, pass("example.com")).finding.result, Result::pass);
    EXPECT_EQ(check(deep, {}, {pass("signing.example.com")}).finding.result, Result::pass);
    const DmarcFinding fails = check(deep, {});
    EXPECT_EQ(fails.finding.result, Result::fail);
    EXPECT_EQ(fails.policy_domain, "example.com");
    EXPECT_EQ(fails.policy, DmarcPolicy::quarantine);
}

// Appendix B.4.3.
TEST_F(Dmarc, DoesNotAlignAcrossAPublicSuffix)
{
    record("bank.example", "p=reject; psd=y").record("giant.bank.example", "p=none");
    const DmarcFinding both =
        check("giant.bank.example", pass("mail.giant.bank.example"), {pass("mail.mega.bank.example")});
    EXPECT_EQ(both.finding.result, Result::pass);
    EXPECT_EQ(both.aligned_domain, "mail.giant.bank.example");
    EXPECT_EQ(both.organizational_domain, "giant.bank.example");
    const DmarcFinding dkim = check("giant.bank.example", {}, {pass("mail.mega.bank.example")});
    EXPECT_EQ(dkim.finding.result, Result::fail);
    EXPECT_EQ(dkim.policy_domain, "giant.bank.example");
    EXPECT_EQ(check("giant.bank.example", {}, {pass("bank.example")}).finding.result, Result::fail);
    const DmarcFinding suffix = check("mega.bank.example", {});
    EXPECT_EQ(suffix.policy_domain, "bank.example");
    EXPECT_EQ(suffix.policy, DmarcPolicy::reject);
}

// Section 4.4: a name that is a suffix of everything aligns with nothing.
TEST_F(Dmarc, DoesNotAlignWithADomainAboveTheOrganization)
{
    record("example.com", "p=reject");
    EXPECT_EQ(check("news.example.com", {}, {pass("com")}).finding.result, Result::fail);
    EXPECT_EQ(check("news.example.com", pass("badexample.com")).finding.result, Result::fail);
    EXPECT_EQ(check("news.example.com", pass("example.com.evil.example")).finding.result, Result::fail);
}

TEST_F(Dmarc, CountsOnlyWhatPassed)
{
    record("example.com", "p=reject");
    for (const Result result :
         {Result::none, Result::fail, Result::softfail, Result::neutral, Result::policy, Result::permerror}) {
        EXPECT_EQ(check("example.com", found(result, "example.com"), {found(result, "example.com")}).finding.result,
                  Result::fail);
    }
    const DmarcFinding fails = check("example.com", pass("example.net"), {pass("example.org")});
    EXPECT_EQ(fails.finding.reason, "neither SPF nor DKIM verified a domain that aligns with example.com");
    EXPECT_EQ(fails.aligned_domain, "");
    EXPECT_EQ(dns.asked.size(), 2U) << "what cannot align is not asked about";
}

TEST_F(Dmarc, IsStrictWhereTheRecordSaysSo)
{
    record("example.com", "p=reject; adkim=s");
    EXPECT_EQ(check("example.com", {}, {pass("mail.example.com")}).finding.result, Result::fail);
    EXPECT_EQ(check("example.com", {}, {pass("example.com")}).finding.result, Result::pass);
    EXPECT_EQ(check("example.com", pass("mail.example.com")).finding.result, Result::pass) << "aspf is relaxed";
    dns = {};
    record("example.com", "p=reject; aspf=s");
    EXPECT_EQ(check("example.com", pass("mail.example.com")).finding.result, Result::fail);
    EXPECT_EQ(check("example.com", {}, {pass("mail.example.com")}).finding.result, Result::pass);
}

TEST_F(Dmarc, DoesNotApplyWithoutARecord)
{
    const DmarcFinding none = check("example.com", pass("example.com"));
    EXPECT_EQ(none.finding.result, Result::none);
    EXPECT_EQ(none.finding.reason, "example.com has no DMARC record, nor has a domain above it");
    EXPECT_EQ(none.organizational_domain, "example.com");
    record("example.com", "p=refuse");
    EXPECT_EQ(check("example.com", pass("example.com")).finding.result, Result::none);
    EXPECT_EQ(check("example.com", {}).finding.reason,
              "the DMARC record of example.com has no policy that could be read");
}

TEST_F(Dmarc, NeverPassesWithoutExactlyOneAuthorDomain)  // section 5.3.1
{
    record("example.com", "p=none").record("example.net", "p=none");
    const Finding spf = pass("example.com");
    const std::vector<std::pair<DmarcInput, std::string>> inputs{
        {{1, {"example.com", "example.net"}, spf, {pass("example.net")}}, "From has several domains"},
        {{2, {"example.com"}, spf, {}}, "there are several From fields"},
        {{0, {"example.com"}, spf, {}}, "there is no From field"},
        {{1, {}, spf, {}}, "From has no domain"},
        {{1, {"exa mple.com"}, spf, {}}, "'exa mple.com' in From is no name of a domain"},
        {{1, {"example.com", ""}, spf, {}}, "'' in From is no name of a domain"}};
    for (const auto& [input, reason] : inputs) {
        const DmarcFinding finding = check(input);
        EXPECT_EQ(finding.finding.result, Result::permerror);
        EXPECT_EQ(finding.finding.reason, reason);
        EXPECT_TRUE(dns.asked.empty());
    }
    EXPECT_EQ(check({1, {"example.com", "EXAMPLE.com"}, spf, {}}).finding.result, Result::pass)
        << "it is one domain";
}

TEST_F(Dmarc, ComparesDomainsByTheirALabels)
{
    record("xn--bcher-kva.example", "p=reject");
    const DmarcFinding passes = check(
        "B\xc3\xbc"
        "cher.example",
        {}, {pass("xn--bcher-kva.example")});
    EXPECT_EQ(passes.finding.result, Result::pass);
    EXPECT_EQ(passes.finding.domain, "xn--bcher-kva.example");
}

TEST_F(Dmarc, AsksForThePolicyOfSubdomainsAndOfThoseThatAreNotThere)  // section 4.10.1
{
    record("example.com", "p=none; sp=quarantine; np=reject");
    EXPECT_EQ(check("example.com", {}).policy, DmarcPolicy::none);
    EXPECT_EQ(check("nowhere.example.com", {}).policy, DmarcPolicy::reject);
    dns.mx("mail.example.com", "mx.example.com");
    EXPECT_EQ(check("mail.example.com", {}).policy, DmarcPolicy::quarantine);
    dns.add(core::DnsType::aaaa, "six.example.com", "2001:db8::1");
    EXPECT_EQ(check("six.example.com", {}).policy, DmarcPolicy::quarantine);
    dns.txt("text.example.com", "only");
    EXPECT_EQ(check("text.example.com", {}).policy, DmarcPolicy::reject) << "it has neither address nor exchanger";
    dns.fail("fails.example.com");
    EXPECT_EQ(check("fails.example.com", {}).policy, DmarcPolicy::quarantine) << "it may be there";
    check("mail.example.com", pass("example.com"));
    EXPECT_EQ(dns.asked.size(), 3U) << "a pass needs no policy";
}

TEST_F(Dmarc, AppliesAPolicyThatIsBeingTestedOneLevelBelow)  // section 4.7
{
    record("example.com", "p=reject; t=y")
        .record("example.net", "p=quarantine; t=y")
        .record("example.org", "p=none; sp=reject; t=y");
    EXPECT_EQ(check("example.com", {}).policy, DmarcPolicy::quarantine);
    EXPECT_EQ(check("example.net", {}).policy, DmarcPolicy::none);
    EXPECT_EQ(check("example.org", {}).policy, DmarcPolicy::none);
    EXPECT_EQ(check("sub.example.org", {}).policy, DmarcPolicy::quarantine);
}

TEST_F(Dmarc, IsATemporaryErrorWhenALookUpThatMattersFails)
{
    dns.fail("_dmarc.example.com");
    EXPECT_EQ(check("example.com", pass("example.com")).finding.result, Result::temperror);
    dns = {};
    record("example.com", "p=reject");
    dns.fail("_dmarc.com");
    EXPECT_EQ(check("example.com", pass("example.com")).finding.result, Result::pass)
        << "equal domains need no more";
    EXPECT_EQ(check("example.com", pass("mail.example.com")).finding.result, Result::temperror);
    EXPECT_EQ(check("example.com", {}).finding.result, Result::fail) << "there is nothing that could align";
    EXPECT_EQ(check("example.com", {}).organizational_domain, "");
    dns = {};
    record("example.com", "p=reject");
    dns.fail("_dmarc.mail.example.com");
    EXPECT_EQ(check("example.com", {}, {pass("mail.example.com")}).finding.result, Result::temperror);
    EXPECT_EQ(check("example.com", pass("example.com"), {pass("mail.example.com")}).finding.result, Result::pass);
}

TEST_F(Dmarc, IsATemporaryErrorWhenWhatWouldAlignCouldNotBeChecked)  // section 5.3.6
{
    record("example.com", "p=reject");
    const DmarcFinding spf = check("example.com", found(Result::temperror, "mail.example.com"));
    EXPECT_EQ(spf.finding.result, Result::temperror);
    EXPECT_EQ(spf.finding.reason, "SPF of mail.example.com could not be checked for now, and would align");
    EXPECT_EQ(check("example.com", {}, {found(Result::temperror, "example.com")}).finding.result,
              Result::temperror);
    EXPECT_EQ(check("example.com", {}, {found(Result::temperror, "example.net")}).finding.result, Result::fail);
    EXPECT_EQ(check("example.com", pass("example.com"), {found(Result::temperror, "example.com")}).finding.result,
              Result::pass);
}

TEST_F(Dmarc, EndsWithinTheBudgetOfItsInquiry)
{
    record("example.com", "p=reject");
    std::vector<Finding> dkim;
    for (char c = 'a'; c <= 'z'; ++c) {
        dkim.push_back(pass(std::string{c} + ".b.c.d.e.f.g.example.com"));
        record(dkim.back().domain, "p=none; psd=n");
    }
    questions_max = 20;
    const DmarcFinding spent = check("example.com", {}, dkim);
    EXPECT_EQ(spent.finding.result, Result::temperror);
    EXPECT_EQ(dns.asked.size(), 20U);
    questions_max = 100;
    EXPECT_EQ(check("example.com", {}, dkim).finding.result, Result::fail);
}

TEST_F(Dmarc, AlignsDomainsOfOneOrganization)
{
    record("example.com", "p=none");
    EXPECT_TRUE(are_aligned("bounces.example.com", "news.example.com"));
    EXPECT_TRUE(are_aligned("example.com", "Bounces.Example.COM"));
    EXPECT_TRUE(are_aligned("other.example", "other.example"));
    EXPECT_TRUE(dns.asked.empty());
    EXPECT_FALSE(are_aligned("example.com", "example.net"));
    EXPECT_FALSE(are_aligned("mail.other.example", "other.example")) << "nobody says that they are one";
    for (const char* none : {"", ".", "a b", "[192.0.2.1]"}) {
        EXPECT_FALSE(are_aligned(none, none));
        EXPECT_FALSE(are_aligned("example.com", none));
    }
    record("own.example.com", "p=none; psd=n");
    EXPECT_FALSE(are_aligned("example.com", "own.example.com"));
    EXPECT_FALSE(are_aligned("own.example.com", "example.com"));
    dns.fail("_dmarc.com");
    EXPECT_FALSE(are_aligned("bounces.example.com", "news.example.com"));
}

TEST_F(Dmarc, ShowsOnlyWhatIsPrintableAndBounded)
{
    record("example.com", "p=reject; x=\x1b[31m" + std::string(10000, 'x'));
    const DmarcFinding finding = check("example.com", {});
    EXPECT_LE(finding.finding.record.size(), 4096U);
    EXPECT_THAT(finding.finding.record, testing::StartsWith("v=DMARC1; p=reject; x=\\x1b[31mxx"));
    EXPECT_LE(check({1, {std::string(5000, '\x1b')}, {}, {}}).finding.reason.size(), 1000U);
}

}  // namespace shield::auth::test
