// SPDX-License-Identifier: Apache-2.0
#include "support/dialogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

namespace shield::tests {

namespace {

class Dialogues : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Dialogues, GoAsWrittenWhenEachWriteArrivesWhole)
{
    EXPECT_EQ(play(Dialogue::read(GetParam()), [](std::size_t, std::size_t available) { return available; }), "");
}

TEST_P(Dialogues, GoAsWrittenOctetByOctet)
{
    EXPECT_EQ(play(Dialogue::read(GetParam()), [](std::size_t, std::size_t) { return std::size_t{1}; }), "");
}

TEST_P(Dialogues, GoAsWrittenCutAtEveryOffset)
{
    const Dialogue dialogue = Dialogue::read(GetParam());
    for (std::size_t cut = 1; cut < dialogue.client_octets(); ++cut) {
        const auto until_the_cut = [cut](std::size_t given, std::size_t available) {
            return given < cut ? std::min(cut - given, available) : available;
        };
        ASSERT_EQ(play(dialogue, until_the_cut), "") << "cut behind octet " << cut;
    }
}

std::string name_of(const testing::TestParamInfo<std::filesystem::path>& info)
{
    return "N" + info.param.stem().string();
}

INSTANTIATE_TEST_SUITE_P(Files, Dialogues, testing::ValuesIn(dialogue_files()), name_of);

// A player that never finds fault would make all of the above worthless.
TEST(DialoguePlayer, ReportsTheFirstDifferenceWithItsLine)
{
    const auto whole = [](std::size_t, std::size_t available) { return available; };
    const auto directory = std::filesystem::path{SHIELD_SOURCE_DIR} / "tests/dialogues/faulty";
    EXPECT_EQ(play(Dialogue::read(directory / "other_reply.smtp"), whole),
              "line 4: expected '251', got '250 2.0.0 Ok'");
    EXPECT_EQ(play(Dialogue::read(directory / "more_replies.smtp"), whole),
              "the server said more: 250 2.0.0 Ok\\r\\n");
    EXPECT_EQ(play(Dialogue::read(directory / "silent_server.smtp"), whole),
              "line 4: expected a reply '250', the server is silent");
    EXPECT_THROW((void)Dialogue::read(directory / "unknown_line.smtp"), std::runtime_error);
}

}  // namespace

}  // namespace shield::tests
