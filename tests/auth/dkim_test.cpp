// SPDX-License-Identifier: Apache-2.0
// Each guard of RFC 6376 section 6.1: mail that is signed well but for one thing.
#include <shield/auth/dkim.hpp>
#include <shield/auth/exchange.hpp>

#include <auth/answers.hpp>
#include <gmock/gmock.h>
#include <support/signer.hpp>

namespace shield::auth::test {

namespace {

using support::SigningKey;
using support::with_signature;
using testing::HasSubstr;

const core::Time now = core::from_unix_ms(1'795'000'000'000);
const std::string mail =
    "From: Jo <jo@example.net>\r\nTo: security@example.com\r\nSubject: A  hole\r\n\tin your wall\r\n"
    "Date: Mon, 23 Nov 2026 22:37:34 +0000\r\nMessage-ID: <1@example.net>\r\n\r\nLook  here.\r\n\r\n \r\n";

// Making them takes time.
const SigningKey& rsa()
{
    static const SigningKey key = SigningKey::rsa(2048);
    return key;
}
const SigningKey& ed25519()
{
    static const SigningKey key = SigningKey::ed25519();
    return key;
}

TextZone zone_with(std::vector<std::string> records)
{
    return {{{"s1._domainkey.example.net", std::move(records)}}};
}

TextZone zone_of(const SigningKey& key)
{
    return zone_with({"v=DKIM1; " + key.record()});
}

Finding check(const std::string& message, const TextZone& zone, core::Time time = now)
{
    const Signatures signatures = read_signatures(message, core::Limits{});
    EXPECT_FALSE(signatures.dkim.empty());
    Inquiry inquiry{10};
    return result_of(check_dkim(inquiry, signatures.dkim.at(0), time), inquiry, zone);
}

const std::string tags = "v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.net; s=s1; h=from:to; bh=;";

// Signed with Ed25519 and these tags in place of those, b= at the end.
Finding with_tags(const std::string& given, const std::string& message = mail)
{
    return check(with_signature(message, "DKIM-Signature: " + given + " b=", ed25519()), zone_of(ed25519()));
}

std::string instead(std::string from, std::string to)
{
    std::string changed = tags;
    const std::size_t place = changed.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    return changed.replace(place, from.size(), to);
}

}  // namespace

TEST(Dkim, BothAlgorithmsVerifyInEveryCanonicalForm)
{
    for (const SigningKey* key : {&rsa(), &ed25519()}) {
        for (const char* form : {"c=simple/simple;", "c=simple/relaxed;", "c=relaxed/simple;", "c=relaxed/relaxed;",
                                 "c=simple;", "c=relaxed;", ""}) {
            const std::string field = "DKIM-Signature: v=1; a=" + key->algorithm() + "; " + form +
                                      " d=example.net;\r\n\ts=s1; h=From : to:subject:\r\n date; bh=; b=";
            const Finding finding = check(with_signature(mail, field, *key), zone_of(*key));
            EXPECT_EQ(finding.result, Result::pass) << form << finding.reason;
            EXPECT_EQ(finding.domain, "example.net");
            EXPECT_EQ(finding.record, "v=DKIM1; " + key->record());
        }
    }
}

TEST(Dkim, ABareRsaPublicKeyVerifiesToo)  // RFC 6376 section 3.6.1
{
    const std::string message = with_signature(mail, support::plain_field("example.net", "s1", rsa()), rsa());
    EXPECT_EQ(check(message, zone_with({"p=" + support::to_base64(rsa().bare_public_octets())})).result,
              Result::pass);
    EXPECT_EQ(check(message, zone_with({"p=" + support::to_base64(rsa().public_octets() + "x")})).result,
              Result::permerror);
}

TEST(Dkim, WhatIsSignedCannotBeChanged)
{
    const std::string message = with_signature(mail, "DKIM-Signature: " + tags + " b=", ed25519());
    const TextZone zone = zone_of(ed25519());
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string copy = message;
        return check(copy.replace(copy.find(from), from.size(), to), zone);
    };
    EXPECT_EQ(changed("Jo <", "Jo  <").result, Result::pass) << "blanks may change in a relaxed form";
    EXPECT_EQ(changed("A  hole", "No hole").result, Result::pass) << "Subject is not signed here";
    EXPECT_EQ(changed("jo@", "eve@").result, Result::fail);
    EXPECT_EQ(changed("h=from:to", "h=from").result, Result::fail);
    EXPECT_EQ(changed("here", "there").result, Result::fail);
    EXPECT_THAT(changed("here", "there").reason, HasSubstr("The body is not the one that was signed."));
    EXPECT_EQ(changed("Look", "\r\nLook").result, Result::fail);
    EXPECT_EQ(changed("\r\n\r\n \r\n", "\r\n\r\n \r\nmore\r\n").result, Result::fail);
}

