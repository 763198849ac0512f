// SPDX-License-Identifier: Apache-2.0
#include <shield/auth/spf.hpp>

#include <gmock/gmock.h>
#include <support/dns_table.hpp>

#include <string>

namespace shield::auth::test {

namespace {

using core::DnsType;

constexpr std::size_t enough = 1000;

/// A sender at example.org, whose client is 192.0.2.1, and what the DNS says.
class Spf : public testing::Test {
protected:
    Finding check(const std::string& client, const std::string& reverse_path = "someone@example.org",
                  const std::string& helo = "mail.example.net")
    {
        Inquiry inquiry{enough};
        SpfInput input;
        input.client = core::IpAddress::parse(client).value();
        input.helo = helo;
        input.reverse_path = reverse_path;
        return dns.run(inquiry, check_spf(inquiry, input));
    }

    Finding check() { return check("192.0.2.1"); }

    DnsTable& record(const std::string& terms) { return dns.txt("example.org", "v=spf1 " + terms); }

    DnsTable dns;
};

}  // namespace

TEST_F(Spf, FindsTheTermThatDecidesAndKeepsTheRecord)
{
    record("a:nowhere.example.org ip4:192.0.2.0/24 -all");
    const Finding pass = check();
    EXPECT_EQ(pass.result, Result::pass);
    EXPECT_EQ(pass.domain, "example.org");
    EXPECT_EQ(pass.reason, "192.0.2.1 matches ip4:192.0.2.0/24 of example.org");
    EXPECT_EQ(pass.record, "v=spf1 a:nowhere.example.org ip4:192.0.2.0/24 -all");
    const Finding fail = check("198.51.100.1");
    EXPECT_EQ(fail.result, Result::fail);
    EXPECT_EQ(fail.reason, "198.51.100.1 matches -all of example.org");
}

TEST_F(Spf, SaysWhichIncludedRecordMatched)
{
    record("include:spf.example.com ~all").txt("spf.example.com", "v=spf1 ip4:192.0.2.1 -all");
    EXPECT_EQ(check().reason,
              "192.0.2.1 matches include:spf.example.com of example.org: 192.0.2.1 matches ip4:192.0.2.1 of "
              "spf.example.com");
    EXPECT_EQ(check().record, "v=spf1 include:spf.example.com ~all");
    EXPECT_EQ(check("192.0.2.2").result, Result::softfail) << "a fail inside is no match";
}

TEST_F(Spf, OfAnIncludeIsWhatTheTableSays)  // section 5.2
{
    record("include:i.example ?all");
    EXPECT_EQ(check().result, Result::permerror) << "there is none";
    EXPECT_EQ(check().reason, "at include:i.example of example.org, i.example has no SPF record");
    dns.txt("i.example", "v=spf1 ~all");
    EXPECT_EQ(check().result, Result::neutral);
    dns = {};
    record("include:i.example ?all").txt("i.example", "v=spf1 ?all");
    EXPECT_EQ(check().result, Result::neutral);
    dns = {};
    record("include:i.example ?all").txt("i.example", "v=spf1 wrong");
    EXPECT_EQ(check().result, Result::permerror);
    dns = {};
    record("include:i.example ?all").fail("i.example");
    EXPECT_EQ(check().result, Result::temperror);
}

TEST_F(Spf, OfARedirectIsThatOfItsTarget)  // section 6.1
{
    record("redirect=_spf.example.com");
    EXPECT_EQ(check().result, Result::permerror) << "the target has no record";
    dns.txt("_spf.example.com", "v=spf1 ip4:192.0.2.1 -all");
    EXPECT_EQ(check().reason,
              "by the redirect of example.org, 192.0.2.1 matches ip4:192.0.2.1 of _spf.example.com");
    EXPECT_EQ(check().record, "v=spf1 redirect=_spf.example.com");
    EXPECT_EQ(check("192.0.2.2").result, Result::fail);
}

TEST_F(Spf, OfNoSenderIsThatOfTheHeloName)  // section 2.4
{
    dns.txt("mail.example.net", "v=spf1 exists:%{l}.%{o}.%{h}.x.example -all")
        .a("postmaster.mail.example.net.mail.example.net.x.example", "127.0.0.2");
    const Finding pass = check("192.0.2.1", "", "Mail.Example.NET.");
    EXPECT_EQ(pass.result, Result::pass);
    EXPECT_EQ(pass.domain, "mail.example.net");
    EXPECT_EQ(check("192.0.2.1", "", "[192.0.2.1]").result, Result::none);
    EXPECT_EQ(check("192.0.2.1", "", "localhost").reason, "'localhost' is no name of a domain");
}

TEST_F(Spf, HasNoResultWhereThereIsNoRecord)
{
    EXPECT_EQ(check().reason, "example.org has no SPF record");
    for (const char* path : {"a@[192.0.2.1]", "a@b", "a@b..example", "a@", "@", "a@b.example..", "a b c"}) {
        EXPECT_EQ(check("192.0.2.1", path).result, Result::none) << path;
    }
    EXPECT_EQ(check("192.0.2.1", "a@" + std::string(300, 'x') + ".example").result, Result::none);
    EXPECT_EQ(check("192.0.2.1", "a@\x1b[31m.example").reason, "'\\x1b[31m.example' is no name of a domain");
}

TEST_F(Spf, TakesAnIpv4AddressMappedIntoIpv6ForWhatItIs)  // section 5
{
    record("ip4:192.0.2.1 ip6:::/0 -all");
    EXPECT_EQ(check("::ffff:192.0.2.1").reason, "192.0.2.1 matches ip4:192.0.2.1 of example.org");
    EXPECT_EQ(check("::ffff:192.0.2.2").result, Result::fail);
}

TEST_F(Spf, AsksForDomainsByTheirALabels)
{
    dns.txt("xn--bcher-kva.example", "v=spf1 exists:%{d}.%{o}.x.example -all")
        .a("xn--bcher-kva.example.xn--bcher-kva.example.x.example", "127.0.0.1");
    const Finding pass = check("192.0.2.1",
                               "a@B\xc3\x9c"
                               "CHER.example");
    EXPECT_EQ(pass.result, Result::pass);
    EXPECT_EQ(pass.domain, "xn--bcher-kva.example");
}

TEST_F(Spf, IsOneRecordOrAnError)  // section 4.5
{
    record("-all").txt("example.org", "V=SPF1 +all").txt("example.org", "other");
    EXPECT_EQ(check().result, Result::permerror);
    EXPECT_EQ(check().reason, "example.org has several SPF records");
    EXPECT_EQ(check().record, "v=spf1 -all and V=SPF1 +all");
}

TEST_F(Spf, IsATemporaryErrorWhenTheDnsFails)
{
    dns.fail("example.org");
    EXPECT_EQ(check().result, Result::temperror);
    EXPECT_EQ(check().reason, "the SPF record of example.org could not be asked for: SERVFAIL");
    dns = {};
    record("a -all").fail("example.org");
    EXPECT_EQ(check().reason, "at a of example.org, A of example.org could not be asked for: SERVFAIL");
    dns = {};
    record("mx -all").mx("example.org", "m.example").fail("m.example");
    EXPECT_EQ(check().result, Result::temperror);
    dns = {};
    record("exists:%{i}.x.example -all").fail("192.0.2.1.x.example");
    EXPECT_EQ(check().result, Result::temperror);
}

TEST_F(Spf, AsksTenTermsOverAllRecords)  // section 4.6.4
{
    const std::string five = "a:x.example a:x.example a:x.example a:x.example a:x.example ";
    dns.a("x.example", "198.51.100.1").txt("i.example", "v=spf1 " + five + "?all");
    record(five + "include:i.example ip4:192.0.2.1 -all");
    EXPECT_EQ(
        check().reason,
        "at include:i.example of example.org, at a:x.example of i.example, there are more than 10 terms that ask "
        "the DNS");
    dns = {};
    dns.a("x.example", "198.51.100.1").txt("i.example", "v=spf1 " + five + "?all");
    record("a:x.example a:x.example a:x.example a:x.example include:i.example ip4:192.0.2.1 -all");
    EXPECT_EQ(check().result, Result::pass) << "these are ten";
    dns = {};
    record("redirect=example.org");
    EXPECT_EQ(check().result, Result::permerror) << "redirects count";
    dns = {};
    record("ip4:192.0.2.1 a a a a a a a a a a a -all");
    EXPECT_EQ(check().result, Result::pass) << "what is not evaluated is not counted";
}

TEST_F(Spf, AsksTwiceInVain)  // section 4.6.4
{
    record("a:x1.example exists:x2.example ip4:192.0.2.1 -all");
    EXPECT_EQ(check().result, Result::pass);
    dns = {};
    record("a:x1.example mx:x2.example exists:x3.example ip4:192.0.2.1 -all");
    EXPECT_EQ(check().reason,
              "at exists:x3.example of example.org, there are more than 2 look-ups that find nothing");
    EXPECT_EQ(check().result, Result::permerror);
    dns = {};
    record("mx ip4:192.0.2.1 -all").mx("example.org", "m1.example").mx("example.org", "m2.example");
    EXPECT_EQ(check().result, Result::pass);
    dns.mx("example.org", "m3.example");
    EXPECT_EQ(check().result, Result::permerror) << "exchangers without an address of the client's kind count";
}

TEST_F(Spf, DoesNotCountTheClientsOwnNamesAmongWhatIsAskedInVain)
{
    record("ptr ptr:a.example ptr:b.example exists:%{p}.x.example ip4:192.0.2.1 -all");
    EXPECT_EQ(check().result, Result::pass);
}

TEST_F(Spf, KnowsTenExchangersAndNoMore)  // section 4.6.4
{
    record("mx -all");
    for (int i = 0; i < 9; ++i) {
        dns.mx("example.org", "m.example");
    }
    dns.a("m.example", "198.51.100.1").mx("example.org", "last.example").a("last.example", "192.0.2.1");
    EXPECT_EQ(check().result, Result::pass);
    dns.mx("example.org", "m.example");
    EXPECT_EQ(check().result, Result::permerror);
    EXPECT_EQ(check().reason, "at mx of example.org, example.org has more than 10 mail exchangers");
}

TEST_F(Spf, LooksAtTenNamesOfAClientAndIgnoresTheRest)  // section 4.6.4
{
    record("ptr -all").a("mail.example.org", "192.0.2.1");
    for (int i = 0; i < 9; ++i) {
        dns.add(DnsType::ptr, "1.2.0.192.in-addr.arpa", "other.example");
    }
    dns.add(DnsType::ptr, "1.2.0.192.in-addr.arpa", "mail.example.org");
    EXPECT_EQ(check().result, Result::pass);
    dns = {};
    record("ptr -all").a("mail.example.org", "192.0.2.1");
    for (int i = 0; i < 10; ++i) {
        dns.add(DnsType::ptr, "1.2.0.192.in-addr.arpa", "other.example");
    }
    dns.add(DnsType::ptr, "1.2.0.192.in-addr.arpa", "mail.example.org");
    EXPECT_EQ(check().result, Result::fail);
}

TEST_F(Spf, BelievesANameOfTheClientOnlyWhenItsAddressIsTheClients)  // section 5.5
{
    record("ptr -all").add(DnsType::ptr, "1.2.0.192.in-addr.arpa", "mail.example.org");
    EXPECT_EQ(check().result, Result::fail);
    dns.a("mail.example.org", "198.51.100.1");
    EXPECT_EQ(check().result, Result::fail);
    dns.a("mail.example.org", "192.0.2.1");
    EXPECT_EQ(check().result, Result::pass);
    dns = {};
    record("ptr -all").fail("1.2.0.192.in-addr.arpa");
    EXPECT_EQ(check().result, Result::fail) << "an error there is no match";
    dns = {};
    record("ptr -all")
        .add(DnsType::ptr, "1.2.0.192.in-addr.arpa", "notexample.org")
        .a("notexample.org", "192.0.2.1");
    EXPECT_EQ(check().result, Result::fail);
}

TEST_F(Spf, PrefersTheDomainAmongTheClientsNames)  // section 7.3, of p
{
    record("exists:%{p}.x.example -all").a("sub.example.org.x.example", "127.0.0.1");
    for (const char* name : {"other.example", "sub.example.org", "example.org"}) {
        dns.add(DnsType::ptr, "1.2.0.192.in-addr.arpa", name);
    }
    EXPECT_EQ(check().result, Result::fail) << "unknown";
    dns.a("other.example", "192.0.2.1");
    EXPECT_EQ(check().result, Result::fail) << "other.example";
    dns.a("sub.example.org", "192.0.2.1");
    EXPECT_EQ(check().result, Result::pass) << "sub.example.org";
    dns.a("example.org", "192.0.2.1");
    EXPECT_EQ(check().result, Result::fail) << "example.org";
}

TEST_F(Spf, ComparesAddressesOfTheClientsKind)
{
    record("a/24//64 -all").a("example.org", "192.0.2.200").add(DnsType::aaaa, "example.org", "2001:db8::1");
    EXPECT_EQ(check().result, Result::pass);
    EXPECT_EQ(check("192.0.3.1").result, Result::fail);
    EXPECT_EQ(check("2001:db8::ffff").result, Result::pass);
    EXPECT_EQ(check("2001:db8:0:1::1").result, Result::fail);
    dns = {};
    record("exists:%{i}.%{v}.x.example -all")
        .a("2.0.0.1.0.d.b.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.ip6.x.example", "127.0.0.1");
    EXPECT_EQ(check("2001:db8::1").result, Result::pass) << "exists is of IPv4 addresses always";
}

TEST_F(Spf, MatchesNothingByALocalPartThatIsNotAscii)  // RFC 8616 section 4
{
    record("exists:%{l}.x.example ~all");
    EXPECT_EQ(check("192.0.2.1", "j\xc3\xb6rg@example.org").result, Result::softfail);
    dns = {};
    record("redirect=%{l}.x.example");
    EXPECT_EQ(check("192.0.2.1", "j\xc3\xb6rg@example.org").result, Result::permerror);
}

TEST_F(Spf, FetchesNoExplanation)
{
    record("-all exp=explain.example.org").txt("explain.example.org", "no");
    EXPECT_EQ(check().result, Result::fail);
    EXPECT_THAT(dns.asked, testing::ElementsAre(core::DnsQuestion{"example.org", DnsType::txt}));
}

TEST_F(Spf, EndsWithATemporaryErrorWhenTheBudgetOrTheTimeIsOver)
{
    record("include:i.example -all").txt("i.example", "v=spf1 a -all");
    SpfInput input;
    input.client = core::IpAddress::parse("192.0.2.1").value();
    input.reverse_path = "a@example.org";
    Inquiry small{2};
    const Finding spent = dns.run(small, check_spf(small, input));
    EXPECT_EQ(spent.result, Result::temperror);
    EXPECT_THAT(spent.reason, testing::HasSubstr("asks too many questions"));
    EXPECT_TRUE(small.budget_spent());

    Inquiry inquiry{enough};
    auto check = check_spf(inquiry, input);
    check.start();
    inquiry.close("the time is over");
    ASSERT_TRUE(check.done());
    EXPECT_EQ(check.result().reason, "the SPF record of example.org could not be asked for: the time is over");
}

}  // namespace shield::auth::test
