// SPDX-License-Identifier: Apache-2.0
// SPF and DMARC as parts of one check, as whoever decides on an answer runs them.
#include <shield/auth/dmarc.hpp>
#include <shield/auth/spf.hpp>

#include <gtest/gtest.h>
#include <support/dns_table.hpp>

#include <utility>

namespace shield::auth::test {

namespace {

Check<DmarcFinding> check_sender(Inquiry& inquiry, std::string reverse_path, std::string author)
{
    SpfInput envelope;
    envelope.client = core::IpAddress::parse("192.0.2.1").value();
    envelope.helo = "mail.example.com";
    envelope.reverse_path = std::move(reverse_path);
    const Finding again = co_await check_spf(inquiry, envelope);
    DmarcInput input;
    input.from_fields = 1;
    input.author_domains.push_back(std::move(author));
    input.spf = co_await check_spf(inquiry, std::move(envelope));
    EXPECT_EQ(again, input.spf);
    const DmarcFinding first = co_await check_dmarc(inquiry, input);
    DmarcFinding second = co_await check_dmarc(inquiry, std::move(input));
    EXPECT_EQ(first, second);
    co_return second;
}

}  // namespace

TEST(SenderChecks, ArePartsOfAnother)
{
    DnsTable dns;
    dns.txt("bounces.example.com", "v=spf1 ip4:192.0.2.0/24 -all").txt("_dmarc.example.com", "v=DMARC1; p=reject");
    Inquiry inquiry{10};
    const DmarcFinding passes =
        dns.run(inquiry, check_sender(inquiry, "a@bounces.example.com", "news.example.com"));
    EXPECT_EQ(passes.finding.result, Result::pass);
    EXPECT_EQ(passes.aligned_domain, "bounces.example.com");
    EXPECT_EQ(inquiry.questions(), 5U) << "what two of them ask is asked once";
}

TEST(SenderChecks, MayBeGivenUpAnywhere)
{
    DnsTable dns;
    dns.txt("bounces.example.com", "v=spf1 a mx ptr include:spf.example.com -all").fail("spf.example.com");
    for (std::size_t answers = 0; answers < 6; ++answers) {
        Inquiry inquiry{40};
        auto check = check_sender(inquiry, "a@bounces.example.com", "news.example.com");
        check.start();
        for (std::size_t i = 0; i < answers; ++i) {
            for (const auto& question : inquiry.take_questions()) {
                inquiry.answer(question, dns.answer(question));
            }
        }
    }
}

}  // namespace shield::auth::test