TEST(Dkim, FieldsAreTakenFromTheBottomUpAndThoseThatAreSignedToBeAbsentMustBe)
{
    const std::string twice = "To: first\r\n" + mail;
    EXPECT_EQ(with_tags(tags, twice).result, Result::pass);
    std::string message = with_signature(twice, "DKIM-Signature: " + tags + " b=", ed25519());
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string copy = message;
        return check(copy.replace(copy.find(from), from.size(), to), zone_of(ed25519())).result;
    };
    EXPECT_EQ(with("To: first", "To: other"), Result::pass) << "the upper one is not signed";
    EXPECT_EQ(with("To: security", "To: other"), Result::fail);

    message =
        with_signature(mail, "DKIM-Signature: " + instead("from:to", "from:to:to:reply-to") + " b=", ed25519());
    EXPECT_EQ(check(message, zone_of(ed25519())).result, Result::pass);
    EXPECT_EQ(with("From:", "Reply-To: x\r\nFrom:"), Result::fail);
    EXPECT_EQ(with("From:", "To: x\r\nFrom:"), Result::fail);
}

TEST(Dkim, ASignatureIsNotAmongTheFieldsThatItSigns)
{
    const std::string field = instead("from:to", "from:dkim-signature");
    const std::string once = with_signature(mail, "DKIM-Signature: " + field + " b=", ed25519());
    EXPECT_EQ(check(once, zone_of(ed25519())).result, Result::pass);
    const std::string twice = with_signature(once, "DKIM-Signature: " + field + " b=", ed25519());
    EXPECT_EQ(check(twice, zone_of(ed25519())).result, Result::pass) << "the other one is";
}

TEST(Dkim, WhatATagMustHoldItHolds)
{
    EXPECT_EQ(with_tags(tags).result, Result::pass);
    struct Case {
        std::string tags, reason;
        Result result{Result::permerror};
    };
    const std::string long_name(3000, 'x');
    std::string many_names = "from";
    for (int i = 0; i < 100; ++i) {
        many_names += ":x";
    }
    for (const Case& wrong : {
             Case{instead("v=1; ", ""), "has no v="},
             Case{instead("v=1", "v=2"), "has the version 2, not 1"},
             Case{instead("v=1", "v=1.0"), "has the version 1.0, not 1"},
             Case{instead("a=ed25519-sha256; ", ""), "has no a="},
             Case{instead("ed25519-sha256", "rsa-sha1"), "rsa-sha1 must not be verified any more"},
             Case{instead("ed25519-sha256", "x-sha256"), "The algorithm x-sha256 is not known"},
             Case{instead("d=example.net; ", ""), "has no d="},
             Case{instead("d=example.net", "d="), "has no d="},
             Case{instead("d=example.net", "d=net"), "d= is no name of a domain"},
             Case{instead("d=example.net", "d=example.net."), "d= is no name of a domain"},
             Case{instead("d=example.net", "d=exa*mple.net"), "d= is no name of a domain"},
             Case{instead("s=s1; ", ""), "has no s="},
             Case{instead("s=s1", "s=s 1"), "s= is no selector"},
             Case{instead("h=from:to; ", ""), "has no h="},
             Case{instead("h=from:to", "h="), "has no h="},
             Case{instead("h=from:to", "h=to:subject"), "From is not signed"},
             Case{instead("h=from:to", "h=xfrom:to"), "From is not signed"},
             Case{instead("from:to", many_names), "names more than 100 fields", Result::policy},
             Case{instead("bh=;", ""), "has no bh="},
             Case{instead("bh=;", "bh= ;"), "has no bh="},
             Case{instead("bh=;", "bh=QUJD;"), "bh= is no SHA-256"},
             Case{instead("bh=;", "bh=*;"), "bh= is no SHA-256"},
             Case{instead("c=relaxed/relaxed", "c=nofws"), "The canonicalization nofws is not known"},
             Case{instead("c=relaxed/relaxed", "c=relaxed/"), "The canonicalization relaxed/ is not known"},
             Case{instead("c=relaxed/relaxed", "c=Relaxed"), "The canonicalization Relaxed is not known"},
             Case{tags + " i=jo@example.com;", "i= is not at d= or below it"},
             Case{tags + " i=jo@notexample.net;", "i= is not at d= or below it"},
             Case{tags + " i=example.net;", "i= is not at d= or below it"},
             Case{tags + " q=other;", "q= knows no way to the key"},
             Case{tags + " t=x;", "t= is no time"},
             Case{tags + " t=-1;", "t= is no time"},
             Case{tags + " t=1234567890123;", "t= is no time"},
             Case{tags + " x=;", "x= is no time"},
             Case{tags + " t=1900000000; x=1900000000;", "x= is not later than t="},
             Case{tags + " l=5;", "Only the beginning of the body is signed (l=)", Result::policy},
             Case{tags + " s=s1;", "no list of tags", Result::neutral},
             Case{tags + ";", "no list of tags", Result::neutral},
             Case{tags + " n=" + long_name + long_name + long_name + ";", "longer than 8192", Result::policy},
         }) {
        const Finding finding = with_tags(wrong.tags);
        EXPECT_EQ(finding.result, wrong.result) << wrong.tags << finding.reason;
        EXPECT_THAT(finding.reason, HasSubstr(wrong.reason));
    }
}

