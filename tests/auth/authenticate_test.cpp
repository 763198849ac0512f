// SPDX-License-Identifier: Apache-2.0
#include <shield/auth/authenticate.hpp>

#include <gmock/gmock.h>
#include <support/dns_table.hpp>

#include <string>

namespace shield::auth::test {

namespace {

using core::ReplyAddress;

/// A message of one author, from 192.0.2.7.
struct Message {
    core::Envelope envelope;
    std::vector<std::string> authors;
    Signatures signatures;
    bool exempt{false};

    /// The author is who is answered, unless another domain is given.
    explicit Message(const std::string& reverse_path, const std::string& author = "reporter.example")
        : authors{author == "reporter.example" ? reverse_path : "x@" + author}
    {
        envelope.client_address = "192.0.2.7";
        envelope.helo = "mail.reporter.example";
        envelope.reverse_path = reverse_path;
        signatures.authors.fields = 1;
        signatures.authors.domains = {author};
    }
    /// As if its key had verified it.
    Message& signed_by(const std::string& domain, Result result = Result::pass)
    {
        Signature signature;
        signature.domain = domain;
        signature.identity_domain = domain;
        signature.selector = "s";
        signature.result = result;
        signature.reason = "as the test says";
        signatures.dkim.push_back(std::move(signature));
        return *this;
    }
};

core::Verdict verdict(DnsTable& dns, const Message& message)
{
    Inquiry inquiry{40};
    return dns.run(inquiry,
                   authenticate(inquiry, {message.envelope, message.authors, message.exempt}, message.signatures));
}

}  // namespace

TEST(Authenticate, AReplyAddressIsVerifiedBySpf)
{
    DnsTable dns;
    dns.txt("reporter.example", "v=spf1 ip4:192.0.2.0/24 -all");
    const core::Verdict proven = verdict(dns, Message{"ann@Reporter.example"});
    EXPECT_EQ(proven.reply_address, ReplyAddress::verified);
    EXPECT_EQ(proven.verified_domain, "reporter.example");
    EXPECT_EQ(proven.signing_domain, "");
    EXPECT_EQ(proven.result_of("spf"), "pass");
    EXPECT_EQ(proven.result_of("dkim"), "none");
    EXPECT_EQ(proven.result_of("dmarc"), "none");
    EXPECT_EQ(proven.result_of("arc"), "");
    EXPECT_EQ(proven.proofs.at(0).record, "v=spf1 ip4:192.0.2.0/24 -all");
}

TEST(Authenticate, AFailOfSpfOrDmarcDisownsTheMessage)
{
    DnsTable dns;
    dns.txt("reporter.example", "v=spf1 -all")
        .txt("bounces.example", "v=spf1 ip4:192.0.2.7 -all")
        .txt("_dmarc.bank.example", "v=DMARC1; p=reject");
    EXPECT_EQ(verdict(dns, Message{"ann@reporter.example"}).reply_address, ReplyAddress::refuted);
    EXPECT_EQ(verdict(dns, Message{"ann@reporter.example"}.signed_by("reporter.example")).reply_address,
              ReplyAddress::refuted)
        << "never answered by itself, whoever signed it";
    EXPECT_EQ(verdict(dns, Message{"x@bounces.example", "bank.example"}).reply_address, ReplyAddress::refuted);
}

TEST(Authenticate, ASignatureOfTheAuthorVerifiesTheAuthor)
{
    DnsTable dns;
    dns.txt("_dmarc.reporter.example", "v=DMARC1; p=none");
    Message marked{"prvs=0123abcdef=ann@reporter.example"};  // BATV
    marked.authors = {"Ann@reporter.example"};
    for (Message message : {Message{"ann@reporter.example"}, marked}) {
        const core::Verdict proven = verdict(dns, message.signed_by("reporter.example"));
        EXPECT_EQ(proven.reply_address, ReplyAddress::verified) << message.envelope.reverse_path;
        EXPECT_EQ(proven.signing_domain, "reporter.example");
        EXPECT_EQ(proven.result_of("dmarc"), "pass");
    }
    DnsTable silent;
    EXPECT_EQ(verdict(silent, Message{"ann@reporter.example"}.signed_by("reporter.example")).reply_address,
              ReplyAddress::verified)
        << "without a record of DMARC too";
}

TEST(Authenticate, WhoSignsForOneDomainProvesNothingOfOthers)
{
    DnsTable dns;
    EXPECT_EQ(
        verdict(dns, Message{"victim@other.example", "mailer.example"}.signed_by("mailer.example")).reply_address,
        ReplyAddress::unverified)
        << "a verified author with the reverse-path of somebody else";
    EXPECT_EQ(verdict(dns, Message{"x@other.example", "other.example"}.signed_by("mailer.example")).reply_address,
              ReplyAddress::unverified);
    EXPECT_EQ(verdict(dns, Message{"ann@reporter.example"}.signed_by("reporter.example", Result::permerror))
                  .reply_address,
              ReplyAddress::unverified);
}

TEST(Authenticate, AMessageThatIsSentAgainInAnothersNameProvesNothing)
{
    DnsTable dns;
    dns.txt("_dmarc.reporter.example", "v=DMARC1; p=none").txt("reporter.example", "v=spf1 ~all");
    for (const std::string victim : {"victim@reporter.example", "ann@mail.reporter.example"}) {
        Message replayed{victim};
        replayed.authors = {"ann@reporter.example"};
        const core::Verdict proven = verdict(dns, replayed.signed_by("reporter.example"));
        EXPECT_EQ(proven.result_of("dmarc"), "pass");
        EXPECT_EQ(proven.reply_address, ReplyAddress::unverified) << victim;
    }
}

TEST(Authenticate, OfOurOwnRelaySpfSaysNothing)
{
    DnsTable dns;
    dns.txt("reporter.example", "v=spf1 ip4:192.0.2.7 -all").a("silent.example", "192.0.2.7");
    for (const std::string path : {"ann@reporter.example", "ann@silent.example"}) {
        Message relayed{path};
        relayed.exempt = true;
        const core::Verdict proven = verdict(dns, relayed);
        EXPECT_EQ(proven.reply_address, ReplyAddress::unverified) << path;
        EXPECT_EQ(proven.result_of("spf"), "none");
    }
}

TEST(Authenticate, SeveralAuthorsVouchForNobody)
{
    DnsTable dns;
    Message two{"ann@reporter.example"};
    two.signed_by("reporter.example");
    two.signatures.authors.domains.emplace_back("other.example");
    two.authors.emplace_back("x@other.example");
    EXPECT_EQ(verdict(dns, two).reply_address, ReplyAddress::unverified);
    Message twice{"ann@reporter.example"};
    twice.signed_by("reporter.example");
    twice.signatures.authors.fields = 2;
    EXPECT_EQ(verdict(dns, twice).reply_address, ReplyAddress::unverified);
}

TEST(Authenticate, AHostOfADomainThatPublishesNothingIsProbable)
{
    DnsTable address;
    address.a("reporter.example", "192.0.2.7");
    DnsTable exchange;
    exchange.mx("reporter.example", "mx.reporter.example").a("mx.reporter.example", "192.0.2.7");
    DnsTable pointer;
    pointer.add(core::DnsType::ptr, "7.2.0.192.in-addr.arpa", "out.reporter.example")
        .a("out.reporter.example", "192.0.2.7");
    DnsTable foreign;
    foreign.a("reporter.example", "192.0.2.99")
        .add(core::DnsType::ptr, "7.2.0.192.in-addr.arpa", "out.reporter.example");
    const Message message{"ann@reporter.example"};
    EXPECT_EQ(verdict(address, message).reply_address, ReplyAddress::probable);
    EXPECT_EQ(verdict(exchange, message).reply_address, ReplyAddress::probable);
    EXPECT_EQ(verdict(pointer, message).reply_address, ReplyAddress::probable);
    EXPECT_EQ(verdict(foreign, message).reply_address, ReplyAddress::unverified);
    address.txt("reporter.example", "v=spf1 ?all");
    EXPECT_EQ(verdict(address, message).reply_address, ReplyAddress::unverified) << "it publishes something";
}

TEST(Authenticate, WithoutAReversePathThereIsNothingToVerify)
{
    DnsTable dns;
    dns.txt("mail.reporter.example", "v=spf1 ip4:192.0.2.7 -all");
    const core::Verdict bounce = verdict(dns, Message{""});
    EXPECT_EQ(bounce.reply_address, ReplyAddress::unverified);
    EXPECT_EQ(bounce.result_of("spf"), "pass") << "of the name it gave";
}

TEST(Authenticate, AClientWithoutAnAddressIsJudgedBySignaturesAlone)
{
    DnsTable dns;
    Message local{"ann@reporter.example"};
    local.envelope.client_address = "unix";
    EXPECT_EQ(verdict(dns, local).result_of("spf"), "none");
    EXPECT_EQ(verdict(dns, local.signed_by("reporter.example")).reply_address, ReplyAddress::verified);
}

TEST(Authenticate, AnInternationalDomainIsComparedInALabels)
{
    DnsTable dns;
    dns.txt("xn--bcher-kva.example", "v=spf1 ip4:192.0.2.7 -all");
    const core::Verdict proven = verdict(dns, Message{"ann@b\u00fccher.example"});
    EXPECT_EQ(proven.reply_address, ReplyAddress::verified);
    EXPECT_EQ(proven.verified_domain, "xn--bcher-kva.example");
}

}  // namespace shield::auth::test
