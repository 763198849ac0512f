// SPDX-License-Identifier: Apache-2.0
#include "content.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace shield::smtp {

namespace {

struct Reading {
    bool ended{false};
    std::string content;
    std::string rest;  ///< what was left for commands
    ContentFlaws flaws;

    friend bool operator==(const Reading&, const Reading&) = default;
};

Reading read_in_two(std::string_view octets, std::size_t cut, const core::Limits& limits)
{
    ContentReader reader{limits};
    Reading reading;
    for (std::string_view piece : {octets.substr(0, cut), octets.substr(cut)}) {
        if (!reading.ended) {
            reading.ended = reader.read_data(piece, reading.content);
        }
        reading.rest += piece;
    }
    reading.flaws = reader.flaws();
    if (reading.flaws.any()) {
        reading.content.clear();  // how much of it was given away depends on the cuts, and nobody may use it
    }
    return reading;
}

void expect_data(std::string_view octets, const Reading& expected, const core::Limits& limits = {})
{
    for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
        const Reading reading = read_in_two(octets, cut, limits);
        ASSERT_EQ(reading.ended, expected.ended) << "cut behind octet " << cut;
        ASSERT_EQ(reading.content, expected.content) << "cut behind octet " << cut;
        ASSERT_EQ(reading.rest, expected.rest) << "cut behind octet " << cut;
        ASSERT_EQ(reading.flaws, expected.flaws) << "cut behind octet " << cut;
    }
}

constexpr ContentFlaws bare{true, false, false, false};

TEST(DataContent, EndsAtADotOnALineByItself)
{
    expect_data("a: b\r\n\r\nhello\r\n.\r\nQUIT\r\n", {true, "a: b\r\n\r\nhello\r\n", "QUIT\r\n", {}});
    expect_data(".\r\n", {true, "", "", {}});
    expect_data("\r\n.\r\n.\r\n", {true, "\r\n", ".\r\n", {}});
}

TEST(DataContent, LosesOneLeadingDotALine)
{
    expect_data("..\r\n...a\r\n.b\r\nc.\r\n. \r\n.\r\n", {true, ".\r\n..a\r\nb\r\nc.\r\n \r\n", "", {}});
}

TEST(DataContent, KeepsEveryOtherOctet)
{
    std::string all;
    for (int octet = 0; octet < 256; ++octet) {
        if (octet != '\r' && octet != '\n') {
            all += static_cast<char>(octet);
        }
    }
    expect_data(all + "\r\n.\r\n", {true, all + "\r\n", "", {}});
}

class FalseEnding : public testing::TestWithParam<std::string_view> {};

// SMTP smuggling (CVE-2023-51764 and its kin): some relays take these for the end of the message.
TEST_P(FalseEnding, DoesNotEndTheMessage)
{
    const std::string form{GetParam()};
    expect_data("first" + form + "MAIL FROM:<>\r\n", {false, "", "", bare});
    expect_data("first" + form + "MAIL FROM:<>\r\n.\r\nNOOP\r\n", {true, "", "NOOP\r\n", bare});
}

INSTANTIATE_TEST_SUITE_P(Smuggling, FalseEnding,
                         testing::Values("\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\r.\n",
                                         "\n.\r", "\r\n.\r\r\n", "\n\n.\r\n", "\r\r.\r\n", "\r\n.\r.\r\n",
                                         "\n\r.\r\n"));

TEST(DataContent, EndsBehindADoubledCarriageReturnButIsFlawed)
{
    // The second CR and the LF are a CRLF, so CRLF.CRLF is there; everybody agrees on the end.
    expect_data("first\r\r\n.\r\nNOOP\r\n", {true, "", "NOOP\r\n", bare});
}

TEST(DataContent, MayHaveTheSizeOfTheBound)
{
    core::Limits limits;
    limits.message_size_max = 10;
    expect_data("12345678\r\n.\r\n", {true, "12345678\r\n", "", {}}, limits);
    expect_data("..345678\r\n.\r\n", {true, ".345678\r\n", "", {}}, limits);
    expect_data("123456789\r\n.\r\n", {true, "", "", {false, true, false, false}}, limits);
}

TEST(DataContent, MayHaveLinesAsLongAsTheBound)
{
    core::Limits limits;
    limits.text_line_max = 5;
    expect_data("123\r\n.123\r\n.\r\n", {true, "123\r\n123\r\n", "", {}}, limits);
    expect_data("1234\r\n.\r\n", {true, "", "", {false, false, true, false}}, limits);
}

TEST(DataContent, CountsReceivedInTheHeaderOnly)
{
    core::Limits limits;
    limits.received_hops_max = 1;
    expect_data("Received: x\r\n\r\nReceived: y\r\n.\r\n", {true, "Received: x\r\n\r\nReceived: y\r\n", "", {}},
                limits);
    expect_data("Received: x\r\nX-Received: y\r\nReceive\r\n Received: z\r\n.\r\n",
                {true, "Received: x\r\nX-Received: y\r\nReceive\r\n Received: z\r\n", "", {}}, limits);
    expect_data("Received: x\r\nrECEIVED:\r\n.\r\n", {true, "", "", {false, false, false, true}}, limits);
}

TEST(DataContent, IsNotHandedOnOnceItIsFlawed)
{
    core::Limits limits;
    limits.message_size_max = 1000;
    ContentReader reader{limits};
    std::string content;
    const std::string line(98, 'x');
    for (int i = 0; i < 1000; ++i) {
        const std::string octets = line + "\r\n";
        std::string_view input = octets;
        EXPECT_FALSE(reader.read_data(input, content));
    }
    EXPECT_LE(content.size(), 1000U);
}

TEST(ChunkContent, TakesDotsAsTheyAre)
{
    const core::Limits limits;
    ContentReader reader{limits};
    std::string content;
    reader.read_chunk("a: b\r\n\r", content);
    reader.read_chunk("\n.\r\n..\r\n", content);
    reader.end_chunks();
    EXPECT_FALSE(reader.flaws().any());
    EXPECT_EQ(content, "a: b\r\n\r\n.\r\n..\r\n");
}

TEST(ChunkContent, IsFlawedByACarriageReturnAtItsEnd)
{
    const core::Limits limits;
    ContentReader reader{limits};
    std::string content;
    reader.read_chunk("text\r", content);
    EXPECT_FALSE(reader.flaws().any());
    reader.end_chunks();
    EXPECT_EQ(reader.flaws(), bare);
}

TEST(ChunkContent, IsTooBigFromItsAnnouncement)
{
    core::Limits limits;
    limits.message_size_max = 10;
    ContentReader reader{limits};
    std::string content;
    reader.expect(4);
    reader.read_chunk("ab\r\n", content);
    reader.expect(6);
    EXPECT_FALSE(reader.flaws().any());
    reader.expect(7);
    EXPECT_TRUE(reader.flaws().too_big);
    reader.read_chunk("not kept", content);
    EXPECT_EQ(content, "ab\r\n");
    reader.expect(~std::uint64_t{0});
    EXPECT_TRUE(reader.flaws().too_big);
}

}  // namespace

}  // namespace shield::smtp
