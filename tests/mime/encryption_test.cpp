// SPDX-License-Identifier: Apache-2.0
#include "encryption.hpp"

#include <gtest/gtest.h>

namespace shield::mime {
namespace {

core::Encryption encryption(std::string_view octets, std::string_view text = {})
{
    Defects defects;
    return encryption_of(parse(octets, core::Limits{}, defects), text);
}

TEST(Encryption, ArmorCountsAtTheBeginningOfALine)
{
    EXPECT_EQ(encryption("\r\n", "hi\n-----BEGIN PGP MESSAGE-----\n"), core::Encryption::pgp_inline);
    EXPECT_EQ(encryption("\r\n", "> -----BEGIN PGP MESSAGE-----\n"), core::Encryption::none);
    EXPECT_EQ(encryption("\r\n", "-----BEGIN PGP SIGNED MESSAGE-----\n"), core::Encryption::none);
}

TEST(Encryption, PgpMimeAlsoWhenAnExchangeServerMadeItMixed)
{
    EXPECT_EQ(encryption("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
                         "application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b--\r\n"),
              core::Encryption::pgp_mime);
}

TEST(Encryption, SmimeTypesTellEncryptedFromSigned)
{
    const auto typed = [](const std::string& type) {
        return encryption("Content-Type: application/pkcs7-mime" + type + "\r\n\r\n");
    };
    EXPECT_EQ(typed("; smime-type=enveloped-data"), core::Encryption::smime);
    EXPECT_EQ(typed("; smime-type=authEnveloped-data"), core::Encryption::smime);
    EXPECT_EQ(typed(""), core::Encryption::smime);
    EXPECT_EQ(typed("; smime-type=signed-data"), core::Encryption::none);
    EXPECT_EQ(typed("; smime-type=certs-only"), core::Encryption::none);
}

}  // namespace
}  // namespace shield::mime
