// SPDX-License-Identifier: Apache-2.0
#include "language.hpp"

#include <gtest/gtest.h>

namespace shield::mime {
namespace {

TEST(Language, TheFirstTagCounts)
{
    EXPECT_EQ(first_language("de-AT, en;q=0.5"), "de");
    EXPECT_EQ(first_language(" EN "), "en");
    EXPECT_EQ(first_language("*"), "");
    EXPECT_EQ(first_language("haw"), "");
    EXPECT_EQ(first_language(""), "");
}

TEST(Language, ScriptsTell)
{
    EXPECT_EQ(guess_language("我的账户被盗了，请帮助我 http://example.com"), "zh");
    EXPECT_EQ(guess_language("アカウントが乗っ取られました"), "ja");
    EXPECT_EQ(guess_language("내 계정이 해킹당했습니다"), "ko");
    EXPECT_EQ(guess_language("Мой аккаунт взломали"), "ru");
    EXPECT_EQ(guess_language("تم اختراق حسابي"), "ar");
    EXPECT_EQ(guess_language("החשבון שלי נפרץ"), "he");
    EXPECT_EQ(guess_language("Ο λογαριασμός μου παραβιάστηκε"), "el");
    EXPECT_EQ(guess_language("บัญชีของฉันถูกแฮ็ก"), "th");
    EXPECT_EQ(guess_language("मेरा खाता हैक हो गया"), "hi");
}

TEST(Language, SmallWordsVote)
{
    EXPECT_EQ(guess_language("Mein Konto wurde gehackt und ich kann mich nicht mehr anmelden"), "de");
    EXPECT_EQ(guess_language("Mon compte est piraté et je ne peux pas me connecter avec le mot de passe"), "fr");
    EXPECT_EQ(guess_language("Hola, han entrado en mi cuenta y no puedo acceder con la contraseña, por favor"),
              "es");
    EXPECT_EQ(guess_language("Minha conta foi invadida e não consigo entrar com a senha, por favor"), "pt");
    EXPECT_EQ(guess_language("Il mio account è stato violato e non riesco ad accedere con la password"), "it");
    EXPECT_EQ(guess_language("Mijn account is gehackt en ik kan niet meer inloggen met het wachtwoord"), "nl");
    EXPECT_EQ(guess_language("my account has been hacked and I can not log in"), "en");
}

TEST(Language, WithoutAnythingItIsEnglish)
{
    EXPECT_EQ(guess_language(""), "en");
    EXPECT_EQ(guess_language("12345 !!! https://example.com/"), "en");
    EXPECT_EQ(guess_language("Greetings from Łódź"), "en");
}

}  // namespace
}  // namespace shield::mime
