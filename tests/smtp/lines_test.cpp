// SPDX-License-Identifier: Apache-2.0
#include "lines.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shield::smtp {

namespace {

using Flaw = CommandLine::Flaw;
using Line = std::pair<std::string, Flaw>;

void read(CommandLines& lines, std::string_view octets, std::vector<Line>& read_so_far)
{
    while (const auto line = lines.next(octets)) {
        read_so_far.emplace_back(line->text, line->flaw);
    }
}

std::vector<Line> read_in_two(std::string_view octets, std::size_t cut, std::size_t line_octets_max = 100)
{
    CommandLines lines{line_octets_max};
    std::vector<Line> all;
    read(lines, octets.substr(0, cut), all);
    read(lines, octets.substr(cut), all);
    return all;
}

void expect_for_every_cut(std::string_view octets, const std::vector<Line>& expected,
                          std::size_t line_octets_max = 100)
{
    for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
        EXPECT_EQ(read_in_two(octets, cut, line_octets_max), expected) << "cut behind octet " << cut;
    }
}

TEST(CommandLines, EndAtCrlf)
{
    expect_for_every_cut("one\r\n\r\ntwo\r\n", {{"one", {}}, {"", {}}, {"two", {}}});
}

TEST(CommandLines, StayOpenWithoutIt)
{
    expect_for_every_cut("one", {});
}

TEST(CommandLines, KeepALoneLineFeedInsideAndMarkIt)
{
    expect_for_every_cut("one\ntwo\r\nthree\r\n", {{"one\ntwo", Flaw::bare_cr_or_lf}, {"three", {}}});
    expect_for_every_cut("\n\r\n", {{"\n", Flaw::bare_cr_or_lf}});
}

TEST(CommandLines, KeepALoneCarriageReturnInsideAndMarkIt)
{
    expect_for_every_cut("one\rtwo\r\n", {{"one\rtwo", Flaw::bare_cr_or_lf}});
    expect_for_every_cut("one\r\r\n", {{"one\r", Flaw::bare_cr_or_lf}});
}

TEST(CommandLines, MayBeAsLongAsTheBoundWithTheirCrlf)
{
    expect_for_every_cut("12345678\r\nx\r\n", {{"12345678", {}}, {"x", {}}}, 10);
    expect_for_every_cut("123456789\r\nx\r\n", {{"", Flaw::too_long}, {"x", {}}}, 10);
}

TEST(CommandLines, AreDroppedToTheirCrlfWhenTooLong)
{
    expect_for_every_cut(std::string(50, 'x') + "\n" + std::string(50, '\r') + "\r\nnext\r\n",
                         {{"", Flaw::too_long}, {"next", {}}}, 10);
}

TEST(CommandLines, HoldNoMoreThanTheBoundHoweverMuchComes)
{
    CommandLines lines{100};
    const std::string flood(1000, 'x');
    for (int i = 0; i < 1000; ++i) {
        std::string_view octets = flood;
        EXPECT_FALSE(lines.next(octets));
        EXPECT_TRUE(octets.empty());
    }
    std::string_view end = "\r\n";
    EXPECT_EQ(lines.next(end)->flaw, Flaw::too_long);
}

}  // namespace

}  // namespace shield::smtp