TEST(Dkim, WhatATagMayHoldItMay)
{
    for (const std::string& fine :
         {tags + " i=@example.net;", tags + " i=jo@mail.example.net;", tags + " q=other:dns/txt;",
          tags + " t=123456789012;", tags + " t=1; x=123456789012;", tags + " unknown=1;",
          instead("d=example.net", "d=Example.NET"), instead("s=s1", "s=S1"), instead("v=1; ", "") + " v=1;"}) {
        const Finding finding = with_tags(fine);
        EXPECT_EQ(finding.result, Result::pass) << fine << finding.reason;
        EXPECT_EQ(finding.domain, "example.net");
    }
}

TEST(Dkim, BMustBeBase64OfABoundedSize)
{
    const TextZone zone = zone_of(ed25519());
    for (const std::string b : {"", " ", "*", "QUJ"}) {
        EXPECT_EQ(check("DKIM-Signature: " + tags + " b=" + b + "\r\n" + mail, zone).result, Result::permerror)
            << b;
    }
    const std::string hashed =
        "DKIM-Signature: " + tags + " bh=" + support::to_base64(std::string(32, 'x')) + "; b=";
    EXPECT_EQ(check(hashed + support::to_base64(std::string(513, 'x')) + "\r\n" + mail, zone).result,
              Result::neutral);
    const std::string message = with_signature(mail, "DKIM-Signature: " + tags + " b=", ed25519());
    const std::string shorter =
        std::string{message}.replace(message.find("b=", message.find("bh=") + 3) + 2, 4, "");
    EXPECT_EQ(check(shorter, zone).result, Result::fail) << "a signature that is too short";
}

TEST(Dkim, ASignatureExpires)
{
    const std::string message = with_signature(mail, "DKIM-Signature: " + tags + " x=1795000000; b=", ed25519());
    EXPECT_EQ(check(message, zone_of(ed25519()), core::from_unix_ms(1'795'000'000'000)).result, Result::pass);
    const Finding late = check(message, zone_of(ed25519()), core::from_unix_ms(1'795'000'000'001));
    EXPECT_EQ(late.result, Result::fail);
    EXPECT_EQ(late.reason, "The signature expired at 2026-11-18T11:06:40Z.");
}

TEST(Dkim, RsaKeysHave1024To4096Bits)  // RFC 8301 section 3.2
{
    for (const auto& [bits, result] :
         {std::pair{1023U, Result::policy}, {1024U, Result::pass}, {4096U, Result::pass}}) {
        const SigningKey key = SigningKey::rsa(bits);
        const Finding finding =
            check(with_signature(mail, support::plain_field("example.net", "s1", key), key), zone_of(key));
        EXPECT_EQ(finding.result, result) << bits << finding.reason;
    }
}

