// SPDX-License-Identifier: Apache-2.0
#include "resolver_answer.hpp"

#include <gmock/gmock.h>

#include <string>

namespace shield::net {
namespace {

using core::DnsOutcome;
using core::DnsRecord;
using core::Dnssec;
using core::DnsType;
using namespace std::string_literals;
using testing::ElementsAre;

constexpr std::size_t many = 100;

std::string value_of(DnsType type, const std::string& rdata)
{
    const auto record = record_of(type, rdata);
    return record ? record->value : "(malformed)";
}

}  // namespace

TEST(DnsRecords, AreReadAsTheirTypeSays)
{
    EXPECT_EQ(value_of(DnsType::a, "\xc0\x00\x02\x01"s), "192.0.2.1");
    EXPECT_EQ(value_of(DnsType::aaaa, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"s), "2001:db8::1");
    EXPECT_EQ(value_of(DnsType::txt, "\5v=spf\4 -al\1l"s), "v=spf -all") << "strings are joined, nothing between";
    EXPECT_EQ(value_of(DnsType::txt, "\0"s), "");
    EXPECT_EQ(value_of(DnsType::txt, "\3a\0\xff"s), "a\0\xff"s) << "any octets";
    EXPECT_EQ(value_of(DnsType::ptr, "\4Mail\7EXAMPLE\0"s), "mail.example") << "lower case";
    EXPECT_EQ(record_of(DnsType::mx, "\1\2\2mx\7example\0"s), (DnsRecord{"mx.example", 0x102}));
    EXPECT_EQ(record_of(DnsType::mx, "\0\0\0"s), (DnsRecord{"", 0})) << "a null MX";
}

TEST(DnsRecords, ThatAreNotWhatTheyShouldBeAreNone)
{
    EXPECT_EQ(value_of(DnsType::a, "\xc0\x00\x02"s), "(malformed)");
    EXPECT_EQ(value_of(DnsType::a, "\xc0\x00\x02\x01\x01"s), "(malformed)");
    EXPECT_EQ(value_of(DnsType::aaaa, "\xc0\x00\x02\x01"s), "(malformed)");
    EXPECT_EQ(value_of(DnsType::txt, ""s), "(malformed)");
    EXPECT_EQ(value_of(DnsType::txt, "\5four"s), "(malformed)") << "a string that is longer than its record";
    EXPECT_EQ(value_of(DnsType::txt, "\1a\xff"s), "(malformed)");
    EXPECT_EQ(value_of(DnsType::ptr, "\4mail"s), "(malformed)") << "a name without an end";
    EXPECT_EQ(value_of(DnsType::ptr, "\4mail\0x"s), "(malformed)") << "something behind it";
    EXPECT_EQ(value_of(DnsType::ptr, "\4mail\xc0\x0c"s), "(malformed)") << "a pointer out of the record";
    EXPECT_EQ(value_of(DnsType::ptr, "\x40"s + std::string(64, 'a') + "\0"s), "(malformed)");
    EXPECT_EQ(value_of(DnsType::ptr, "\4a.bc\0"s), "(malformed)") << "a dot that would be two labels";
    EXPECT_EQ(value_of(DnsType::ptr, "\3a\0b\0"s), "(malformed)") << "NUL";
    EXPECT_EQ(value_of(DnsType::ptr, ""s), "(malformed)");
    EXPECT_EQ(value_of(DnsType::mx, "\1"s), "(malformed)");
    EXPECT_EQ(value_of(DnsType::mx, "\1\2"s), "(malformed)");
    std::string longest;
    for (int i = 0; i < 127; ++i) {
        longest += "\1a";
    }
    EXPECT_EQ(value_of(DnsType::ptr, longest + "\0"s).size(), 253U);
    EXPECT_EQ(value_of(DnsType::ptr, "\1a" + longest + "\0"s), "(malformed)");
}

TEST(DnsAnswers, SayWhatSignaturesSay)
{
    DnsReply reply;
    reply.records = {"\1a"};
    EXPECT_EQ(answer_of(DnsType::txt, reply, true, many).dnssec, Dnssec::insecure);
    EXPECT_EQ(answer_of(DnsType::txt, reply, false, many).dnssec, Dnssec::unchecked);
    reply.secure = true;
    EXPECT_EQ(answer_of(DnsType::txt, reply, true, many),
              (core::DnsAnswer{DnsOutcome::records, Dnssec::secure, {{"a"}}, ""}));
    reply.secure = false;
    reply.bogus = true;
    reply.why_bogus = "signature\x1b[2J of " + std::string(1000, 'x');
    const auto bogus = answer_of(DnsType::txt, reply, true, many);
    EXPECT_EQ(bogus.outcome, DnsOutcome::failed);
    EXPECT_EQ(bogus.dnssec, Dnssec::bogus);
    EXPECT_THAT(bogus.records, ElementsAre()) << "what is bogus is not there";
    EXPECT_THAT(bogus.failure, testing::StartsWith("bogus: signature\\x1b[2J of x"));
    EXPECT_LT(bogus.failure.size(), 400U);
}

TEST(DnsAnswers, TellNoNameFromNoDataFromFailure)
{
    DnsReply reply;
    EXPECT_EQ(answer_of(DnsType::a, reply, false, many).outcome, DnsOutcome::no_data);
    reply.no_name = true;
    reply.code = 3;
    EXPECT_EQ(answer_of(DnsType::a, reply, false, many).outcome, DnsOutcome::no_name);
    reply.no_name = false;
    reply.code = 2;
    EXPECT_EQ(answer_of(DnsType::a, reply, false, many), failed_answer("SERVFAIL"));
    reply.code = 5;
    EXPECT_EQ(answer_of(DnsType::a, reply, false, many), failed_answer("REFUSED"));
    reply.code = 23;
    EXPECT_EQ(answer_of(DnsType::a, reply, false, many), failed_answer("RCODE 23"));
}

TEST(DnsAnswers, KeepWhatIsWellFormedAndNoMoreThanTheyMay)
{
    DnsReply reply;
    reply.records = {"\1a", "\5b", "\1c", "\1d"};
    EXPECT_THAT(answer_of(DnsType::txt, reply, false, 3).records, ElementsAre(DnsRecord{"a"}, DnsRecord{"c"}));
    reply.records = {"\5b"};
    EXPECT_EQ(answer_of(DnsType::txt, reply, true, many), failed_answer("every record is malformed"));
}

TEST(DnsNames, AreAskedForWithEveryOctetThatMeansSomethingEscaped)
{
    EXPECT_EQ(escaped_dns_name("_dmarc.example-1.net"), "_dmarc.example-1.net");
    EXPECT_EQ(escaped_dns_name("a\\b\"c;d(e) \n\xff.x"s), "a\\092b\\034c\\059d\\040e\\041\\032\\010\\255.x");
}

}  // namespace shield::net
