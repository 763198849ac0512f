// SPDX-License-Identifier: Apache-2.0
#include "transfer_encoding.hpp"

#include <gtest/gtest.h>

namespace shield::mime {
namespace {

TEST(TransferEncoding, NamesAreReadInAnyCaseWithCommentsAndQuotes)
{
    EXPECT_EQ(parse_transfer_encoding(" BASE64 (why not)"), TransferEncoding::base64);
    EXPECT_EQ(parse_transfer_encoding("\"quoted-printable\";x"), TransferEncoding::quoted_printable);
    EXPECT_EQ(parse_transfer_encoding("8bit"), TransferEncoding::identity);
    EXPECT_EQ(parse_transfer_encoding(""), TransferEncoding::identity);
    EXPECT_EQ(parse_transfer_encoding("x-uuencode"), TransferEncoding::unknown);
}

TEST(Base64, DecodesEveryLengthOfTheLastGroup)
{
    EXPECT_EQ(decode_base64("").octets, "");
    EXPECT_EQ(decode_base64("Zg==").octets, "f");
    EXPECT_EQ(decode_base64("Zm8=").octets, "fo");
    EXPECT_EQ(decode_base64("Zm9v").octets, "foo");
    EXPECT_EQ(decode_base64("Zm9vYg").octets, "foob");  // padding forgotten
    EXPECT_TRUE(decode_base64("Zm9vYg").valid);
}

TEST(Base64, EveryOctetIsTakenWithoutHarm)
{
    std::string all;
    for (int c = 0; c < 256; ++c) {
        all += static_cast<char>(c);
    }
    EXPECT_FALSE(decode_base64(all).valid);
}

TEST(Base64, NoiseIsSkippedAndTold)
{
    const Decoded decoded = decode_base64("SGVsbG8sIHdvcmxkISBI*ZWxsbyEgSGVsbG8h");
    EXPECT_EQ(decoded.octets, "Hello, world! Hello! Hello!");
    EXPECT_FALSE(decoded.valid);
}

TEST(Base64, GoesOnBehindPadding)
{
    EXPECT_EQ(decode_base64("Zm8=\r\nYmFy").octets, "fobar");
}

TEST(Base64, OneCharacterTooManyIsToldAndDropped)
{
    EXPECT_EQ(decode_base64("Zm9vY").octets, "foo");
    EXPECT_FALSE(decode_base64("Zm9vY").valid);
}

TEST(Base64, TextThatOnlyClaimsToBeBase64StaysReadable)
{
    EXPECT_EQ(decode_base64("Help! My account, it's gone... (really)").octets,
              "Help! My account, it's gone... (really)");
}

TEST(QuotedPrintable, DecodesEscapesAndSoftBreaks)
{
    EXPECT_EQ(decode_quoted_printable("caf=C3=A9 =\r\nau lait=3d\r\n").octets, "caf\xc3\xa9 au lait=\r\n");
    EXPECT_EQ(decode_quoted_printable("a=  \nb").octets, "ab");  // blanks behind a soft break
}

TEST(QuotedPrintable, BlanksBeforeALineEndAreTransportPadding)
{
    EXPECT_EQ(decode_quoted_printable("a \t\r\nb").octets, "a\r\nb");
}

TEST(QuotedPrintable, WhatIsNoEscapeStaysAndIsTold)
{
    const Decoded decoded = decode_quoted_printable("1=1 =ZZ =");
    EXPECT_EQ(decoded.octets, "1=1 =ZZ ");
    EXPECT_FALSE(decoded.valid);
}

TEST(QEncoding, UnderscoreIsASpace)
{
    EXPECT_EQ(decode_q("a_b=5F=e4"), "a b_\xe4");
}

}  // namespace
}  // namespace shield::mime
