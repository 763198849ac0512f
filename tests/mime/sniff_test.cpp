// SPDX-License-Identifier: Apache-2.0
#include "sniff.hpp"

#include <gtest/gtest.h>

#include <string>

namespace shield::mime {
namespace {

using namespace std::string_literals;

TEST(Sniff, FilesAreWhatTheirFirstOctetsSay)
{
    EXPECT_EQ(sniff("%PDF-1.7 x"), "application/pdf");
    EXPECT_EQ(sniff("\x89PNG\r\n\x1a\n...."), "image/png");
    EXPECT_EQ(sniff("\xff\xd8\xff\xe0...."), "image/jpeg");
    EXPECT_EQ(sniff("RIFF....WEBPVP8 "), "image/webp");
    EXPECT_EQ(sniff("....ftypisom"), "video/mp4");
    EXPECT_EQ(sniff("\x1f\x8b\x08"), "application/gzip");
    EXPECT_EQ(sniff("Rar!\x1a\x07\x01"), "application/vnd.rar");
    EXPECT_EQ(sniff("7z\xbc\xaf\x27\x1c.."), "application/x-7z-compressed");
    EXPECT_EQ(sniff("\x7f"
                    "ELF\x02"),
              "application/x-elf");
    EXPECT_EQ(sniff("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1.."), "application/x-ole-storage");
    EXPECT_EQ(sniff("-----BEGIN PGP MESSAGE-----\n"), "application/pgp-encrypted");
}

TEST(Sniff, AZipIsWhatItHolds)
{
    const std::string zip = "PK\x03\x04" + std::string(26, '.');
    EXPECT_EQ(sniff(zip + "readme.txt"), "application/zip");
    EXPECT_EQ(sniff(zip + "[Content_Types].xml....word/document.xml"),
              "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    EXPECT_EQ(sniff(zip + "META-INF/MANIFEST.MF"), "application/java-archive");
}

TEST(Sniff, AProgramNeedsMoreThanTwoLetters)
{
    EXPECT_EQ(sniff("MZ is how this text begins, and it goes on for more than sixty-four octets of text"), "");
    std::string program = "MZ" + std::string(58, '\0') + "\x40\0\0\0"s;
    EXPECT_EQ(sniff(program + "PE\0\0"s), "application/vnd.microsoft.portable-executable");
    EXPECT_EQ(sniff(program + "no"), "");
    EXPECT_EQ(sniff("MZ short"), "");
}

TEST(Sniff, MarkupIsFoundBehindBlanksAndByteOrderMarks)
{
    EXPECT_EQ(sniff("\xef\xbb\xbf \n<!DOCTYPE HTML><p>"), "text/html");
    EXPECT_EQ(sniff("<?xml version='1.0'?><svg/>"), "image/svg+xml");
    EXPECT_EQ(sniff("<?xml version='1.0'?><feedback/>"), "text/xml");
}

TEST(Sniff, TextAndNothingAreUnknown)
{
    EXPECT_EQ(sniff(""), "");
    EXPECT_EQ(sniff("Hello"), "");
}

}  // namespace
}  // namespace shield::mime
