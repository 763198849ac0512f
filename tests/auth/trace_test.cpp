// SPDX-License-Identifier: Apache-2.0
#include "received_field.hpp"
#include "results_field.hpp"
#include "rewritten.hpp"

#include <shield/auth/trace.hpp>

#include <gmock/gmock.h>

namespace shield::auth::test {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> addresses_in(std::string_view value)
{
    const Hop hop = read_hop(value);
    EXPECT_TRUE(hop.readable && hop.names_client) << value;
    return hop.addresses;
}

std::string client_in(std::string_view value)
{
    const auto addresses = addresses_in(value);
    return addresses.empty() ? "" : addresses.front();
}

std::string unwrapped(std::string_view path)
{
    return unwrapped_path(*core::Mailbox::parse(path)).value_or("");
}

}  // namespace

TEST(ReceivedField, NamesTheClientInTheFormOfEachServer)
{
    for (
        const char* value :
        {" from mail.a.example (mail.a.example [203.0.113.7])\r\n\t(using TLSv1.3 with cipher X (256/256 "
         "bits))\r\n\t"
         "(No client certificate requested)\r\n\tby mx (Postfix) with ESMTPS id 1; Wed, 25 Nov 2026 17:40:02 +0000",
         " from a.example (unknown [203.0.113.7] (may be forged)) by mx (8.18.1/8.18.1) with ESMTP id 1; x",
         " from mail.a.example ([203.0.113.7] helo=mail.a.example) by mx with esmtps (TLS1.3) (Exim 4.96) id 1; x",
         " from [203.0.113.7] (helo=mail.a.example) by mx with esmtp (Exim 4.96) id 1; x",
         " from [203.0.113.7] (port=4711 helo=[10.0.0.1]) by mx with esmtp (Exim 4.96) id 1; x",
         " from unknown (HELO mail.a.example) (203.0.113.7) by mx with SMTP; x",
         " from mail.a.example (mail.a.example. [203.0.113.7]) by mx.google.com with ESMTPS id 1; x",
         " from mail.a.example (203.0.113.7) by\r\n X.protection.outlook.com (10.167.8.199) with Microsoft SMTP; x",
         " from mail.a.example ([203.0.113.7]:53562 \"EHLO mail.a.example\") by mx with ESMTP id 1; x",
         " from mail.a.example ([::ffff:203.0.113.7]) (AUTH: none) by mx with ESMTP; x"}) {
        EXPECT_EQ(client_in(value), "203.0.113.7") << value;
    }
    EXPECT_EQ(client_in(" from a (a [IPv6:2001:db8::1]) by mx; x"), "2001:db8::1");
    EXPECT_EQ(client_in(" from a ([fe80::1%7]) by b ([fe80::2%7]) with mapi; x"), "fe80::1");
}

TEST(ReceivedField, NeverTakesWhatAClientSaidForItsAddress)
{
    EXPECT_THAT(addresses_in(" from [10.0.0.1] (unknown [203.0.113.7]) by mx; x"),
                ElementsAre("203.0.113.7", "10.0.0.1"));
    EXPECT_THAT(addresses_in(" from [203.0.113.7] (helo=[10.0.0.1]) by mx; x"), testing::Contains("203.0.113.7"));
    EXPECT_THAT(addresses_in(" from by (mail [203.0.113.7]) by mx; x"), ElementsAre("203.0.113.7"))
        << "it may call itself by";
    EXPECT_THAT(addresses_in(" from a (b [203.0.113.7] ident=198.51.100.9) by mx; x"),
                ElementsAre("203.0.113.7", "198.51.100.9"));
}

TEST(ReceivedField, HasNoClientWhenACertificateOrANameMayBeMeant)
{
    for (const char* value : {" from x (y [203.0.113.7]) (using TLSv1.3 with cipher X (256/256 bits)) (Client CN "
                              "\"198.51.100.9\", Issuer "
                              "\"z\" (not verified)) by mx; x",
                              " from x(198.51.100.9) (y [203.0.113.7]) by mx; x"}) {
        const Hop hop = read_hop(value);
        EXPECT_FALSE(hop.readable) << value;
        EXPECT_THAT(hop.addresses, IsEmpty()) << value;
        EXPECT_TRUE(hop.names_client) << "so it is the border";
    }
}

TEST(ReceivedField, IsUnreadableWhenItCanBeReadInTwoWays)
{
    for (const char* value :
         {" from a (b [203.0.113.7] by mx; x", " from a ) (b [10.0.0.1]) by mx; x", " something", "",
          " from a ([10.0.0.1] [10.0.0.2] [10.0.0.3] [10.0.0.4] [10.0.0.5]) by mx; x"}) {
        EXPECT_FALSE(read_hop(value).readable) << value;
    }
    EXPECT_FALSE(read_hop(" from a (" + std::string(5000, 'x') + ") by mx; x").readable);
    EXPECT_THAT(addresses_in(" from localhost by mx with LMTP; x"), IsEmpty());
    EXPECT_THAT(addresses_in(" from [10.0.0.1] by mx with SMTP; x"), IsEmpty()) << "who says so?";
}

