// SPDX-License-Identifier: Apache-2.0
#include "outgoing.hpp"

#include <gtest/gtest.h>

#include <string>

namespace shield::smtp {

namespace {

const Offers everything{true, true, 1000, true, true};

OutgoingMail mail(std::string octets = "Subject: x\r\n\r\nhello\r\n")
{
    return {"", "ada@reporter.example", std::move(octets)};
}

TEST(Offers, AreTakenFromTheLinesOfEhlo)
{
    Offers offers;
    for (const char* line : {"pipelining", "SIZE 12345", "8BITMIME", "SMTPUTF8", "XYZZY", ""}) {
        offers.take(line);
    }
    EXPECT_TRUE(offers.pipelining && offers.size && offers.eight_bit && offers.smtputf8);
    EXPECT_EQ(offers.size_max, 12345U);
    Offers unbounded;
    unbounded.take("SIZE");
    EXPECT_TRUE(unbounded.size);
    EXPECT_EQ(unbounded.size_max, 0U);
    Offers none;
    none.take("PIPELININGX");
    EXPECT_FALSE(none.pipelining);
}

TEST(OutgoingMail, AsksOnlyForWhatItNeedsAndIsOffered)
{
    EXPECT_EQ(mail_command(mail(), {}), "MAIL FROM:<>");
    EXPECT_EQ(mail_command(mail(), everything), "MAIL FROM:<> SIZE=21");
    EXPECT_EQ(mail_command(mail("a: b\r\n\r\nz\xc3\xab\r\n"), everything), "MAIL FROM:<> SIZE=13 BODY=8BITMIME");
    EXPECT_EQ(mail_command(mail("a: z\xc3\xab\r\n\r\n"), everything),
              "MAIL FROM:<> SIZE=10 BODY=8BITMIME SMTPUTF8");
    EXPECT_EQ(mail_command({"", "z\xc3\xab@reporter.example", "a: b\r\n"}, everything),
              "MAIL FROM:<> SIZE=6 SMTPUTF8");
}

TEST(OutgoingMail, IsNeverDowngradedSilently)
{
    Offers no_utf8 = everything;
    no_utf8.smtputf8 = false;
    EXPECT_NE(obstacle({"", "z\xc3\xab@reporter.example", "a: b\r\n"}, no_utf8)->find("SMTPUTF8"),
              std::string::npos);
    EXPECT_NE(obstacle({"z\xc3\xab@us.example", "a@b.example", "a: b\r\n"}, no_utf8)->find("SMTPUTF8"),
              std::string::npos);
    EXPECT_NE(obstacle(mail("a: z\xc3\xab\r\n\r\n"), no_utf8)->find("SMTPUTF8"), std::string::npos);
    EXPECT_FALSE(obstacle(mail("a: b\r\n\r\nz\xc3\xab\r\n"), no_utf8));
    Offers no_eight_bit = everything;
    no_eight_bit.eight_bit = false;
    EXPECT_NE(obstacle(mail("a: b\r\n\r\nz\xc3\xab\r\n"), no_eight_bit)->find("8BITMIME"), std::string::npos);
    EXPECT_FALSE(obstacle(mail(), Offers{}));
}

TEST(OutgoingMail, IsNotOfferedWhenItIsLargerThanTheNextHopTakes)
{
    EXPECT_FALSE(obstacle(mail(std::string(998, 'x') + "\r\n"), everything));
    EXPECT_EQ(*obstacle(mail(std::string(999, 'x') + "\r\n"), everything),
              "the message has 1001 octets, and the next hop takes at most 1000");
}

// A fault of ours must stop here, not become a command or a second message at the next hop.
TEST(OutgoingMail, IsRefusedWhenItCouldBeReadInTwoWays)
{
    for (const char* recipient :
         {"", "a", "a@b.example>\r\nRCPT TO:<c@d.example", "a@b.example> NOTIFY=NEVER", "a b@c"}) {
        EXPECT_TRUE(obstacle({"", recipient, "a: b\r\n"}, everything)) << recipient;
    }
    EXPECT_TRUE(obstacle({"a>\r\n@b", "a@b.example", "a: b\r\n"}, everything));
    for (const char* octets : {"a\n.\r\n", "a\r.\r\n", "\n", "\r", "a\r\r\n", "a\r"}) {
        EXPECT_TRUE(obstacle(mail(octets), everything));
    }
}

TEST(WireContent, EndsInADotOnALineByItself)
{
    EXPECT_EQ(wire_content("a\r\n"), "a\r\n.\r\n");
    EXPECT_EQ(wire_content("a"), "a\r\n.\r\n");
    EXPECT_EQ(wire_content(""), ".\r\n");
}

TEST(WireContent, HasLeadingDotsDoubled)
{
    EXPECT_EQ(wire_content(".\r\n"), "..\r\n.\r\n");
    EXPECT_EQ(wire_content("a\r\n.b\r\n..\r\nc.\r\n"), "a\r\n..b\r\n...\r\nc.\r\n.\r\n");
    EXPECT_EQ(wire_content("a\r\n."), "a\r\n..\r\n.\r\n");
}

}  // namespace

}  // namespace shield::smtp
