// SPDX-License-Identifier: Apache-2.0
#include "key_record.hpp"

#include <gmock/gmock.h>

namespace shield::auth::test {

namespace {

std::string refused(const std::string& record)
{
    const KeyRecord key = parse_key_record(record);
    EXPECT_TRUE(key.result == Result::none || key.result == Result::permerror);
    return key.reason;
}

}  // namespace

TEST(KeyRecord, AllOfItIsRead)
{
    const KeyRecord key = parse_key_record(
        "v=DKIM1; h=sha1 : sha256 ; k=ed25519;n=words for people; s=other:email; t = y : s; x=unknown; p=QU JD");
    EXPECT_EQ(key.result, Result::none);
    EXPECT_EQ(key.algorithm, SignatureAlgorithm::ed25519_sha256);
    EXPECT_EQ(key.key, "ABC");
    EXPECT_TRUE(key.testing);
    EXPECT_TRUE(key.strict);
    const KeyRecord smallest = parse_key_record("p=QUJD");
    EXPECT_EQ(smallest.result, Result::none);
    EXPECT_EQ(smallest.algorithm, SignatureAlgorithm::rsa_sha256);
    EXPECT_FALSE(smallest.testing || smallest.strict);
    EXPECT_EQ(refused("v=DKIM1; s=*; p=QUJD"), "");
}

TEST(KeyRecord, WhatIsOfNoUseSaysWhy)  // RFC 6376 sections 3.6.1 and 6.1.2
{
    const std::string no_key = "The record under the selector is no DKIM1 key.";
    EXPECT_EQ(refused("v=DKIM2; p=QUJD"), no_key);
    EXPECT_EQ(refused("v=dkim1; p=QUJD"), no_key);
    EXPECT_EQ(refused("k=rsa; v=DKIM1; p=QUJD"), no_key) << "v= comes first";
    EXPECT_EQ(refused("v=spf1 -all"), no_key);
    EXPECT_EQ(refused("some words"), "The record under the selector is no list of tags.");
    EXPECT_EQ(refused("v=DKIM1; p=QUJD; p=QUJD"), "The record under the selector is no list of tags.");
    EXPECT_EQ(refused("v=DKIM1; h=sha1; p=QUJD"), "The key is not for SHA-256 (h=).");
    EXPECT_EQ(refused("v=DKIM1; s=other; p=QUJD"), "The key is not for mail (s=).");
    EXPECT_EQ(refused("v=DKIM1; k=rsa"), "The record under the selector has no key (p=).");
    EXPECT_EQ(refused("v=DKIM1; p="), "The key has been revoked (p= is empty).");
    EXPECT_EQ(refused("v=DKIM1; p= "), "The key has been revoked (p= is empty).");
    EXPECT_EQ(refused("v=DKIM1; k=dsa; p=QUJD"), "The type of the key is not known (k=).");
    EXPECT_EQ(refused("v=DKIM1; p=*"), "The key is no base64 (p=).");
}

TEST(KeyRecord, OneLongerThan4096OctetsIsRefused)
{
    const std::string record = "v=DKIM1; p=QUJD; n=";
    EXPECT_EQ(refused(record + std::string(4096 - record.size(), 'x')), "");
    EXPECT_EQ(refused(record + std::string(4097 - record.size(), 'x')),
              "The key record is longer than 4096 octets.");
}

}  // namespace shield::auth::test
