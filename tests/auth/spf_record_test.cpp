// SPDX-License-Identifier: Apache-2.0
#include "spf_record.hpp"

#include <gtest/gtest.h>

#include <string>

namespace shield::auth::test {

namespace {

/// The reason, or nothing.
std::string error_of(const std::string& terms)
{
    const std::string text = "v=spf1 " + terms;
    const auto record = SpfRecord::parse(text);
    return record ? "" : record.error().sentence;
}

}  // namespace

TEST(SpfRecord, IsKnownByItsVersionInAnyCase)
{
    EXPECT_TRUE(is_spf_record("v=spf1"));
    EXPECT_TRUE(is_spf_record("V=SpF1 -all"));
    for (const std::string_view text :
         {"", "v=spf", "v=spf10", "v=spf1-all", " v=spf1", "v=spf2 -all", "v=spf1\t-all"}) {
        EXPECT_FALSE(is_spf_record(text)) << text;
    }
}

TEST(SpfRecord, HasItsTermsInTheirOrder)
{
    const auto record = SpfRecord::parse(
        "v=spf1  +A:x.example/24//64 ~mx//48 -ip4:192.0.2.7/24 ip6:2001:db8::/32 ?exists:%{i}.x.example ptr "
        "include:y.example redirect=z.example exp=e.example other=%{t} ALL ");
    ASSERT_TRUE(record) << record.error().sentence;
    const auto& terms = record->mechanisms;
    ASSERT_EQ(terms.size(), 8U);
    EXPECT_EQ(terms[0].kind, SpfMechanismKind::a);
    EXPECT_EQ(terms[0].domain_spec, "x.example");
    EXPECT_EQ(terms[0].v4_bits, 24U);
    EXPECT_EQ(terms[0].v6_bits, 64U);
    EXPECT_EQ(terms[0].text, "+A:x.example/24//64");
    EXPECT_EQ(terms[1].qualifier, Result::softfail);
    EXPECT_EQ(terms[1].domain_spec, "");
    EXPECT_EQ(terms[1].v4_bits, 32U);
    EXPECT_EQ(terms[1].v6_bits, 48U);
    EXPECT_EQ(terms[2].network, core::Network::parse("192.0.2.0/24").value());
    EXPECT_EQ(terms[3].network, core::Network::parse("2001:db8::/32").value());
    EXPECT_EQ(terms[4].qualifier, Result::neutral);
    EXPECT_EQ(terms[5].kind, SpfMechanismKind::ptr);
    EXPECT_EQ(terms[7].kind, SpfMechanismKind::all);
    EXPECT_EQ(record->redirect, "z.example");
}

TEST(SpfRecord, NamesTheTermThatIsWrong)
{
    EXPECT_EQ(error_of("a mx ipv4:192.0.2.1 -all"), "'ipv4:192.0.2.1' is no term of SPF");
    for (const std::string term : {"all:x.example",
                                   "all/8",
                                   "-",
                                   "+",
                                   "--all",
                                   "include",
                                   "include:",
                                   "include:x.example/24",
                                   "exists",
                                   "a:",
                                   "a/33",
                                   "a/032",
                                   "a//129",
                                   "a/24/64",
                                   "a/",
                                   "a//",
                                   "a:/24",
                                   "a:x.example/",
                                   "a24",
                                   "mx:foo",
                                   "ptr/24",
                                   "ptr:",
                                   "ip4",
                                   "ip4:",
                                   "ip4:192.0.2",
                                   "ip4:192.0.2.256",
                                   "ip4:192.0.2.01",
                                   "ip4:192.0.2.1/",
                                   "ip4:2001:db8::",
                                   "ip4:192.0.2.1/33",
                                   "ip4:192.0.2.1/00",
                                   "ip4:192.0.2.1//32",
                                   "ip4/24",
                                   "ip6:192.0.2.1",
                                   "ip6:2001:db8::/129",
                                   "ip6:[2001:db8::]",
                                   "redirect=",
                                   "redirect=foo",
                                   "redirect:x.example",
                                   "redirect=x.example/24",
                                   "exp=",
                                   "redirect=x.example redirect=x.example",
                                   "exp=x.example exp=y.example",
                                   "=x",
                                   "1a=x",
                                   "a%=x",
                                   "x=%",
                                   "x=%{q}",
                                   "a:x.example,b",
                                   "\tall",
                                   "all\r",
                                   "a:%{c}.example",
                                   "\xc3\xa4:x"}) {
        EXPECT_NE(error_of(term), "") << term;
    }
    for (const std::string term :
         {"a/0", "a//0", "a/32//128", "mx/24", "ip4:0.0.0.0/0", "ip6:::/0", "ip6:::ffff:192.0.2.1",
          "ip6:2001:db8::1/128", "x=", "x.y-z_1=%{t}/:=", "a:a/b.example/24", "a:%{d/}/24"}) {
        EXPECT_EQ(error_of(term), "") << term;
    }
}

TEST(SpfRecord, IsNoLongerThanItsBoundAndShowsOnlyWhatIsPrintable)
{
    EXPECT_EQ(error_of(std::string(spf_record_octets_max, 'a')), "the record is longer than 8192 octets");
    EXPECT_EQ(error_of("\x1b[31m"), "'\\x1b[31m' is no term of SPF");
    EXPECT_LE(error_of(std::string(5000, 'a')).size(), 200U);
}

}  // namespace shield::auth::test
