// SPDX-License-Identifier: Apache-2.0
#include "received.hpp"

#include "mail_date.hpp"

#include <gtest/gtest.h>

namespace shield::mime {
namespace {

std::string client_in(std::string_view received)
{
    const Hop hop = parse_received(received);
    return hop.client ? hop.client->to_string() : std::string{};
}

std::string moment(std::string_view date)
{
    const auto time = parse_mail_date(date);
    return time ? core::to_rfc3339(*time) : std::string{};
}

TEST(Received, TheClientIsWhatTheReceivingHostSawInTheFormsOfEachMailSystem)
{
    EXPECT_EQ(client_in("from mail.example (unknown [203.0.113.9])\tby mx.example.com (Postfix) with ESMTP id 1"),
              "203.0.113.9");
    EXPECT_EQ(client_in("from [203.0.113.9] (port=4321 helo=mail.example) by mx.example.com with esmtp (Exim)"),
              "203.0.113.9");
    EXPECT_EQ(client_in("from mail.example ([203.0.113.9] helo=[198.51.100.1]) by mx.example.com with esmtp"),
              "203.0.113.9");
    EXPECT_EQ(client_in("from localhost (host.example [203.0.113.9] (may be forged)) by mx.example.com (8.14)"),
              "203.0.113.9");
    EXPECT_EQ(client_in("from unknown (HELO mail.example) (203.0.113.9) by mx.example.com with SMTP"),
              "203.0.113.9");
    EXPECT_EQ(client_in("from A.example (2001:db8::9) by B.example (2001:db8::a) with Microsoft SMTP Server"),
              "2001:db8::9");
    EXPECT_EQ(client_in("from mail.example (mail.example. [203.0.113.9]) by mx.google.com with ESMTPS"),
              "203.0.113.9");
    EXPECT_EQ(client_in("from x ([IPv6:2001:db8::9]) by mx.example.com"), "2001:db8::9");
    EXPECT_EQ(client_in("from x ([::ffff:203.0.113.9]) by mx.example.com"), "203.0.113.9");
}

TEST(Received, WhatTheClientCalledItselfIsNotBelievedOverWhatWasSeen)
{
    EXPECT_EQ(client_in("from [198.51.100.1] (unknown [203.0.113.9]) by mx.example.com"), "203.0.113.9");
    EXPECT_EQ(client_in("from [203.0.113.9] (helo=[198.51.100.1]) by mx.example.com"), "203.0.113.9");
    EXPECT_EQ(client_in("from unknown (HELO [198.51.100.1]) (203.0.113.9) by mx.example.com"), "203.0.113.9");
    EXPECT_EQ(client_in("from 198.51.100.1 by mx.example.com"), "");
}

TEST(Received, AHopWithoutAClientHasNone)
{
    EXPECT_EQ(client_in("by 198.51.100.1 with SMTP id abc; Mon, 23 Nov 2026 10:00:00 +0000"), "");
    EXPECT_EQ(client_in("from mail.example by mx.example.com ([203.0.113.9])"), "");
    EXPECT_EQ(client_in("from"), "");
    EXPECT_EQ(client_in(""), "");
    EXPECT_EQ(client_in("from ((((((((("), "");
    EXPECT_EQ(client_in("from x ([)]("), "");
}

TEST(Received, ItsTimeIsBehindTheLastSemicolon)
{
    const Hop hop = parse_received("from x ([203.0.113.9]; a) by y; Mon, 23 Nov 2026 11:30:00 +0130 (CET)");
    ASSERT_TRUE(hop.at);
    EXPECT_EQ(core::to_rfc3339(*hop.at), "2026-11-23T10:00:00Z");
}

TEST(MailDate, IsReadInTheFormsThatMailHas)
{
    EXPECT_EQ(moment("Mon, 23 Nov 2026 10:00:00 +0000"), "2026-11-23T10:00:00Z");
    EXPECT_EQ(moment("23 Nov 2026 10:00 -0500"), "2026-11-23T15:00:00Z");
    EXPECT_EQ(moment("Mon, 23 Nov 26 10:00:00 EST"), "2026-11-23T15:00:00Z");
    EXPECT_EQ(moment("Mon, 23 Nov 2026 (a day) 10:00:00 GMT (x)"), "2026-11-23T10:00:00Z");
    EXPECT_EQ(moment("Feb  3 2014 02:13:35 +0100"), "2014-02-03T01:13:35Z");
    EXPECT_EQ(moment("Mon Nov 23 10:00:00 2026"), "2026-11-23T10:00:00Z");
    EXPECT_EQ(moment("Monday, November 23, 2026 3:07 PM"), "2026-11-23T15:07:00Z");
    EXPECT_EQ(moment("Monday, November 23, 2026 12:07 AM"), "2026-11-23T00:07:00Z");
    EXPECT_EQ(moment("2026-11-23T10:00:00Z"), "2026-11-23T10:00:00Z");
    EXPECT_EQ(moment("2026-11-23T11:00:00.123+01:00"), "2026-11-23T10:00:00Z");
}

TEST(MailDate, WhatIsNoMomentIsNone)
{
    for (const char* text :
         {"", "yesterday", "31 Feb 2026 10:00:00 +0000", "23 Nov 2026", "23 Nov 2026 24:00:00 +0000",
          "1 Jan 1969 10:00:00 +0000", "31 Dec 9999 23:59:59 -0100", "10:00:00", ":: ::", "2026-11-23T10:00:00",
          "9999-12-31T23:59:59-23:59"}) {
        EXPECT_EQ(moment(text), "") << text;
    }
}

}  // namespace
}  // namespace shield::mime
