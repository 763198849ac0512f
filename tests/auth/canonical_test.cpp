// SPDX-License-Identifier: Apache-2.0
#include "canonical.hpp"

#include <gmock/gmock.h>

namespace shield::auth::test {

namespace {

std::string field(const std::string& raw, Canonicalization form)
{
    std::string text;
    append_canonical(text, raw, form);
    return text;
}

}  // namespace

TEST(Canonical, AFieldIsKeptOrRelaxed)  // RFC 6376 section 3.4.5
{
    EXPECT_EQ(field("B : Y\t\r\n\tZ  ", Canonicalization::simple), "B : Y\t\r\n\tZ  ");
    EXPECT_EQ(field("A: X", Canonicalization::relaxed), "a:X");
    EXPECT_EQ(field("B : Y\t\r\n\tZ  ", Canonicalization::relaxed), "b:Y Z");
    EXPECT_EQ(field("C:", Canonicalization::relaxed), "c:");
    EXPECT_EQ(field("C: \r\n ", Canonicalization::relaxed), "c:");
    EXPECT_EQ(field("D: \v x", Canonicalization::relaxed), "d:\v x") << "only blanks are blanks";
}

TEST(Canonical, ABodyIsKeptButForItsEndOrRelaxed)  // RFC 6376 sections 3.4.3 to 3.4.5
{
    const auto simple = [](std::string_view body) { return body_digest(body, Canonicalization::simple); };
    const auto relaxed = [](std::string_view body) { return body_digest(body, Canonicalization::relaxed); };
    EXPECT_EQ(simple(" C \r\nD \t E\r\n\r\n\r\n"), core::sha256(" C \r\nD \t E\r\n"));
    EXPECT_EQ(simple(""), core::sha256("\r\n"));
    EXPECT_EQ(simple("no end"), core::sha256("no end\r\n"));
    EXPECT_EQ(simple("a\r\n \r\n"), core::sha256("a\r\n \r\n"));
    EXPECT_EQ(relaxed(" C \r\nD \t E\r\n\r\n\r\n"), core::sha256(" C\r\nD E\r\n"));
    EXPECT_EQ(relaxed(""), core::sha256(""));
    EXPECT_EQ(relaxed("\r\n \t\r\n"), core::sha256(""));
    EXPECT_EQ(relaxed("no end"), core::sha256("no end\r\n"));
    EXPECT_EQ(relaxed("a\r\n \r\n\r\nb\r\n \t"), core::sha256("a\r\n\r\n\r\nb\r\n"));
    EXPECT_EQ(relaxed("a\nb\rc\r\n"), core::sha256("a\nb\rc\r\n")) << "only CRLF ends a line";
}

TEST(Canonical, ALongBodyIsTheSameInPieces)
{
    std::string lines, expected;
    for (int i = 0; i < 5000; ++i) {
        lines += "x \t y \r\n\r\n";
        expected += "x y\r\n\r\n";
    }
    const std::string empty(200000, '\n');
    std::string many_empty;
    for (int i = 0; i < 50000; ++i) {
        many_empty += "\r\n";
    }
    EXPECT_EQ(body_digest(lines + many_empty + "end\r\n" + many_empty, Canonicalization::relaxed),
              core::sha256(expected + many_empty + "end\r\n"));
}

}  // namespace shield::auth::test