TEST(Dkim, AnRsaKeyWithAnExponentThatCostsMuchIsNotUsed)
{
    // Only its size is looked at: 1024 bits, and an exponent of 33.
    const std::string modulus = std::string{"\xc0"} + std::string(126, 'x') + "\x01";
    const std::string integers =
        std::string{"\x02\x81\x81\x00", 4} + modulus + std::string{"\x02\x05\x01\x00\x00\x00\x01", 7};
    const std::string der = std::string{"\x30\x81\x8b"} + integers;
    const std::string message = with_signature(mail, support::plain_field("example.net", "s1", rsa()), rsa());
    const Finding finding = check(message, zone_with({"p=" + support::to_base64(der)}));
    EXPECT_EQ(finding.result, Result::policy) << finding.reason;
    EXPECT_THAT(finding.reason, testing::HasSubstr("exponent"));
}

TEST(Dkim, ANameThatNoFieldCanHaveIsNoSignature)
{
    const std::string long_name(1500, 'x');
    const std::string message =
        "DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=s1; bh=AAAA; b=AAAA; h=from:" + long_name + "\r\n" +
        std::string{mail};
    const Signatures signatures = read_signatures(message, {});
    EXPECT_EQ(signatures.dkim.at(0).result, Result::permerror);
    EXPECT_TRUE(signatures_in(to_octets(signatures), {})) << "whoever reads it is believed";
}

TEST(Dkim, AnRsaKeyOfMoreThan4096BitsIsNotUsed)
{
    // Making one takes seconds. Only its size is looked at: 4104 bits, which any odd number has.
    const std::string modulus = std::string{"\xc0"} + std::string(511, 'x') + "\x01";
    const std::string integer =
        std::string{"\x02\x82\x02\x02\x00", 5} + modulus + std::string{"\x02\x03\x01\x00\x01", 5};
    const std::string der = std::string{"\x30\x82\x02\x0b", 4} + integer;
    const std::string message = with_signature(mail, support::plain_field("example.net", "s1", rsa()), rsa());
    const Finding finding = check(message, zone_with({"p=" + support::to_base64(der)}));
    EXPECT_EQ(finding.result, Result::policy) << finding.reason;
    EXPECT_EQ(finding.reason, "The key has 4104 bits, not 1024 to 4096.");
}

