// SPDX-License-Identifier: Apache-2.0
#include <shield/core/ascii.hpp>
#include <shield/core/token.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

const TokenKey key_3{3, std::string(32, 'k')};
const TokenKeys only_key_3 = [](unsigned id) { return id == 3 ? std::optional{key_3} : std::nullopt; };
const Reference reference = *Reference::parse("SR-7F3K-92QX");

TEST(Token, NamesItsCase)
{
    const std::string token = make_token(key_3, reference);
    EXPECT_EQ(token.size(), 25U);
    EXPECT_EQ(token, lowered(token));
    EXPECT_EQ(verify_token(token, only_key_3), reference);
}

TEST(Token, SurvivesASystemThatChangesCase)
{
    std::string token = make_token(key_3, reference);
    for (char& c : token) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    EXPECT_EQ(verify_token(token, only_key_3), reference);
}

TEST(Token, AnyCharacterChangedBreaksIt)
{
    const std::string token = make_token(key_3, reference);
    for (std::size_t i = 0; i < token.size(); ++i) {
        for (const char c : std::string_view{"abcdefghijklmnopqrstuvwxyz234567-@ 01"}) {
            std::string forged = token;
            forged[i] = c;
            if (forged != token) {
                EXPECT_FALSE(verify_token(forged, only_key_3)) << forged;
            }
        }
    }
    EXPECT_FALSE(verify_token(token.substr(1), only_key_3));
    EXPECT_FALSE(verify_token(token + "a", only_key_3));
    EXPECT_FALSE(verify_token("", only_key_3));
}

TEST(Token, AnotherKeyOrSecretDoesNotVerify)
{
    EXPECT_FALSE(verify_token(make_token({4, key_3.secret}, reference), only_key_3));
    EXPECT_FALSE(verify_token(make_token({3, std::string(32, 'x')}, reference), only_key_3));
}

TEST(Token, TravelsInOurMessageIds)
{
    const std::string token = make_token(key_3, reference);
    const std::string id = make_message_id(token, "q3w8", "mx.example.com");
    EXPECT_EQ(id, "<" + token + ".q3w8@mx.example.com>");
    EXPECT_EQ(token_in_message_id(id, "MX.example.com"), token);
}

TEST(Token, MessageIdsOfOthersHaveNone)
{
    for (const auto* id :
         {"", "<>", "<a@mx.example.com>", "<a.b@mx.example.com>", "aaaaaaaaaaaaaaaaaaaaaaaaa.b@mx.example.com",
          "<aaaaaaaaaaaaaaaaaaaaaaaaa@x.mx.example.com>", "<aaaaaaaaaaaaaaaaaaaaaaaaa.b@mx.example.net>",
          "<aaaaaaaaaaaaaaaaaaaaaaaaa@mx.example.com>"}) {
        EXPECT_FALSE(token_in_message_id(id, "mx.example.com")) << id;
    }
}

}  // namespace
}  // namespace shield::core