TEST(ReceivedField, OfAProgramOnTheHostNamesNoClient)
{
    for (const char* value :
         {" by 2002:a05:6402:4546:b0:640:9d1b:7e33 with SMTP id 1; x",
          " by relay (Postfix, from userid 1000) id 1; x", " (qmail 123 invoked by uid 0); x"}) {
        const Hop hop = read_hop(value);
        EXPECT_TRUE(hop.readable) << value;
        EXPECT_FALSE(hop.names_client) << value;
    }
}

TEST(ResultsField, HasWhatEachSystemWrites)
{
    const auto google = parse_results_field(
        " mx.google.com; dkim=pass header.i=@a.example header.s=s1 header.b=x; spf=pass (google.com: domain of "
        "ann@a.example designates 203.0.113.7 as permitted sender) smtp.mailfrom=ann@a.example; dmarc=fail (p=NONE "
        "sp=NONE dis=NONE) header.from=b.example");
    ASSERT_TRUE(google);
    EXPECT_EQ(google->authserv_id, "mx.google.com");
    EXPECT_THAT(google->results,
                ElementsAre(RecordedResult{Method::dkim, Result::pass, "a.example", ""},
                            RecordedResult{Method::spf, Result::pass, "a.example", "ann@a.example"},
                            RecordedResult{Method::dmarc, Result::fail, "b.example", ""}));

    const auto microsoft = parse_results_field(
        "mx.microsoft.com 1; spf=softfail (sender ip is 203.0.113.7) smtp.rcpttodomain=example.com "
        "smtp.mailfrom=a.example; dmarc=pass (p=reject sp=reject pct=100) action=none header.from=a.example; "
        "dkim=pass "
        "(signature was verified) header.d=a.example; arc=pass (0 oda=1 ltdi=1 spf=[1,1,smtp.mailfrom=a.example])");
    ASSERT_TRUE(microsoft);
    EXPECT_THAT(microsoft->results, ElementsAre(RecordedResult{Method::spf, Result::softfail, "a.example", ""},
                                                RecordedResult{Method::dmarc, Result::pass, "a.example", ""},
                                                RecordedResult{Method::dkim, Result::pass, "a.example", ""}));

    const auto rspamd = parse_results_field(
        "Relay.Example.ORG;\tdkim=pass (2048-bit key; unprotected) header.d=a.example header.i=@a.example; "
        "dmarc=none; "
        "spf=none smtp.mailfrom=<ann@a.example>; iprev=pass policy.iprev=203.0.113.7;");
    ASSERT_TRUE(rspamd);
    EXPECT_EQ(rspamd->authserv_id, "relay.example.org");
    EXPECT_EQ(rspamd->results.size(), 3U);
    EXPECT_EQ(rspamd->results[2].address, "ann@a.example");
    EXPECT_THAT(parse_results_field("mx.example; none")->results, IsEmpty());
}

// Exchange Online says so of whatever a customer's user sends.
TEST(ResultsField, OfMicrosoftCountsOnlyWhenItNamesAClient)
{
    const auto said = parse_results_field(
        "mx.microsoft.com 1; spf=pass smtp.mailfrom=a.example; dmarc=pass action=none "
        "header.from=a.example; dkim=pass header.d=a.example; arc=none");
    ASSERT_TRUE(said);
    EXPECT_THAT(said->results, IsEmpty());
}

TEST(ResultsField, WhoseWordsASenderMayHaveChosenIsNotRead)
{
    for (const char* value :
         {"mx.example; spf=fail (domain of \"a) smtp.mailfrom=x; dmarc=pass header.from=bank.example (\"@x does "
          "not) "
          "smtp.mailfrom=x",
          "mx.example; spf=fail smtp.mailfrom=x; spf=pass smtp.mailfrom=bank.example",
          "mx.example; dmarc=fail header.from=a.example; dmarc=pass header.from=a.example",
          "mx.example; spf=pass (never ends", "spf=pass smtp.mailfrom=a.example", "mx.example spf=pass", "",
          "mx.example; spf=pass smtp.mailfrom=\"a", "mx.example; =pass", "mx.example; spf=pass smtp.mailfrom"}) {
        EXPECT_FALSE(parse_results_field(value)) << value;
    }
    const auto quoted = parse_results_field(
        "mx.example; spf=fail smtp.mailfrom=\"a; dmarc=pass header.from=bank.example\"@x.example");
    ASSERT_TRUE(quoted);
    EXPECT_THAT(quoted->results,
                ElementsAre(RecordedResult{Method::spf, Result::fail, "x.example",
                                           "\"a; dmarc=pass header.from=bank.example\"@x.example"}));
}