TEST(Dkim, TheKeyMustBeOfTheSignaturesTypeAndWellFormed)
{
    const std::string message = with_signature(mail, support::plain_field("example.net", "s1", rsa()), rsa());
    EXPECT_THAT(check(message, zone_of(ed25519())).reason, HasSubstr("another type"));
    EXPECT_EQ(check(message, zone_of(ed25519())).result, Result::permerror);
    EXPECT_EQ(check(message, zone_with({"k=rsa; p=QUJD"})).result, Result::permerror);
    // An Ed25519 key that says it is RSA's.
    const std::string foreign = std::string{"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12};
    EXPECT_EQ(check(message, zone_with({"p=" + support::to_base64(foreign + ed25519().public_octets())})).result,
              Result::permerror);
    const std::string other = with_signature(mail, "DKIM-Signature: " + tags + " b=", ed25519());
    EXPECT_EQ(check(other, zone_with({"k=ed25519; p=QUJD"})).reason, "The key is no Ed25519 key (p=).");
    EXPECT_EQ(check(other, zone_of(SigningKey::ed25519())).result, Result::fail);
}

TEST(Dkim, AnIdentityBelowTheDomainIsRefusedByAStrictKey)
{
    const TextZone strict = zone_with({"v=DKIM1; t=s; " + ed25519().record()});
    const auto signed_by = [&](const std::string& identity) {
        return check(with_signature(mail, "DKIM-Signature: " + tags + " i=" + identity + "; b=", ed25519()),
                     strict);
    };
    EXPECT_EQ(signed_by("jo@example.net").result, Result::pass);
    EXPECT_EQ(signed_by("jo@sub.example.net").result, Result::permerror);
}

TEST(Dkim, AKeyThatIsOnlyTestedVouchesForNothing)
{
    const std::string message = with_signature(mail, "DKIM-Signature: " + tags + " b=", ed25519());
    const Finding finding = check(message, zone_with({"v=DKIM1; t=y; " + ed25519().record()}));
    EXPECT_EQ(finding.result, Result::neutral);
    EXPECT_THAT(finding.reason, HasSubstr("The signature holds. The domain only tests DKIM (t=y)"));
}

TEST(Dkim, OfSeveralRecordsTheOneThatVerifiesCounts)  // RFC 6376 section 6.1.2
{
    const std::string message = with_signature(mail, "DKIM-Signature: " + tags + " b=", ed25519());
    const std::string good = "v=DKIM1; " + ed25519().record();
    const std::string other = "v=DKIM1; " + SigningKey::ed25519().record();
    EXPECT_EQ(check(message, zone_with({"v=spf1 -all", other, good})).record, good);
    EXPECT_EQ(check(message, zone_with({"v=spf1 -all", other, good})).result, Result::pass);
    const Finding failed = check(message, zone_with({"v=spf1 -all", other}));
    EXPECT_EQ(failed.result, Result::fail) << "the key tells more than what is none";
    EXPECT_EQ(failed.record, other);
    EXPECT_EQ(check(message, zone_with({other, other, other, other, good})).result, Result::fail)
        << "not more than four are tried";
}

TEST(Dkim, WithoutAKeyItSaysWhy)
{
    const std::string message = with_signature(mail, "DKIM-Signature: " + tags + " b=", ed25519());
    const Finding missing = check(message, {});
    EXPECT_EQ(missing.result, Result::permerror);
    EXPECT_EQ(missing.reason, "No key at s1._domainkey.example.net: there is no such record.");
    const Finding failed = check(message, zone_with({"(failed)"}));
    EXPECT_EQ(failed.result, Result::temperror);
    EXPECT_EQ(failed.reason, "No key at s1._domainkey.example.net: SERVFAIL.");
    EXPECT_EQ(check(message, zone_with({"v=DKIM1; p="})).reason, "The key has been revoked (p= is empty).");
    EXPECT_EQ(check(message, zone_with({"v=DKIM1; p="})).result, Result::permerror);
}

TEST(Dkim, WhatTheMessageAloneDecidesAsksNothing)
{
    Inquiry inquiry{10};
    const Signatures signatures = read_signatures("DKIM-Signature: v=1\r\n" + mail, core::Limits{});
    EXPECT_EQ(result_of(check_dkim(inquiry, signatures.dkim.at(0), now), inquiry, {}).result, Result::permerror);
    EXPECT_EQ(inquiry.questions(), 0U);
}

TEST(Dkim, ANameThatIsTooLongToBeAskedForIsNotThere)
{
    std::string selector = std::string(60, 'a');
    for (int i = 0; i < 3; ++i) {
        selector += "." + std::string(60, 'a');
    }
    const Finding finding = with_tags(instead("s=s1", "s=" + selector));
    EXPECT_EQ(finding.result, Result::permerror);
    EXPECT_THAT(finding.reason, HasSubstr("there is no such record"));
}

TEST(Dkim, SeveralFromFieldsNeverAuthenticate)
{
    const std::string message =
        "From: eve@evil.example\r\n" + with_signature(mail, "DKIM-Signature: " + tags + " b=", ed25519());
    const Finding finding = check(message, zone_of(ed25519()));
    EXPECT_EQ(finding.result, Result::policy);
    EXPECT_EQ(finding.reason, "The message has 2 From fields, not one.");
    const std::string none = mail.substr(mail.find("To:"));
    EXPECT_EQ(with_tags(tags, none).result, Result::policy);
}

TEST(Dkim, ADomainInUnicodeIsAskedForInALabels)  // RFC 8616 section 5
{
    const std::string field = instead("d=example.net",
                                      "d=b\xc3\xbc"
                                      "cher.example");
    const std::string message = with_signature(mail, "DKIM-Signature: " + field + " b=", ed25519());
    const Finding finding =
        check(message, {{{"s1._domainkey.xn--bcher-kva.example", {"v=DKIM1; " + ed25519().record()}}}});
    EXPECT_EQ(finding.result, Result::pass) << finding.reason;
    EXPECT_EQ(finding.domain, "xn--bcher-kva.example");
}

}  // namespace shield::auth::test
