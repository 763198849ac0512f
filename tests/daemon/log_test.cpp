// SPDX-License-Identifier: Apache-2.0
#include <shield/daemon/log.hpp>

#include <gtest/gtest.h>

namespace shield::daemon {

TEST(Log, AnEventIsOneLineOfKeysAndValues)
{
    EXPECT_EQ(format_event("accepted", {{"reference", "SR-7F3K-92QX"}, {"size", "4096"}}),
              "event=accepted reference=SR-7F3K-92QX size=4096");
    EXPECT_EQ(format_event("ready", {}), "event=ready");
}

TEST(Log, AValueThatCouldBeMistakenIsQuoted)
{
    EXPECT_EQ(format_event("e", {{"sender", ""}, {"why", "disk full"}, {"said", "a \"b\" = c\\"}}),
              "event=e sender=\"\" why=\"disk full\" said=\"a \\\"b\\\" = c\\\\\"");
}

TEST(Log, AValueCannotForgeALineOrSteerATerminal)
{
    const std::string line = format_event("e", {{"helo", "x\n2026-01-01 error event=forged \x1b[2J\xe2\x80\xae"}});
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
    EXPECT_EQ(line.find("\xe2\x80\xae"), std::string::npos);
}

TEST(Log, AValueIsCutWithoutBreakingACharacter)
{
    std::string value(499, 'x');
    value += "\xc3\xa9";
    EXPECT_EQ(format_event("e", {{"v", value}}), "event=e v=" + std::string(499, 'x'));
}

}  // namespace shield::daemon
