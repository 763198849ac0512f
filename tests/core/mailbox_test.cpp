// SPDX-License-Identifier: Apache-2.0
#include <shield/core/mailbox.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

TEST(Mailbox, SplitsAtTheLastAtOutsideQuotes)
{
    const auto plain = Mailbox::parse("Ann@Example.COM");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->local, "Ann");
    EXPECT_EQ(plain->domain, "example.com");

    const auto quoted = Mailbox::parse("\"a@b c\"@example.com");
    ASSERT_TRUE(quoted);
    EXPECT_EQ(quoted->local, "\"a@b c\"");
    EXPECT_EQ(quoted->domain, "example.com");
}

// Real senders have these; refusing them loses mail.
TEST(Mailbox, OddButPrintableLocalPartsAreTaken)
{
    for (const auto* text : {"user..name@docomo.example", "name.@x.example", ".a@x.example", "a!b%c@x.example",
                             "o'neil@x.example", "d\xc3\xb6rte@x.example", "a@b@x.example", "a@[192.0.2.1]",
                             "a@[IPv6:2001:db8::1]", "a@under_score.example", "a@localhost"}) {
        EXPECT_TRUE(Mailbox::parse(text)) << text;
    }
}

TEST(Mailbox, WhatCouldEndAPathOrALineIsRefused)
{
    for (const auto* text : {"",
                             "@",
                             "a@",
                             "@x.example",
                             "a",
                             "a b@x.example",
                             "a\r\n@x.example",
                             "a\t@x.example",
                             "a>@x.example",
                             "<a@x.example",
                             "\"a@x.example",
                             "a@x example",
                             "a@x..example",
                             "a@.example",
                             "a@-x.example",
                             "a@[]",
                             "a@[x y]",
                             "a@x.example>",
                             "a\x7f@x.example",
                             "\xff@x.example",
                             "a@x.example\r\nRCPT TO:<b@y.example>"}) {
        EXPECT_FALSE(Mailbox::parse(text)) << text;
    }
    EXPECT_FALSE(Mailbox::parse(std::string_view{"a\0@x.example", 12}));
    EXPECT_FALSE(Mailbox::parse(std::string(321, 'a') + "@x.example"));
}

TEST(Mailbox, TheKeyIgnoresCaseAndSuffix)
{
    const auto mailbox = Mailbox::parse("Shield+Abc+d@Example.com");
    ASSERT_TRUE(mailbox);
    EXPECT_EQ(mailbox->key(), "shield@example.com");
    EXPECT_EQ(mailbox->suffix(), "Abc+d");
    EXPECT_EQ(Mailbox::parse("a@x.example")->suffix(), "");
}

}  // namespace
}  // namespace shield::core
