// SPDX-License-Identifier: Apache-2.0
#include <shield/auth/exchange.hpp>

#include <gmock/gmock.h>

namespace shield::auth::test {

namespace {

/// With something in every member.
Signatures everything()
{
    Signature signature;
    signature.result = Result::policy;
    signature.reason = "l= is not trusted";
    signature.domain = "reporter.example";
    signature.selector = "s1";
    signature.identity_domain = "mail.reporter.example";
    signature.algorithm = SignatureAlgorithm::ed25519_sha256;
    signature.header_canonicalization = Canonicalization::relaxed;
    signature.body_canonicalization = Canonicalization::relaxed;
    signature.signed_at = 1;
    signature.expires_at = UINT64_MAX;
    signature.body_length = true;
    signature.names = {"from", "sub\xffject"};
    signature.octets = std::string{"\x00\xff", 2};
    signature.header_digest = core::sha256("x");
    Signatures all;
    all.dkim = {signature, {}};
    all.dkim_left_out = 7;
    all.arc = {{"mx.example; spf=pass", signature, {}, "pass"}};
    all.arc_defect = "a sentence";
    all.authors = {2, {"reporter.example", "other.example"}, false};
    all.header_defect = "another one";
    return all;
}

bool believed(const Signatures& signatures)
{
    return signatures_in(to_octets(signatures), {}).has_value();
}

}  // namespace

TEST(SignaturesExchange, WhatGoesInComesOut)
{
    for (const Signatures& signatures : {Signatures{}, everything()}) {
        const auto read = signatures_in(to_octets(signatures), {});
        ASSERT_TRUE(read) << read.error().sentence;
        EXPECT_EQ(*read, signatures);
    }
}

TEST(SignaturesExchange, NothingShorterOrLongerIsBelieved)
{
    const std::string whole = to_octets(everything());
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_FALSE(signatures_in(whole.substr(0, length), {})) << length;
    }
    EXPECT_THAT(signatures_in(whole + "x", {}).error().sentence, testing::HasSubstr("size"));
    EXPECT_LE(whole.size(), signatures_size_max({}));
}

TEST(SignaturesExchange, WhatCannotBeIsNotBelieved)
{
    auto odd = everything();
    odd.dkim[0].domain = "a..b";
    EXPECT_FALSE(believed(odd));
    odd = everything();
    odd.arc[0].seal.selector = std::string(64, 'x');
    EXPECT_FALSE(believed(odd));
    odd = everything();
    odd.authors.domains[1] = "UPPER.example";
    EXPECT_FALSE(believed(odd));
    odd = everything();
    odd.dkim.resize(dkim_signatures_max + 1);
    EXPECT_FALSE(believed(odd));
    odd = everything();
    odd.arc.resize(arc_sets_max + 1);
    EXPECT_FALSE(believed(odd));
    odd = everything();
    odd.dkim[0].octets = std::string(513, 'x');
    EXPECT_FALSE(believed(odd));
    odd = everything();
    odd.dkim[0].reason = "\xff";
    EXPECT_FALSE(believed(odd));
    odd = everything();
    odd.dkim_left_out = core::Limits{}.header_fields_max + 1;
    EXPECT_FALSE(believed(odd));
}

}  // namespace shield::auth::test
