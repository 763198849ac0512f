// SPDX-License-Identifier: Apache-2.0
#include <shield/auth/signatures.hpp>

#include <gmock/gmock.h>

namespace shield::auth::test {

namespace {

Authors authors_of(const std::string& header)
{
    return read_signatures(header + "\r\n\r\nbody\r\n", core::Limits{}).authors;
}

std::string only_domain(const std::string& from)
{
    return authors_of("From: " + from).only_domain().value_or("(none)");
}

}  // namespace

TEST(Authors, TheDomainOfTheOnlyAddressIsFound)
{
    for (const char* from :
         {"jo@example.net", "<jo@example.net>", "Jo <jo@example.net>", "\"Jo, or @evil.example\" <jo@example.net>",
          "jo@example.net (Jo @evil.example)", "Jo (a (b) \\) @evil.example) <jo@EXAMPLE.net>",
          "\"jo@evil.example\"@example.net", "jo @ example . net", "jo@example(dot).net",
          "Doe, Jo <jo@example.net>", "jo@example.net <jo@example.net>", "jo@example.net, ann@example.net",
          "team: jo@example.net, a@example.net;", "=?utf-8?Q?Jo_<a@evil.example>?= <jo@example.net>",
          "Jo\r\n <jo@example.net>", "J\xc3\xb6 <jo@example.net>", "\"J\\\"o\" <jo@example.net>"}) {
        EXPECT_EQ(only_domain(from), "example.net") << from;
    }
}

TEST(Authors, ADomainInUnicodeIsComparedAsALabels)
{
    EXPECT_EQ(only_domain("jo@B\xc3\x9c"
                          "cher.example"),
              "xn--bcher-kva.example");
    EXPECT_EQ(only_domain("jo@xn--bcher-kva.example"), "xn--bcher-kva.example");
    EXPECT_EQ(only_domain("jo@\xff.example"), "(none)");
}

TEST(Authors, EveryDomainThatAReaderCouldTakeCountsSoSeveralAreNone)
{
    for (const char* from : {"jo@example.net, eve@evil.example", "jo@example.net <eve@evil.example>",
                             "<@example.net:eve@evil.example>", "<jo@example.net@evil.example>",
                             "jo@example.net@evil.example", "<jo@example.net> @evil.example"}) {
        EXPECT_EQ(only_domain(from), "(none)") << from;
    }
}

TEST(Authors, WhatIsReadInMoreThanOneWayIsNoAuthor)
{
    for (const char* from : {"",
                             "Jo",
                             "jo@",
                             "jo@[192.0.2.1]",
                             "jo@example..net",
                             "jo@example.net.",
                             "\"Jo <jo@example.net>",
                             "Jo (jo <jo@example.net>",
                             "<jo@example.net",
                             "jo@example.net>",
                             "<<jo@example.net>>",
                             "jo@example.net evil.example",
                             "<jo@example.net> evil",
                             "<jo@example.net><eve@evil.example>",
                             "jo@exam\x01ple.net",
                             "jo\x7f@example.net",
                             "Jo) <jo@example.net>",
                             "jo\\@example.net",
                             "=?utf-8?Q?a@evil.example <jo@example.net>",
                             "undisclosed:;"}) {
        EXPECT_EQ(only_domain(from), "(none)") << from;
    }
}

TEST(Authors, OnlyOneFieldCounts)
{
    const Authors two = authors_of("From: jo@example.net\r\nfrom : jo@example.net");
    EXPECT_EQ(two.fields, 2U);
    EXPECT_EQ(two.only_domain(), std::nullopt);
    EXPECT_EQ(authors_of("To: jo@example.net").fields, 0U);
    EXPECT_EQ(authors_of("Sender: jo@example.net").only_domain(), std::nullopt);
}

TEST(Authors, AFloodOfDomainsIsBounded)
{
    std::string flood = "a@d0.example";
    for (int i = 1; i < 1000; ++i) {
        flood += ", a@d" + std::to_string(i) + ".example";
    }
    const Authors authors = authors_of("From: " + flood);
    EXPECT_EQ(authors.domains.size(), 8U);
    EXPECT_FALSE(authors.readable);
}

TEST(Authors, AHeaderThatOthersMayReadDifferentlyHasNone)
{
    for (const char* header :
         {"From: jo@example.net\r\nno field", " begins with a blank\r\nFrom: jo@example.net",
          "From: jo@example.net\r\nX: a\nFrom: eve@evil.example", "From: jo@example.net\r\nX: a\rb",
          "From: jo@example.net\r\n: no name", "From: jo@example.net\r\nX y: z"}) {
        EXPECT_EQ(authors_of(header).only_domain(), std::nullopt) << header;
    }
}

}  // namespace shield::auth::test
