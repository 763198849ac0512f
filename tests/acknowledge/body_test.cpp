// SPDX-License-Identifier: Apache-2.0
#include "body.hpp"

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
    EXPECT_THAT(make_body("caf\u00e9").fields, HasSubstr("Content-Transfer-Encoding: 8bit\r\n"));
    EXPECT_THAT(make_body("x").fields,
                HasSubstr("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"));
}

TEST(Body, LosesControlCharactersAndBrokenUtf8)
{
    EXPECT_EQ(make_body(std::string{"a\0b\x1b[2Jc\td\x7f", 11}).octets, "ab[2Jc\td\r\n");
    EXPECT_EQ(make_body("a\xff"
                        "b")
                  .octets,
              "a\ufffdb\r\n");
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
