// SPDX-License-Identifier: Apache-2.0
#include <shield/auth/authenticate.hpp>
#include <shield/auth/relayed.hpp>
#include <shield/core/ascii.hpp>

#include <gmock/gmock.h>
#include <support/dns_table.hpp>

namespace shield::auth::test {

namespace {

using core::ReplyAddress;

const core::Mailboxes& ours()
{
    static const core::Mailboxes mailboxes =
        *core::Mailboxes::make("mx.example.com", {{"security@example.com", {}, core::Category::urgent}});
    return mailboxes;
}

core::Networks networks(std::initializer_list<const char*> texts)
{
    core::Networks all;
    for (const char* text : texts) {
        all.push_back(*core::Network::parse(text));
    }
    return all;
}

/// Our own, without a secret.
Relay own()
{
    Relay relay;
    relay.name = "own";
    relay.networks = networks({"192.0.2.0/28"});
    relay.authserv_id = "relay.example.org";
    relay.rewrites = {"fwd.example.org"};
    return relay;
}

core::Envelope envelope(const std::string& reverse_path, const std::string& suffix = {})
{
    core::Envelope given;
    given.client_address = "192.0.2.7";
    given.helo = "relay.example.org";
    given.reverse_path = reverse_path;
    given.recipients = {*ours().find(*core::Mailbox::parse("security" + suffix + "@example.com"))};
    return given;
}

const std::string border =
    "Received: from mail.a.example (mail.a.example [203.0.113.7]) by relay.example.org; x\r\n";
const std::string good =
    "Authentication-Results: relay.example.org; spf=pass smtp.mailfrom=ann@a.example; dmarc=pass "
    "header.from=a.example\r\n";

std::optional<ByOurRelay> by(const std::string& header, const core::Envelope& given = envelope("ann@a.example"),
                             const Relay& relay = own())
{
    return by_our_relay(given, read_trace(header + "From: ann@a.example\r\n\r\n", {}), {relay}, ours());
}

std::size_t results_in(const std::string& header, const Relay& relay = own())
{
    return by(header, envelope("ann@a.example"), relay)->relayed.results.results.size();
}

core::Verdict verdict_of(const ByOurRelay& came, DnsTable& dns, const std::string& author = "ann@a.example")
{
    Signatures signatures;
    signatures.authors.fields = 1;
    signatures.authors.domains = {core::Mailbox::parse(author)->domain};
    signatures.relayed = came.relayed;
    const std::vector<std::string> authors{author};
    Inquiry inquiry{40};
    return dns.run(inquiry, authenticate(inquiry, {came.envelope, authors, false}, signatures));
}

}  // namespace

TEST(ByOurRelay, IsWhatComesFromItsNetworks)
{
    const auto came = by(border);
    ASSERT_TRUE(came);
    EXPECT_EQ(came->envelope.client_address, "203.0.113.7");
    EXPECT_EQ(came->envelope.helo, "mail.a.example");
    EXPECT_EQ(came->envelope.by_relay.value(),
              (core::ByRelay{"own", "192.0.2.7", "relay.example.org", "ann@a.example"}));
    core::Envelope stranger = envelope("ann@a.example");
    stranger.client_address = "192.0.2.70";
    EXPECT_FALSE(by(border, stranger));
}

TEST(ByOurRelay, WithASecretIsOnlyWhatHasIt)
{
    Relay cloud = own();
    cloud.header = mark_of("X-Our", "0123456789abcdef");
    cloud.suffix = core::sha256("fedcba9876543210");
    const core::Envelope given = envelope("ann@a.example");
    EXPECT_FALSE(by(border, given, cloud));
    EXPECT_FALSE(by(border + "X-Our: 0123456789abcdee\r\n", given, cloud));
    EXPECT_FALSE(by(border + "X-Other: 0123456789abcdef\r\n", given, cloud));
    EXPECT_TRUE(by(border + "x-our:0123456789abcdef\r\n", given, cloud));
    EXPECT_TRUE(by(border, envelope("ann@a.example", "+FEDCBA9876543210"), cloud));
    EXPECT_FALSE(by(border, envelope("ann@a.example", "+fedcba987654321"), cloud));
}

// SPF of the relay would verify whoever lets that cloud send, if a long header could hide the secret.
TEST(ByOurRelay, NobodyIsVerifiedBySpfWhenASecretMayBeHidden)
{
    Relay cloud = own();
    cloud.header = mark_of("X-Our", "0123456789abcdef");
    const auto came = by("no field\r\n" + border, envelope("ann@a.example"), cloud);
    ASSERT_TRUE(came);
    EXPECT_FALSE(came->envelope.by_relay);
    DnsTable dns;
    dns.txt("a.example", "v=spf1 ip4:192.0.2.7 -all");
    EXPECT_EQ(verdict_of(*came, dns).reply_address, ReplyAddress::unverified);
}

TEST(ByOurRelay, OnlyWhatStandsAboveItsFirstOutsideHopIsItsOwn)
{
    EXPECT_EQ(results_in(good + border), 2U);
    EXPECT_EQ(results_in("Received: by relay.example.org; x\r\nReceived: from in (in [10.0.0.5]) by r; x\r\n" +
                         good + border),
              2U);
    EXPECT_EQ(results_in("Received: from in (in [192.0.2.9]) by r; x\r\n" + good + border), 2U);
    EXPECT_EQ(results_in(border + good), 0U);
    EXPECT_EQ(results_in("Received: from [10.0.0.1] (unknown [203.0.113.7]) by r; x\r\n" + good), 0U)
        << "that it calls itself an inside address";
    EXPECT_EQ(results_in("Received: from localhost by r; x\r\n" + good + border), 0U) << "who can tell?";
    EXPECT_EQ(results_in("Received: (broken\r\nReceived: x\r\n" + good + border), 0U);
    EXPECT_EQ(results_in(good), 0U) << "without any hop";
    EXPECT_EQ(results_in("Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=a@b.example\r\n" + border),
              0U)
        << "in our own name";
}

TEST(ByOurRelay, OnlyTheTopmostResultsInItsNameCount)
{
    EXPECT_EQ(results_in("Authentication-Results: relay.example.org; none\r\n" + good + border), 0U);
    EXPECT_EQ(results_in("Authentication-Results: other.example; none\r\n" + good + border), 2U);
    EXPECT_EQ(results_in("Authentication-Results: relay.example.org; spf=(\r\n" + good + border), 0U);
}

TEST(ByOurRelay, ResultsRightBehindItsHopCountWhereTheOperatorSaysSo)
{
    Relay below = own();
    below.results_below = true;
    EXPECT_EQ(results_in(border + good, below), 2U);
    EXPECT_EQ(results_in(border + "Received: from x (x [198.51.100.1]) by y; x\r\n" + good, below), 0U);
    EXPECT_EQ(results_in(border + "Authentication-Results: relay.example.org; none\r\n" + good, below), 0U);
}

TEST(ByOurRelay, TheReversePathIsTheOneThatItMet)
{
    const auto path = [](const std::string& header, const std::string& given) {
        return by(header, envelope(given))->envelope.reverse_path;
    };
    EXPECT_EQ(path(border, "SRS0=h=t=a.example=ann@fwd.example.org"), "ann@a.example");
    EXPECT_EQ(path(border, "SRS0=h=t=a.example=ann@example.com"), "ann@a.example");
    EXPECT_EQ(path(border, "SRS0=h=t=a.example=ann@other.example"), "SRS0=h=t=a.example=ann@other.example")
        << "another's forwarder is who had it";
    EXPECT_EQ(path(good + border, "x+bnc1@example.com"), "ann@a.example");
    EXPECT_EQ(path("Return-Path: <ann@a.example>\r\n" + border, "x@fwd.example.org"), "ann@a.example");
    EXPECT_EQ(path(border + "Return-Path: <ann@a.example>\r\n", "x@fwd.example.org"), "x@fwd.example.org")
        << "the sender wrote that";
    EXPECT_EQ(path(border + "X-Original-Sender: ann@a.example\r\n", "x@fwd.example.org"), "x@fwd.example.org");
    EXPECT_EQ(path(border + "X-Original-Sender: ann@a.example\r\n", "x+bnc1@example.com"), "ann@a.example");
    EXPECT_EQ(path(border, ""), "") << "a bounce stays one";
    EXPECT_EQ(path("Return-Path: <bob@b.example>\r\n" + border, "ann@a.example"), "ann@a.example");
}

TEST(ByOurRelay, AListOfOursIsOneWhoseEveryFieldIsOurs)
{
    const std::string list =
        "List-ID: Desk <security.example.com>\r\nPrecedence: list\r\nMailing-list: list "
        "security@example.com; contact security+owners@example.com\r\n";
    EXPECT_TRUE(by(border + list)->from_our_list);
    EXPECT_FALSE(by(border)->from_our_list);
    EXPECT_FALSE(by(border + list + "List-Unsubscribe: <https://news.example/>\r\n")->from_our_list);
    EXPECT_FALSE(by(border + list + "List-ID: <news.other.example>\r\n")->from_our_list);
    EXPECT_FALSE(by(border + list + "Precedence: bulk\r\n")->from_our_list);
    EXPECT_FALSE(by(border + "List-Post: <mailto:security@example.com>\r\n")->from_our_list);
    EXPECT_FALSE(by(border + "List-ID: <other.example.com>\r\n")->from_our_list);
}

TEST(ARelaysResults, TakeThePlaceOfOurs)
{
    DnsTable dns;
    dns.txt("a.example", "v=spf1 -all").txt("_dmarc.a.example", "v=DMARC1; p=reject");
    const core::Verdict proven = verdict_of(*by(good + border), dns);
    EXPECT_EQ(proven.reply_address, ReplyAddress::verified);
    EXPECT_EQ(proven.verified_domain, "a.example");
    EXPECT_THAT(proven.proofs.at(0).reason, testing::HasSubstr("relay.example.org"));
    EXPECT_THAT(proven.proofs.at(0).record, testing::HasSubstr("smtp.mailfrom=ann@a.example"));

    const auto verdict = [&](const std::string& results, const std::string& author = "ann@a.example") {
        return verdict_of(*by("Authentication-Results: relay.example.org; " + results + "\r\n" + border), dns,
                          author)
            .reply_address;
    };
    EXPECT_EQ(verdict("spf=fail smtp.mailfrom=ann@a.example"), ReplyAddress::refuted);
    EXPECT_EQ(verdict("spf=pass smtp.mailfrom=ann@a.example; dmarc=fail header.from=a.example"),
              ReplyAddress::refuted);
    EXPECT_EQ(verdict("spf=pass smtp.mailfrom=ann@a.example; dmarc=fail header.from=b.example", "x@b.example"),
              ReplyAddress::refuted);
    EXPECT_EQ(verdict("spf=pass smtp.mailfrom=bob@a.example; dmarc=none", "x@b.example"), ReplyAddress::unverified)
        << "of another in the same domain";
    EXPECT_EQ(verdict("spf=pass smtp.mailfrom=b.example; dmarc=none", "x@b.example"), ReplyAddress::unverified);
    EXPECT_EQ(verdict("spf=none smtp.mailfrom=ann@a.example; dkim=pass header.d=a.example"),
              ReplyAddress::verified);
    EXPECT_EQ(verdict("spf=none smtp.mailfrom=ann@a.example; dmarc=pass header.from=a.example"),
              ReplyAddress::verified);
    EXPECT_EQ(verdict("spf=none smtp.mailfrom=ann@a.example; dmarc=pass header.from=a.example", "bob@a.example"),
              ReplyAddress::unverified)
        << "who is answered is not who wrote";
    EXPECT_EQ(verdict("spf=none smtp.mailfrom=ann@a.example; dmarc=pass header.from=b.example", "x@b.example"),
              ReplyAddress::unverified);
}

TEST(ARelayThatRecordsNothing, LeavesSpfOfTheClientItMet)
{
    DnsTable dns;
    dns.txt("a.example", "v=spf1 ip4:203.0.113.7 -all")
        .txt("b.example", "v=spf1 ip4:192.0.2.7 -all")
        .a("c.example", "203.0.113.7");
    EXPECT_EQ(verdict_of(*by(border), dns).reply_address, ReplyAddress::verified);
    EXPECT_EQ(verdict_of(*by(border, envelope("x@b.example")), dns, "x@b.example").reply_address,
              ReplyAddress::refuted);
    EXPECT_EQ(verdict_of(*by(border, envelope("x@c.example")), dns, "x@c.example").reply_address,
              ReplyAddress::probable);
    EXPECT_EQ(verdict_of(*by("Received: x\r\n" + border), dns).reply_address, ReplyAddress::unverified)
        << "whom it met cannot be told";

    Relay cloud = own();
    cloud.suffix = core::sha256("fedcba9876543210");
    const auto shared = by(border, envelope("ann@a.example", "+fedcba9876543210"), cloud);
    EXPECT_EQ(verdict_of(*shared, dns).reply_address, ReplyAddress::unverified) << "others are inside that one too";
}

}  // namespace shield::auth::test
