// SPDX-License-Identifier: Apache-2.0
#include "body.hpp"

#include <shield/core/ascii.hpp>

#include <gmock/gmock.h>

namespace shield::acknowledge {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Body, HasCrLfLinesAndEndsItsLast)
{
    EXPECT_EQ(make_body("a\nb\r\nc\rd").octets, "a\r\nb\r\nc\r\nd\r\n");
    EXPECT_EQ(make_body("a\n\n").octets, "a\r\n\r\n");
    EXPECT_EQ(make_body("").octets, "");
}

TEST(Body, SaysWhatItIs)
{
    EXPECT_THAT(make_body("plain").fields, HasSubstr("Content-Transfer-Encoding: 7bit\r\n"));
    EXPECT_THAT(make_body("a caf\u00e9 in town").fields,
                HasSubstr("Content-Transfer-Encoding: quoted-printable\r\n"));
    EXPECT_THAT(make_body("\u65e5\u672c\u8a9e").fields, HasSubstr("Content-Transfer-Encoding: base64\r\n"));
    EXPECT_THAT(make_body("x").fields,
                HasSubstr("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"));
}

TEST(Body, LosesControlCharactersAndBrokenUtf8)
{
    EXPECT_EQ(make_body(std::string{"a\0b\x1b[2Jc\td\x7f", 11}).octets, "ab[2Jc\td\r\n");
    EXPECT_EQ(make_body("a\xff"
                        "b")
                  .octets,
              "a=EF=BF=BDb\r\n");
}

// RFC 6152: a next hop may take nothing else.
TEST(Body, IsAsciiInShortLinesHoweverItIsWritten)
{
    EXPECT_EQ(make_body("a small caf\u00e9 \n= \n").octets, "a small caf=C3=A9=20\r\n=3D=20\r\n");
    EXPECT_EQ(make_body("\u65e5\u672c\u8a9e").octets, "5pel5pys6KqeDQo=\r\n");
    EXPECT_EQ(make_body("\u00e9 " + std::string(60, 'x') + " SR-0000-0000 here").octets,
              "=C3=A9 " + std::string(60, 'x') + " =\r\nSR-0000-0000 here\r\n");
    std::string both;
    for (int i = 0; i < 500; ++i) {
        both += i % 3 == 0 ? "\u65e5" : i % 7 == 0 ? "x \n" : "y\u00fc";
    }
    for (const std::string& text : {both, both + std::string(5000, 'x'), std::string(2000, '=') + "\u00fc"}) {
        const Body body = make_body(text);
        EXPECT_TRUE(body.octets.ends_with("\r\n"));
        std::size_t begin = 0;
        for (auto end = body.octets.find("\r\n"); end != std::string::npos; end = body.octets.find("\r\n", begin)) {
            EXPECT_LE(end - begin, 76U);
            begin = end + 2;
        }
        EXPECT_TRUE(core::is_ascii(body.octets));
    }
}

TEST(Body, IsQuotedPrintableWhenALineIsTooLong)
{
    const Body fits = make_body(std::string(998, 'x'));
    EXPECT_THAT(fits.fields, HasSubstr("7bit"));
    const Body body = make_body(std::string(999, 'x') + "= \u00e9 \n");
    EXPECT_THAT(body.fields, HasSubstr("quoted-printable"));
    EXPECT_THAT(body.octets, HasSubstr("=3D =C3=A9=20\r\n"));
    std::size_t begin = 0;
    for (auto end = body.octets.find("\r\n"); end != std::string::npos; end = body.octets.find("\r\n", begin)) {
        EXPECT_LE(end - begin, 76U);
        begin = end + 2;
    }
}

}  // namespace
}  // namespace shield::acknowledge
