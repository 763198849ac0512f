// SPDX-License-Identifier: Apache-2.0
#include "named_in_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::mime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> named(std::string_view text)
{
    std::vector<std::string> all;
    find_named_in(text, [&](core::EvidenceKind kind, const std::string& value) {
        all.push_back(std::string{to_string(kind)} + " " + value);
    });
    return all;
}

std::vector<std::string> in_html(std::string_view html)
{
    std::vector<std::string> all;
    find_links_in_html(html, [&](core::EvidenceKind kind, const std::string& value) {
        all.push_back(std::string{to_string(kind)} + " " + value);
    });
    return all;
}

TEST(NamedInText, ALinkIsFoundWithItsHost)
{
    EXPECT_THAT(named("look at <https://Evil.Example/Login?a=1>, now"),
                ElementsAre("url https://evil.example/Login?a=1", "domain evil.example"));
    EXPECT_THAT(named("(see http://evil.example/a_(b))."),
                ElementsAre("url http://evil.example/a_(b)", "domain evil.example"));
    EXPECT_THAT(named("www.evil.example!"), ElementsAre("url http://www.evil.example", "domain www.evil.example"));
    EXPECT_THAT(named("http://203.0.113.9:8080/x"),
                ElementsAre("url http://203.0.113.9:8080/x", "address 203.0.113.9"));
    EXPECT_THAT(named("http://[2001:DB8::9]/"), ElementsAre("url http://[2001:db8::9]/", "address 2001:db8::9"));
    EXPECT_THAT(named("http://bank.example@evil.example/"),
                ElementsAre("url http://bank.example@evil.example/", "domain evil.example"));
}

TEST(NamedInText, WhatWasDefangedIsReadAsItWasMeant)
{
    EXPECT_THAT(named("hxxps://evil[.]example/x"),
                ElementsAre("url https://evil.example/x", "domain evil.example"));
    EXPECT_THAT(named("hXXp[://]evil(dot)example"), ElementsAre("url http://evil.example", "domain evil.example"));
    EXPECT_THAT(named("login.evil[.]example, 203[.]0[.]113[.]9"),
                ElementsAre("domain login.evil.example", "address 203.0.113.9"));
    EXPECT_THAT(named("mallory[at]evil[.]example"),
                ElementsAre("mailbox mallory@evil.example", "domain evil.example"));
}

TEST(NamedInText, WordsAreNoLinks)
{
    EXPECT_THAT(named("example.com a@b.example 10.1 [1] (see) http:// ://x http://-/ javascript:alert(1) "
                      "gopher://x.example/"),
                IsEmpty());
}

TEST(NamedInText, ALinkIsOfTheCharactersThatAUriHas)
{
    EXPECT_EQ(canonical_url("https://b\xc3\xbc"
                            "cher.example/\xc3\xbc?q=[1]\\"),
              "https://xn--bcher-kva.example/%C3%BC?q=%5B1%5D%5C");
    EXPECT_EQ(canonical_url("http://evil.example/100%"), "http://evil.example/100%25");
    EXPECT_EQ(canonical_url("http://evil.example/%41"), "http://evil.example/%41");
    EXPECT_EQ(canonical_url("http://evil.example\\@bank.example"), "http://evil.example/@bank.example");
    EXPECT_EQ(canonical_url("http://evil.example:x/"), std::nullopt);
    EXPECT_EQ(canonical_url("http://" + std::string(3000, 'a') + ".example/"), std::nullopt);
    EXPECT_EQ(canonical_url("http://evil.example/" + std::string(3000, 'a')), std::nullopt);
}

TEST(NamedInText, LinksInTagsOfHtmlAreFoundWithTheirEntitiesRead)
{
    EXPECT_THAT(in_html("<a class=x href='https://evil.example/?a=1&amp;b=2'>bank.example</a>"),
                ElementsAre("url https://evil.example/?a=1&b=2", "domain evil.example"));
}

}  // namespace
}  // namespace shield::mime