TEST(RewrittenPath, IsUnwrapped)
{
    EXPECT_EQ(unwrapped("SRS0=Zk3f=4U=a.example=ann@fwd.example"), "ann@a.example");
    EXPECT_EQ(unwrapped("srs0+Zk3f=4U=a.example=ann=with=signs@fwd.example"), "ann=with=signs@a.example");
    EXPECT_EQ(unwrapped("SRS1=Xy9=first.example==Zk3f=4U=a.example=ann@fwd.example"),
              "SRS0=Zk3f=4U=a.example=ann@first.example");
    EXPECT_EQ(unwrapped("bounces+SRS=Xk2bZ=QF=a.example=ann@example.com"), "ann@a.example");
    for (const char* path :
         {"ann@a.example", "SRS0@x.example", "SRS0=a=b@x.example", "SRS0===a.example=ann@x.example",
          "SRS0=h=t=a.example=@x.example", "SRS0=h=t==ann@x.example", "SRS1=h=first=x=@x.example",
          "+SRS=h=t=a.example=ann@x.example"}) {
        EXPECT_EQ(unwrapped(path), "") << path;
    }
}

TEST(Trace, IsReadFromTheTop)
{
    const std::string message =
        "Received: by a; x\r\nReturn-Path: <ann@a.example>\r\nReceived: from b (b [203.0.113.7])\r\n\tby a; x\r\n"
        "Authentication-Results: a; none\r\nX-Secret:  one \r\nList-ID: <X.example.com>\r\nPrecedence: List\r\n"
        "ARC-Authentication-Results: i=1; one; none\r\nARC-Authentication-Results: i=3; three; none\r\n"
        "ARC-Authentication-Results: i=2; two; none\r\nX-Original-Sender: ann@a.example\r\nFrom: "
        "x@y\r\n\r\nbody\r\n";
    const Trace trace = read_trace(message, {});
    ASSERT_EQ(trace.fields.size(), 4U);
    EXPECT_EQ(trace.fields[1].address, "ann@a.example");
    EXPECT_THAT(trace.fields[2].hop.addresses, ElementsAre("203.0.113.7"));
    EXPECT_EQ(trace.fields[3].recorded.authserv_id, "a");
    EXPECT_THAT(trace.marks,
                ElementsAre(mark_of("x-secret", "one"), mark_of("X-Original-Sender", "ann@a.example")));
    EXPECT_THAT(trace.list_fields,
                ElementsAre(ListField{"list-id", "<x.example.com>"}, ListField{"precedence", "list"}));
    EXPECT_EQ(trace.sealed.value().authserv_id, "three");
    EXPECT_EQ(trace.original_sender, "ann@a.example");
    EXPECT_FALSE(trace.defective);
    EXPECT_EQ(read_trace("X-Original-Sender: b@c\r\n" + message, {}).original_sender, "") << "whose is it?";
    EXPECT_TRUE(read_trace("no field\r\n" + message, {}).defective);
}

TEST(Trace, IsBounded)
{
    std::string message;
    for (int i = 0; i < 500; ++i) {
        message += "Received: by a; x\r\nList-X: y\r\n";
    }
    const Trace trace = read_trace(message, {});
    EXPECT_EQ(trace.fields.size(), trace_fields_max);
    EXPECT_EQ(trace.list_fields.size(), list_fields_max);
    EXPECT_TRUE(trace.list_fields_left_out);
}

TEST(TraceExchange, WhatGoesInComesOutAndNothingElseIsBelieved)
{
    Trace trace = read_trace(
        "Received: from b (b [203.0.113.7]) by a; x\r\nReturn-Path: <ann@a.example>\r\n"
        "Authentication-Results: a; spf=pass smtp.mailfrom=ann@a.example\r\nX-Secret: x\r\n"
        "ARC-Authentication-Results: i=1; one; none\r\nList-ID: x\r\nX-Original-Sender: b@c\r\n\r\n",
        {});
    const std::string octets = to_octets(trace);
    EXPECT_LE(octets.size(), trace_size_max({}));
    const auto read = trace_in(octets, {});
    ASSERT_TRUE(read) << read.error().sentence;
    EXPECT_EQ(*read, trace);
    for (std::size_t length = 0; length < octets.size(); ++length) {
        EXPECT_FALSE(trace_in(octets.substr(0, length), {})) << length;
    }
    EXPECT_FALSE(trace_in(octets + "x", {}));
    Trace strange = trace;
    strange.fields[0].hop.addresses = {"no address"};
    EXPECT_FALSE(trace_in(to_octets(strange), {}));
    strange = trace;
    strange.fields[1].address = "no address";
    EXPECT_FALSE(trace_in(to_octets(strange), {}));
    strange = trace;
    strange.fields[2].recorded.results[0].domain = "no..name";
    EXPECT_FALSE(trace_in(to_octets(strange), {}));
}

}  // namespace shield::auth::test
