// SPDX-License-Identifier: Apache-2.0
#include "spf_macros.hpp"

#include <gtest/gtest.h>

namespace shield::auth::test {

namespace {

SpfMacroValues values()
{
    SpfMacroValues known;
    known.local = "Strong-Bad";
    known.origin = "email.example.com";
    known.domain = "email.example.com";
    known.address = "192.0.2.3";
    known.version = "in-addr";
    known.helo = "mx.example.org";
    return known;
}

std::string expanded(std::string_view spec)
{
    return expand(spec, values()).value_or("(nothing)");
}

}  // namespace

// The table of RFC 7208 section 7.4, with other words around it.
TEST(SpfMacros, AreReplacedSplitReversedAndCutAsTheStandardShows)
{
    EXPECT_EQ(expanded("%{s}"), "strong-bad@email.example.com");
    EXPECT_EQ(expanded("%{o}"), "email.example.com");
    EXPECT_EQ(expanded("%{d}"), "email.example.com");
    EXPECT_EQ(expanded("%{d4}"), "email.example.com");
    EXPECT_EQ(expanded("%{d2}"), "example.com");
    EXPECT_EQ(expanded("%{d1}"), "com");
    EXPECT_EQ(expanded("%{dr}"), "com.example.email");
    EXPECT_EQ(expanded("%{d2r}"), "example.email");
    EXPECT_EQ(expanded("%{l}"), "strong-bad");
    EXPECT_EQ(expanded("%{l-}"), "strong.bad");
    EXPECT_EQ(expanded("%{lr}"), "strong-bad");
    EXPECT_EQ(expanded("%{lr-}"), "bad.strong");
    EXPECT_EQ(expanded("%{l1r-}"), "strong");
    EXPECT_EQ(expanded("%{ir}.%{v}._spf.%{d2}"), "3.2.0.192.in-addr._spf.example.com");
    EXPECT_EQ(expanded("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}"), "bad.strong.lp.3.2.0.192.in-addr._spf.example.com");
    EXPECT_EQ(expanded("%{h}.%{p}.x.y"), "mx.example.org.unknown.x.y");
    EXPECT_EQ(expanded("a%%b%_c%-d.example."), "a%b c%20d.example");
}

TEST(SpfMacros, InCapitalsAreEscapedForAUrl)
{
    SpfMacroValues known = values();
    known.local = "a=b&c~\xc3";
    EXPECT_EQ(expand("%{h}.%{L}.example", known), std::nullopt) << "see the test of local parts";
    known.local = "a=b&c~d/";
    EXPECT_EQ(expand("%{L}.example", known), "a%3db%26c~d%2f.example");
    EXPECT_EQ(expand("%{L=}.example", known), "a.b%26c~d%2f.example");
}

TEST(SpfMacros, TakeAnyDelimitersAndAnyNumberOfParts)
{
    SpfMacroValues known = values();
    known.local = "a.b-c+d,e/f_g=h";
    EXPECT_EQ(expand("%{lr.-+,/_=}", known), "h.g.f.e.d.c.b.a");
    EXPECT_EQ(expand("%{l3.-+,/_=}", known), "f.g.h");
    EXPECT_EQ(expand("%{l99999999999999999999999999.-+,/_=}", known), "a.b.c.d.e.f.g.h");
    EXPECT_EQ(expand("%{l2-}", known), "a.b.c+d,e/f_g=h");
}

TEST(SpfMacros, ThatAreWrongMakeNoDomainSpec)
{
    for (const std::string_view spec :
         {"",        "%",           "a.%",          "%{",          "%{d",          "%{}",          "%{x}",
          "%{d0}",   "%{d00}",      "%{d-2}",       "%{d2rr}",     "%{d r}",       "%d",           "%(d)",
          "%{1}",    "a.%{d}.1",    "foo",          "foo.",        "foo.123",      "foo.-a",       "foo.a-",
          "foo.a_b", "a b.example", "\x80.example", "a.example..", "%{c}.example", "%{r}.example", "%{t}.example",
          "%{T}"}) {
        EXPECT_FALSE(is_domain_spec(spec)) << spec;
    }
    for (const std::string_view spec :
         {"%{d}", "%%", "%_", "%-", "a.b", "a.b.", ".b", "a/b:c=d.e", "x%{d}", "foo.1a", "foo.1-1", "%{D2R-+}"}) {
        EXPECT_TRUE(is_domain_spec(spec)) << spec;
    }
    EXPECT_TRUE(is_macro_string("a%{t}%{c}%{r}"));
    EXPECT_TRUE(is_macro_string(""));
    EXPECT_FALSE(is_macro_string("a%{t"));
}

TEST(SpfMacros, OfTheNameThatIsValidatedAreKnownBeforeItIsAskedFor)
{
    EXPECT_TRUE(needs_validated_name("a.%{p}"));
    EXPECT_TRUE(needs_validated_name("a.%{P2r}.b"));
    EXPECT_FALSE(needs_validated_name("p.%{d}.%%{p}.p"));
}

TEST(SpfMacros, LoseLabelsFromTheLeftWhenTheNameWouldBeTooLong)
{
    SpfMacroValues known = values();
    known.domain = std::string(60, 'a') + ".example";  // 68 octets; four of them with dots between: 275
    const std::string four = expand("%{d}.%{d}.%{d}.%{d}", known).value();
    EXPECT_EQ(four, "example." + known.domain + "." + known.domain + "." + known.domain);
    known.domain = std::string(250, 'b') + ".c";
    EXPECT_EQ(expand("%{d}.x", known), "c.x");
    EXPECT_EQ(expand("%{d}", known), known.domain) << "252 octets are few enough";
    known.domain = std::string(260, 'b');
    EXPECT_EQ(expand("%{d}", known), "") << "a label that is too long leaves nothing";
}

TEST(SpfMacros, OfALongRecordAreExpandedOnlyAsFarAsTheyCount)
{
    SpfMacroValues known = values();
    known.local = std::string(320, 'x');
    std::string spec;
    for (int i = 0; i < 1500; ++i) {
        spec += "%{s}.";
    }
    const auto name = expand(spec + "end.example", known);
    ASSERT_TRUE(name);
    EXPECT_EQ(*name, "example.com.end.example") << "the label with the local part is too long to stay";
    EXPECT_EQ(expand("%{x}." + spec + "end.example", known), std::nullopt) << "its beginning is read nonetheless";
}

TEST(SpfMacros, OfALocalPartThatIsNotAsciiStandForNothing)  // RFC 8616 section 4
{
    SpfMacroValues known = values();
    known.local = "j\xc3\xb6rg";
    EXPECT_EQ(expand("%{l}.example", known), std::nullopt);
    EXPECT_EQ(expand("%{s}.example", known), std::nullopt);
    EXPECT_EQ(expand("%{o}.example", known), "email.example.com.example");
}

}  // namespace shield::auth::test
