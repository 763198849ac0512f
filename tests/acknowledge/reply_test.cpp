// SPDX-License-Identifier: Apache-2.0
#include "samples.hpp"

#include <shield/acknowledge/reply.hpp>
#include <shield/core/ascii.hpp>

#include <gmock/gmock.h>

#include <algorithm>

namespace shield::acknowledge {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const Sender sender{"Example Security <security@shield.test>", "mx.shield.test"};
const Templates::Text text{"We have your message (SR-0000-0001)", "Hello,\n\nwe have it.\n"};
const std::string token = core::make_token({1, std::string(32, 's')}, core::Reference::from_bits(1));
const auto now = *core::parse_rfc3339("2026-11-23T22:37:34Z");

Reply automatic(const Answered& answered)
{
    return make_automatic(sender, answered, text, token, "7", now);
}

std::vector<std::string> header_of(const Reply& reply)
{
    std::vector<std::string> fields;
    const auto end = reply.octets.find("\r\n\r\n");
    std::string head = reply.octets.substr(0, end);
    for (std::size_t begin = 0; begin < head.size();) {
        auto stop = head.find("\r\n", begin);
        while (stop != std::string::npos && core::is_blank(head[stop + 2])) {
            stop = head.find("\r\n", stop + 2);
        }
        fields.push_back(head.substr(begin, stop - begin));
        begin = stop == std::string::npos ? head.size() : stop + 2;
    }
    return fields;
}

TEST(AutomaticReply, HasTheseFieldsAndNoOthers)
{
    const Reply reply = automatic({"mary@home.test", "<1@home.test>", {"<0@home.test>"}});
    EXPECT_EQ(reply.sender, "");
    EXPECT_EQ(reply.recipient, "mary@home.test");
    EXPECT_THAT(header_of(reply),
                ElementsAre("From: Example Security <security@shield.test>", "To: <mary@home.test>",
                            "Reply-To: <security+" + token + "@shield.test>",
                            "Subject: We have your message (SR-0000-0001)", "Date: Mon, 23 Nov 2026 22:37:34 +0000",
                            "Message-ID: <" + token + ".7@mx.shield.test>", "In-Reply-To: <1@home.test>",
                            "References: <1@home.test>", "Auto-Submitted: auto-replied",
                            "X-Auto-Response-Suppress: All", "MIME-Version: 1.0",
                            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 7bit"));
    EXPECT_THAT(reply.octets, EndsWith("\r\n\r\nHello,\r\n\r\nwe have it.\r\n"));
    EXPECT_EQ(reply.message_id, "<" + token + ".7@mx.shield.test>");
}

TEST(AutomaticReply, NamesNoMessageIdThatIsNotWellFormed)
{
    for (const auto* id : {"", "<a b@c>", "<a@b>\r\nBcc: x@y", "<buy@now>, <again@x>"}) {
        const Reply reply = automatic({"mary@home.test", id, {}});
        EXPECT_THAT(reply.octets, Not(HasSubstr("In-Reply-To"))) << id;
        EXPECT_THAT(reply.octets, Not(HasSubstr("References"))) << id;
    }
}

TEST(AutomaticReply, KeepsAnInternationalAddress)
{
    const Reply reply = automatic({"m\u00e4ry@b\u00fccher.test", "", {}});
    EXPECT_EQ(reply.recipient, "m\u00e4ry@b\u00fccher.test");
    EXPECT_THAT(reply.octets, HasSubstr("To: <m\u00e4ry@b\u00fccher.test>\r\n"));
}

// Invariant 5: of the incoming message a reply has the reverse-path and the Message-ID, and nothing else.
// Everything that a decision and a reply could see is filled with a marker here, in the ways people try to smuggle
// it out.
TEST(AutomaticReply, HasNoOctetOfTheIncomingMessage)
{
    const std::string marker = "MaRkEr";
    for (const std::string& hostile :
         {marker, marker + "\r\nBcc: " + marker + "@x.test\r\n\r\n" + marker, std::string(100000, 'M') + marker,
          "{{reference}}" + marker, "\"" + marker + "\" <" + marker + "@x.test>",
          marker + "\n" + marker + "\r" + marker}) {
        const Reply reply =
            automatic({"mary@home.test", "<" + hostile + "@home.test", {hostile, "<" + marker + "@x.test>"}});
        EXPECT_THAT(reply.octets, Not(HasSubstr(marker)));
        EXPECT_LT(reply.octets.size(), 2048U);
    }
    const Reply clean = automatic({"mary@home.test", "<" + marker + "@home.test>", {}});
    EXPECT_EQ(header_of(clean)[6], "In-Reply-To: <" + marker + "@home.test>");
}

class HostileRecipient : public testing::TestWithParam<std::string> {};

TEST_P(HostileRecipient, CannotAddAFieldOrARecipient)
{
    const Reply reply = automatic({GetParam(), "<1@home.test>", {}});
    EXPECT_EQ(header_of(reply).size(), 13U);
    EXPECT_THAT(header_of(reply)[1], StartsWith("To: <"));
    EXPECT_EQ(reply.recipient.find_first_of("\r\n"), std::string::npos);
    EXPECT_EQ(std::count(reply.octets.begin(), reply.octets.end(), '\n'),
              std::count(reply.octets.begin(), reply.octets.end(), '\r'));
}

INSTANTIATE_TEST_SUITE_P(Injection, HostileRecipient,
                         testing::Values("mary@home.test\r\nBcc: x@y.test", "a@b\nc@d", "a\r@b.test",
                                         "\"a\r\n\"@home.test", "x@y>, <z@w.test", "a,b@home.test", "",
                                         std::string{"a\0b@home.test", 13}, "a@b (comment)",
                                         std::string(400, 'a')));

TEST(PersonalReply, ComesFromAReturnAddressWithTheToken)
{
    const Reply reply =
        make_personal(sender, {"mary@home.test", "<2@home.test>", {"<1@home.test>", "<0@home.test>"}},
                      "Your account", "We locked it.\n", token, "8", now);
    EXPECT_EQ(reply.sender, "security+" + token + "@shield.test");
    EXPECT_THAT(reply.octets, Not(HasSubstr("Auto-Submitted")));
    EXPECT_THAT(reply.octets, Not(HasSubstr("X-Auto-Response-Suppress")));
    EXPECT_THAT(reply.octets, HasSubstr("Subject: Your account\r\n"));
    EXPECT_THAT(reply.octets, HasSubstr("In-Reply-To: <2@home.test>\r\n"));
    EXPECT_THAT(reply.octets, HasSubstr("References: <1@home.test>\r\n <0@home.test>\r\n <2@home.test>\r\n"));
    EXPECT_THAT(reply.octets, EndsWith("\r\n\r\nWe locked it.\r\n"));
}

TEST(PersonalReply, KeepsTheFirstAndTheLatestOfALongThread)
{
    std::vector<std::string> references;
    for (int i = 0; i < 500; ++i) {
        references.push_back("<" + std::to_string(i) + "@home.test>");
    }
    const Reply reply =
        make_personal(sender, {"mary@home.test", "<last@home.test>", references}, "x", "y", token, "8", now);
    EXPECT_THAT(reply.octets, HasSubstr("References: <0@home.test>\r\n <482@home.test>\r\n"));
    EXPECT_THAT(reply.octets, HasSubstr("<499@home.test>\r\n <last@home.test>\r\n"));
}

TEST(PersonalReply, CannotBeMadeToHaveMoreFields)
{
    const std::string hostile = "x\r\nBcc: y@z.test\nCc: w@z.test\r\r\n\r\nbody";
    const Reply reply = make_personal(sender, {"mary@home.test", hostile, {hostile, "<a@b>\r\nX: y"}}, hostile,
                                      "body", token, "8", now);
    EXPECT_EQ(header_of(reply).size(), 9U);
    EXPECT_THAT(reply.octets, Not(HasSubstr("\nBcc:")));
    EXPECT_THAT(reply.octets, Not(HasSubstr("\nCc:")));
}

TEST(PersonalReply, EncodesSubjectAndLongLines)
{
    const Reply reply = make_personal(sender, {"mary@home.test", "", {}}, "Gr\u00fc\u00dfe", std::string(3000, 'x'),
                                      token, "8", now);
    EXPECT_THAT(reply.octets, HasSubstr("Subject: =?UTF-8?B?"));
    EXPECT_THAT(reply.octets, HasSubstr("quoted-printable"));
    EXPECT_TRUE(core::is_ascii(reply.octets));
}

TEST(From, IsANameAndAnAddress)
{
    EXPECT_EQ(parse_from("Example Security <security@Shield.test>")->display_name, "Example Security");
    EXPECT_EQ(parse_from("Example Security <security@Shield.test>")->address.to_string(), "security@shield.test");
    EXPECT_EQ(parse_from("\"Example, Inc.\" <a@b.test>")->display_name, "Example, Inc.");
    EXPECT_EQ(parse_from(" a@b.test ")->display_name, "");
    EXPECT_EQ(parse_from("<a@b.test>")->address.local, "a");
}

TEST(From, RefusesWhatCannotStandInAHeaderOrCarryAToken)
{
    for (const auto* text_of :
         {"", "Example", "<a@b.test", "a@b.test>", "Example <a>", "x <a+b@c.test>", "x <a@[192.0.2.1]>",
          "x\r\nBcc: y <a@b.test>", "x <\"a b\"@c.test>", "\"a\" \"b\" <a@b.test>", "a <b> <a@b.test>"}) {
        EXPECT_FALSE(parse_from(text_of)) << text_of;
    }
    EXPECT_THAT(parse_from("x <a+b@c.test>").error().sentence, HasSubstr("+suffix"));
}

}  // namespace
}  // namespace shield::acknowledge
