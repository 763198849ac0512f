// SPDX-License-Identifier: Apache-2.0
// Messages made to hurt whoever reads them. Each must end in a result that says what was met, in a time that grows
// with its octets: `expect_linear` reads it at two sizes and compares the cost of an octet, with room for a busy
// machine.
#include <shield/core/ascii.hpp>
#include <shield/mime/read.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <ctime>
#include <functional>

namespace shield::mime {
namespace {

using testing::Contains;
using testing::HasSubstr;

using Make = std::function<std::string(std::size_t)>;

std::string repeated(std::string_view piece, std::size_t count)
{
    std::string text;
    text.reserve(piece.size() * count);
    for (std::size_t i = 0; i < count; ++i) {
        text += piece;
    }
    return text;
}

// Of the processor, not of the wall: what else the machine does is no fault of ours.
double seconds_for(const std::string& message, core::Assessment& assessment)
{
    const std::clock_t begin = std::clock();
    assessment = read(message, core::Limits{});
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

// Reads what `make` makes of `count` pieces, and of an eighth of them.
core::Assessment expect_linear(const Make& make, std::size_t count)
{
    core::Assessment small;
    core::Assessment large;
    const double small_time = seconds_for(make(count / 8), small);
    const double large_time = seconds_for(make(count), large);
    // Quadratic would be 64 times; below a tenth of a second the clock says nothing.
    EXPECT_LT(large_time, 0.1 + small_time * 24);
    EXPECT_LT(large_time, 20.0);
    return large;
}

TEST(Hostile, AHundredThousandNestedMessages)
{
    const auto assessment =
        expect_linear([](std::size_t n) { return repeated("Content-Type: message/rfc822\r\n\r\n", n); }, 100000);
    ASSERT_EQ(assessment.attachments.size(), 1U);
    EXPECT_TRUE(assessment.attachments[0].embedded_message);
}

TEST(Hostile, AHundredThousandNestedMultiparts)
{
    const auto assessment = expect_linear(
        [](std::size_t n) {
            std::string message = "Content-Type: multipart/mixed; boundary=0\r\n\r\n";
            for (std::size_t i = 1; i < n; ++i) {
                message += "--" + std::to_string(i - 1) +
                           "\r\nContent-Type: multipart/mixed; boundary=" + std::to_string(i) + "\r\n\r\n";
            }
            return message;
        },
        100000);
    EXPECT_THAT(assessment.defects, Contains(HasSubstr("mime_depth_max")));
}

TEST(Hostile, AMillionEmptyParts)
{
    const auto assessment = expect_linear(
        [](std::size_t n) { return "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + repeated("--b\r\n", n); },
        1000000);
    EXPECT_THAT(assessment.defects, Contains(HasSubstr("mime_parts_max")));
    EXPECT_LE(assessment.attachments.size(), 1001U);
}

TEST(Hostile, DeepMultipartsAndManyLinesThatBeginLikeBoundaries)
{
    const auto assessment = expect_linear(
        [](std::size_t n) {
            std::string message = "Content-Type: multipart/mixed; boundary=b0\r\n\r\n";
            for (std::size_t i = 1; i < 30; ++i) {
                message += "--b" + std::to_string(i - 1) + "\r\nContent-Type: multipart/mixed; boundary=b" +
                           std::to_string(i) + "\r\n\r\n";
            }
            return message + "--b29\r\n\r\n" + repeated("--zzzz\r\n", n);
        },
        400000);
    EXPECT_TRUE(assessment.text_cut);
}

TEST(Hostile, ABoundaryOfOneLetterInALineOfThatLetter)
{
    const std::string boundary(200, 'a');
    const auto assessment = expect_linear(
        [&](std::size_t n) {
            return "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n\r\n--" +
                   std::string(n, 'a') + "\r\n--" + boundary + "--\r\n";
        },
        5000000);
    EXPECT_TRUE(assessment.text.starts_with("--aaaa"));
    EXPECT_THAT(assessment.defects, Contains(HasSubstr("998")));
}

TEST(Hostile, AHundredThousandFields)
{
    const auto assessment =
        expect_linear([](std::size_t n) { return repeated("X-Y: z\r\n", n) + "\r\nhelp"; }, 100000);
    EXPECT_THAT(assessment.defects, Contains(HasSubstr("header_fields_max")));
    EXPECT_EQ(assessment.text, "help");
}

TEST(Hostile, AFieldOfTwentyMegabytes)
{
    const auto whole = expect_linear(
        [](std::size_t n) { return "From: a@b.example\r\nSubject: " + std::string(n, 'x') + "\r\n\r\nhelp"; },
        20000000);
    EXPECT_THAT(whole.defects, Contains(HasSubstr("header_field_max")));
    EXPECT_EQ(whole.text, "help");
    const auto folded =
        expect_linear([](std::size_t n) { return "Subject: x" + repeated("\r\n y", n) + "\r\n\r\nhelp"; }, 4000000);
    EXPECT_THAT(folded.defects, Contains(HasSubstr("header_field_max")));
    EXPECT_EQ(folded.text, "help");
}

TEST(Hostile, LongFieldsInEveryPart)
{
    const std::string part = "--b\r\nX-Long: " + std::string(60000, 'x') + "\r\n\r\n";
    const auto assessment = expect_linear(
        [&](std::size_t n) { return "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + repeated(part, n); },
        600);
    EXPECT_THAT(assessment.defects, Contains(HasSubstr("mime_headers_max")));
}

TEST(Hostile, AMillionNestedComments)
{
    for (const std::string_view field :
         {"From: ", "Content-Type: text/plain; x=", "Auto-Submitted: ", "To: a@b,"}) {
        expect_linear([&](std::size_t n) { return std::string{field} + repeated("(\r\n ", n) + "\r\n\r\nhelp"; },
                      1000000);
    }
}

TEST(Hostile, AFloodOfParameters)
{
    const auto assessment = expect_linear(
        [](std::size_t n) {
            std::string message = "Content-Disposition: attachment";
            for (std::size_t i = 0; i < n; ++i) {
                message += ";\r\n filename*" + std::to_string(i) + "*=%41";
            }
            return message + "\r\n\r\nhelp";
        },
        100000);
    EXPECT_THAT(assessment.defects, Contains(HasSubstr("mime_parameters_max")));
    ASSERT_EQ(assessment.attachments.size(), 1U);
    EXPECT_EQ(assessment.attachments[0].name, std::string(64, 'A'));
}

TEST(Hostile, EncodedWordsThatNeverEnd)
{
    for (const std::string_view piece : {"=?utf-8?q?", "=?", "=?=?=", "=?utf-8?q?a?=", "=?utf-7?b?", "?="}) {
        const auto assessment =
            expect_linear([&](std::size_t n) { return "Subject: " + repeated(piece, n) + "\r\n\r\n"; }, 1000000);
        EXPECT_TRUE(core::is_utf8(assessment.subject));
    }
}

TEST(Hostile, AddressesThatNeverEnd)
{
    for (const std::string_view piece : {"<", "\"", "a@b,", ",", "a b@c ", "(", ":", "<a@b", "\\", "@"}) {
        const auto assessment =
            expect_linear([&](std::size_t n) { return "To: " + repeated(piece, n) + "\r\n\r\n"; }, 1000000);
        EXPECT_LE(assessment.to_and_cc.size(), 200U);
    }
}

TEST(Hostile, HtmlOfNothingButMarkup)
{
    for (const std::string_view piece :
         {"<div>", "<table><tr><td>", "<b><p>", "<a href=x>", "</p>", "<", "<!--", "<a b='", "&amp;", "<ul><li>",
          "<select><option>", "<svg><math>", "<script>", "</script"}) {
        const auto assessment = expect_linear(
            [&](std::size_t n) {
                return "Content-Type: text/html\r\n\r\nbefore" + repeated(piece, n / piece.size());
            },
            1000000);
        EXPECT_THAT(assessment.text, testing::StartsWith("before")) << piece;
    }
}

TEST(Hostile, ManyPartsOfHtmlWithoutText)
{
    const std::string part = "--b\r\nContent-Type: text/html\r\n\r\n" + repeated("<p>", 100000) + "\r\n";
    const auto assessment = expect_linear(
        [&](std::size_t n) { return "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + repeated(part, n); }, 80);
    EXPECT_TRUE(assessment.text_cut);
    EXPECT_THAT(assessment.defects, Contains(HasSubstr("html_max")));
}

TEST(Hostile, ManyTextsOfEveryCharset)
{
    const std::string part = "--b\r\nContent-Type: text/plain; charset=iso-2022-kr\r\n\r\n\x1b$)C\x0e!!\r\n";
    const auto assessment = expect_linear(
        [&](std::size_t n) { return "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + repeated(part, n); },
        800);
    EXPECT_FALSE(assessment.text.empty());
}

// What stands in a table outside its cells is an error, and the parser kept the whole stack of elements for each.
TEST(Hostile, TablesWithinTablesTakeLittleMemory)
{
    const auto megabytes = [] {
        rusage used{};
        getrusage(RUSAGE_SELF, &used);
        return used.ru_maxrss / 1024;
    };
    const auto before = megabytes();
    const auto assessment = expect_linear(
        [](std::size_t n) { return "Content-Type: text/html\r\n\r\n" + repeated("<table><tr><td>", n); }, 66000);
    EXPECT_LT(megabytes() - before, 300);
    EXPECT_EQ(assessment.text, "");
}

TEST(Hostile, NothingButNuls)
{
    const auto assessment = expect_linear([](std::size_t n) { return std::string(n, '\0'); }, 10000000);
    EXPECT_THAT(assessment.defects, Contains(HasSubstr("NUL")));
    EXPECT_EQ(assessment.text, "");
}

// One message of mail that has been forwarded `levels` times, with `octets` at its end.
std::string forwarded(std::size_t levels, const std::string& octets)
{
    return repeated("From: a@b.example\r\nContent-Type: message/rfc822\r\n\r\n", levels) + octets;
}

TEST(Hostile, MailWithinMailWithinMailIsNotLookedAtForever)
{
    const auto assessment = expect_linear(
        [](std::size_t n) {
            return forwarded(6, "Subject: x\r\n\r\n" + repeated("word http://a.example/\r\n", n));
        },
        500000);
    EXPECT_THAT(assessment.defects, Contains(HasSubstr("nested too deeply")));
}

TEST(Hostile, AThousandForwardedMails)
{
    const auto assessment = expect_linear(
        [](std::size_t n) {
            return "Content-Type: multipart/mixed; boundary=b\r\n\r\n" +
                   repeated("--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n" +
                                std::string(10000, 'x') + "\r\n",
                            n) +
                   "--b--\r\n";
        },
        1000);
    EXPECT_THAT(assessment.defects, Contains(HasSubstr("more attached or pasted mail")));
}

TEST(Hostile, TextsOfNothingButWhatMayBeEvidence)
{
    for (const char* piece : {"From: a@b.example\n\n", "Received: from x\n", "http://a)))))))))))))))))))))))))",
                              "[.][.](dot)[", "http://[[[[[[[[[[[[[[[[[", "x://", "> > > > From:\n", "a:\n"}) {
        expect_linear([&](std::size_t n) { return "Subject: x\r\n\r\n" + repeated(piece, n); }, 20000);
    }
}

}  // namespace
}  // namespace shield::mime
