// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace shield::smtp {

namespace {

TEST(CommandGrammar, KnowsVerbsInAnyCase)
{
    EXPECT_EQ(parse_command("EHLO host").verb, Verb::ehlo);
    EXPECT_EQ(parse_command("eHlO host").verb, Verb::ehlo);
    EXPECT_EQ(parse_command("starttls").verb, Verb::starttls);
    EXPECT_EQ(parse_command("GET / HTTP/1.1").verb, Verb::http);
    EXPECT_EQ(parse_command("EHLOX").verb, Verb::unknown);
    EXPECT_EQ(parse_command("EHL").verb, Verb::unknown);
    EXPECT_EQ(parse_command("").verb, Verb::unknown);
    EXPECT_EQ(parse_command(" QUIT").verb, Verb::unknown);
    EXPECT_EQ(parse_command("MAIL\tFROM:<>").verb, Verb::unknown);
}

TEST(CommandGrammar, TakesTheArgumentWithoutBlanksAroundIt)
{
    EXPECT_EQ(parse_command("NOOP").argument, "");
    EXPECT_EQ(parse_command("NOOP   ").argument, "");
    EXPECT_EQ(parse_command("NOOP  a b  ").argument, "a b");
}

TEST(CommandGrammar, SeesControlCharacters)
{
    EXPECT_FALSE(has_control_character("MAIL FROM:<zo\xc3\xab@x> "));
    for (const std::string_view line :
         {std::string_view{"a\0b", 3}, std::string_view{"\t"}, std::string_view{"\x1b"}, std::string_view{"\x7f"},
          std::string_view{"\r"}}) {
        EXPECT_TRUE(has_control_character(line));
    }
}

TEST(CommandGrammar, TakesPrintableHostNames)
{
    for (const std::string name : {"mail.example.org", "[192.0.2.1]", "[IPv6:2001:db8::1]", "under_score", "-"}) {
        ASSERT_TRUE(parse_hello_name(name)) << name;
        EXPECT_EQ(*parse_hello_name(name), name);
    }
    EXPECT_TRUE(parse_hello_name(std::string(255, 'a')));
    for (const std::string& name :
         {std::string{}, std::string{"two words"}, std::string(256, 'a'), std::string{"z\xc3\xab"}}) {
        ASSERT_FALSE(parse_hello_name(name)) << name;
        EXPECT_EQ(parse_hello_name(name).error(), reply::bad_hello);
    }
}

struct Sender {
    std::string_view argument;
    std::string_view reverse_path;
};
class TakenSenders : public testing::TestWithParam<Sender> {};

TEST_P(TakenSenders, AreKeptAsWritten)
{
    const auto mail = parse_mail(GetParam().argument);
    ASSERT_TRUE(mail) << GetParam().argument << ": " << mail.error().line;
    EXPECT_EQ(mail->reverse_path, GetParam().reverse_path);
}

INSTANTIATE_TEST_SUITE_P(Plain, TakenSenders,
                         testing::Values(Sender{"FROM:<a@b.example>", "a@b.example"}, Sender{"FROM:<>", ""},
                                         Sender{"FROM:<Ada.L@B.Example>", "Ada.L@b.example"},
                                         Sender{"from:<a@[192.0.2.1]>", "a@[192.0.2.1]"}));
INSTANTIATE_TEST_SUITE_P(Harmless, TakenSenders,
                         testing::Values(Sender{"FROM: <a@b.example>", "a@b.example"}, Sender{"FROM:   <>", ""},
                                         Sender{"FROM:<a..b@c.example>", "a..b@c.example"},
                                         Sender{"FROM:<a.@c.example>", "a.@c.example"},
                                         Sender{"FROM:<!#$%&'*/=?^`{|}~@c.example>", "!#$%&'*/=?^`{|}~@c.example"},
                                         Sender{"FROM:<a@b@c.example>", "a@b@c.example"}));
// RFC 5321 appendix C: source routes are taken off.
INSTANTIATE_TEST_SUITE_P(SourceRoutes, TakenSenders,
                         testing::Values(Sender{"FROM:<@r.example:a@b.example>", "a@b.example"},
                                         Sender{"FROM:<@r.example,@s.example:a@b.example>", "a@b.example"}));
// What stands in quotes ends neither the path nor the address.
INSTANTIATE_TEST_SUITE_P(Quoted, TakenSenders,
                         testing::Values(Sender{R"(FROM:<"a b"@c.example>)", R"("a b"@c.example)"},
                                         Sender{R"(FROM:<"a> SIZE=1"@c.example>)", R"("a> SIZE=1"@c.example)"},
                                         Sender{R"(FROM:<"a@b"@c.example>)", R"("a@b"@c.example)"}));

struct Refused {
    std::string_view argument;
    Reply reply;
};
class RefusedMail : public testing::TestWithParam<Refused> {};

TEST_P(RefusedMail, SaysWhy)
{
    const auto mail = parse_mail(GetParam().argument);
    ASSERT_FALSE(mail) << GetParam().argument;
    EXPECT_EQ(mail.error().line, GetParam().reply.line) << GetParam().argument;
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, RefusedMail,
    testing::Values(Refused{"", reply::bad_mail}, Refused{"FROM", reply::bad_mail},
                    Refused{"FROM:", reply::bad_mail}, Refused{"FROM:a@b.example", reply::bad_mail},
                    Refused{"TO:<a@b.example>", reply::bad_mail}, Refused{"FROM:<a@b.example", reply::bad_mail},
                    Refused{R"(FROM:<"a>@b.example>)", reply::bad_mail},
                    Refused{"FROM:<a@b.example>SIZE=1", reply::bad_mail},
                    Refused{"FROM:<@r.example>", reply::bad_mail}, Refused{"FROM:<@r.example:>", reply::bad_mail}));
INSTANTIATE_TEST_SUITE_P(Addresses, RefusedMail,
                         testing::Values(Refused{"FROM:<a>", reply::bad_sender},
                                         Refused{"FROM:<a@>", reply::bad_sender},
                                         Refused{"FROM:<@>", reply::bad_mail},
                                         Refused{"FROM:< >", reply::bad_sender},
                                         Refused{"FROM:<a b@c.example>", reply::bad_sender},
                                         Refused{"FROM:<<a@b.example>>", reply::bad_mail},
                                         Refused{"FROM:<a@-b.example>", reply::bad_sender},
                                         Refused{"FROM:<z\xc3\xab@b.example>", reply::needs_smtputf8},
                                         Refused{"FROM:<a@b\xc3\xa9.example>", reply::needs_smtputf8}));
// Zero width space, right-to-left override, C1 control, broken UTF-8.
INSTANTIATE_TEST_SUITE_P(Invisible, RefusedMail,
                         testing::Values(Refused{"FROM:<a\xe2\x80\x8b@b.example> SMTPUTF8", reply::bad_sender},
                                         Refused{"FROM:<a\xe2\x80\xae@b.example> SMTPUTF8", reply::bad_sender},
                                         Refused{"FROM:<a\xc2\x85@b.example> SMTPUTF8", reply::bad_sender},
                                         Refused{"FROM:<a\xff@b.example> SMTPUTF8", reply::bad_sender}));
INSTANTIATE_TEST_SUITE_P(Parameters, RefusedMail,
                         testing::Values(Refused{"FROM:<> BODY=BINARYMIME", reply::parameter_not_offered},
                                         Refused{"FROM:<> BODY", reply::parameter_not_offered},
                                         Refused{"FROM:<> RET=HDRS", reply::parameter_not_offered},
                                         Refused{"FROM:<> AUTH=<>", reply::parameter_not_offered},
                                         Refused{"FROM:<> REQUIRETLS", reply::parameter_not_offered},
                                         Refused{"FROM:<> =1", reply::bad_parameter},
                                         Refused{"FROM:<> a_b", reply::bad_parameter},
                                         Refused{"FROM:<> SIZE", reply::bad_parameter},
                                         Refused{"FROM:<> SIZE=", reply::bad_parameter},
                                         Refused{"FROM:<> SIZE=-1", reply::bad_parameter},
                                         Refused{"FROM:<> SIZE=123456789012345678901", reply::bad_parameter},
                                         Refused{"FROM:<> SMTPUTF8=1", reply::bad_parameter},
                                         Refused{"FROM:<> SMTPUTF8 smtputf8", reply::bad_parameter},
                                         Refused{"FROM:<> BODY=7BIT BODY=7BIT", reply::bad_parameter}));

TEST(CommandGrammar, TakesTheParametersThatAreAnnounced)
{
    const auto mail = parse_mail("FROM:<z\xc3\xab@b.example>  size=123  BODY=8bitmime SMTPUTF8");
    ASSERT_TRUE(mail);
    EXPECT_EQ(mail->reverse_path, "z\xc3\xab@b.example");
    EXPECT_TRUE(mail->extended);
    EXPECT_EQ(mail->size, 123U);
    EXPECT_TRUE(mail->eight_bit);
    EXPECT_TRUE(mail->smtputf8);
    EXPECT_FALSE(parse_mail("FROM:<>")->extended);
    EXPECT_FALSE(parse_mail("FROM:<> BODY=7BIT")->eight_bit);
    EXPECT_EQ(parse_mail("FROM:<> SIZE=99999999999999999999")->size, ~std::uint64_t{0});
}

TEST(CommandGrammar, TakesRecipients)
{
    EXPECT_EQ(parse_rcpt("TO:<a@b.example>", false)->to_string(), "a@b.example");
    EXPECT_EQ(parse_rcpt("to: <@r.example:a@b.example> ", false)->to_string(), "a@b.example");
    EXPECT_EQ(parse_rcpt("TO:<z\xc3\xab@b.example>", true)->to_string(), "z\xc3\xab@b.example");
    EXPECT_EQ(parse_rcpt("TO:<PostMaster>", false)->to_string(), "PostMaster");
}

TEST(CommandGrammar, RefusesOtherRecipients)
{
    EXPECT_EQ(parse_rcpt("TO:<>", false).error(), reply::bad_recipient);
    EXPECT_EQ(parse_rcpt("TO:<a>", false).error(), reply::bad_recipient);
    EXPECT_EQ(parse_rcpt("TO:a@b.example", false).error(), reply::bad_rcpt);
    EXPECT_EQ(parse_rcpt("FROM:<a@b.example>", false).error(), reply::bad_rcpt);
    EXPECT_EQ(parse_rcpt("TO:<a@b.example> NOTIFY=NEVER", false).error(), reply::parameter_not_offered);
    EXPECT_EQ(parse_rcpt("TO:<z\xc3\xab@b.example>", false).error(), reply::needs_smtputf8);
    EXPECT_EQ(parse_rcpt("TO:<a\xef\xbb\xbf@b.example>", true).error(), reply::bad_recipient);
    EXPECT_EQ(parse_rcpt("TO:<" + std::string(400, 'a') + "@b.example>", false).error(), reply::bad_recipient);
}

TEST(CommandGrammar, TakesChunks)
{
    EXPECT_EQ(parse_chunk("0")->octets, 0U);
    EXPECT_FALSE(parse_chunk("12")->last);
    EXPECT_EQ(parse_chunk("12  last")->octets, 12U);
    EXPECT_TRUE(parse_chunk("12  last")->last);
    for (const std::string_view argument :
         {"", "LAST", "-1", "1 2", "1 LAST LAST", "0x10", "99999999999999999999", "1LAST"}) {
        EXPECT_FALSE(parse_chunk(argument)) << argument;
    }
}

}  // namespace

}  // namespace shield::smtp
