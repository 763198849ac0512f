// SPDX-License-Identifier: Apache-2.0
#include <shield/auth/signatures.hpp>

#include <gmock/gmock.h>
#include <support/signer.hpp>

namespace shield::auth::test {

namespace {

using support::SigningKey;

const std::string mail = "From: Jo <jo@example.net>\r\nTo: security@example.com\r\n\r\nLook here.\r\n";

std::string signed_mail(const std::string& message = mail)
{
    static const SigningKey key = SigningKey::ed25519();
    return support::with_signature(message, support::plain_field("example.net", "s1", key), key);
}

std::string repeated(const std::string& text, int count)
{
    std::string all;
    for (int i = 0; i < count; ++i) {
        all += text;
    }
    return all;
}

}  // namespace

TEST(Signatures, AllThatVerifyingNeedsIsRead)
{
    const Signatures signatures = read_signatures(signed_mail(), core::Limits{});
    ASSERT_EQ(signatures.dkim.size(), 1U);
    const Signature& signature = signatures.dkim[0];
    EXPECT_EQ(signature.result, Result::none) << signature.reason;
    EXPECT_EQ(signature.domain, "example.net");
    EXPECT_EQ(signature.selector, "s1");
    EXPECT_EQ(signature.identity_domain, "example.net");
    EXPECT_EQ(signature.algorithm, SignatureAlgorithm::ed25519_sha256);
    EXPECT_EQ(signature.header_canonicalization, Canonicalization::relaxed);
    EXPECT_EQ(signature.octets.size(), 64U);
    EXPECT_THAT(signature.names, testing::ElementsAre("from", "to", "subject", "date", "message-id"));
    EXPECT_FALSE(signature.body_length || signature.signed_at || signature.expires_at);
    EXPECT_EQ(signatures.header_defect, "");
    EXPECT_EQ(signatures.arc_defect, "");
}

TEST(Signatures, EightAreReadInOrderAndTheOthersCounted)
{
    std::string message = mail;
    for (int i = 11; i > 0; --i) {
        message = "DKIM-Signature: v=1; d=d" + std::to_string(i) + ".example; s=s\r\n" + message;
    }
    const Signatures signatures = read_signatures(message, core::Limits{});
    ASSERT_EQ(signatures.dkim.size(), dkim_signatures_max);
    EXPECT_EQ(signatures.dkim.front().domain, "d1.example");
    EXPECT_EQ(signatures.dkim.back().domain, "d8.example");
    EXPECT_EQ(signatures.dkim_left_out, 3U);
}

TEST(Signatures, AHeaderThatOthersMayReadDifferentlyIsNotVerified)
{
    core::Limits limits;
    for (const std::string& message : {signed_mail("no field\r\n" + mail), signed_mail("X: a\nb\r\n" + mail),
                                       signed_mail("X: a\rb\r\n" + mail)}) {
        const Signatures signatures = read_signatures(message, limits);
        EXPECT_NE(signatures.header_defect, "");
        EXPECT_EQ(signatures.dkim.at(0).result, Result::policy);
        EXPECT_EQ(signatures.dkim.at(0).reason, signatures.header_defect);
        EXPECT_EQ(signatures.authors.only_domain(), std::nullopt);
    }
    const std::string with_more = repeated("X: y\r\n", 5) + signed_mail();
    EXPECT_EQ(read_signatures(with_more, limits).header_defect, "");
    limits.header_fields_max = 7;
    EXPECT_THAT(read_signatures(with_more, limits).header_defect, testing::HasSubstr("(header_fields_max)"));
    limits = {};
    limits.header_block_max = signed_mail().size() - 20;
    EXPECT_THAT(read_signatures(with_more, limits).header_defect, testing::HasSubstr("(header_block_max)"));
}

TEST(Signatures, AHeaderThatEndsExactlyAtTheBoundIsRead)
{
    core::Limits limits;
    const std::string header = "From: jo@example.net\r\n\r\n";
    limits.header_block_max = header.size();
    EXPECT_EQ(read_signatures(header + "body", limits).header_defect, "");
    limits.header_block_max = header.size() - 3;
    EXPECT_NE(read_signatures(header + "body", limits).header_defect, "");
}

TEST(Signatures, AMessageMayHaveNoBodyOrNothingAtAll)
{
    EXPECT_EQ(read_signatures("", core::Limits{}), Signatures{});
    EXPECT_EQ(read_signatures("From: jo@example.net", core::Limits{}).authors.only_domain(), "example.net");
    EXPECT_EQ(read_signatures("From: jo@example.net\r\n", core::Limits{}).authors.only_domain(), "example.net");
    EXPECT_EQ(read_signatures("\r\nFrom: jo@example.net\r\n", core::Limits{}).authors.fields, 0U);
}

}  // namespace shield::auth::test
