// SPDX-License-Identifier: Apache-2.0
#include "document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>

namespace shield::mime {
namespace {

// The bodies of a document refer to its octets, which are kept until all tests are done.
Document parsed(std::string octets)
{
    static std::list<std::string> kept;
    kept.push_back(std::move(octets));
    Defects defects;
    return parse(kept.back(), core::Limits{}, defects);
}

// The types of the tree, children in brackets.
std::string outline(const Document& document, std::size_t number = 0)
{
    const Part& part = document.parts[number];
    std::string text = part.type();
    if (!part.is_leaf()) {
        text += " [";
        for (const std::size_t child : part.children) {
            text += (child == part.children.front() ? "" : ", ") + outline(document, child);
        }
        text += "]";
    }
    return text;
}

// The mid-line and trailing-blank traps that take mimetic's other parser apart.
TEST(Document, TheTreeIsTheSenders)
{
    const std::string message =
        "Content-Type: multipart/mixed; boundary=1\r\n\r\n"
        "--1\r\nContent-Type: text/plain\r\n\r\nA --2 --1 --1--\r\n"
        "--1  \r\nContent-Type: multipart/alternative; boundary=2\r\n\r\n"
        "--2\t\r\n\r\nB\r\n--2\r\nContent-Type: TEXT/HTML \r\n\r\nC\r\n--2--\r\nepilogue\r\n"
        "--1\r\nContent-Type: application/pdf\r\n\r\nD\r\n--1--\r\n";
    EXPECT_EQ(outline(parsed(message)),
              "multipart/mixed [text/plain, multipart/alternative [text/plain, text/html], application/pdf]");
}

TEST(Document, BodiesAreOctetForOctet)
{
    // Every length moves the boundary through mimetic's blocks of 4096; every ending tempts it to trim.
    for (const std::string_view ending : {"", "\r\n", "\r\n\r\n", "\n", "\r", "=_", "--", "\r\n--"}) {
        for (std::size_t length = 4060; length < 4110; ++length) {
            const std::string body =
                std::string(length - 40, 'x') + "\r\n" + std::string(38, 'y') + std::string{ending};
            const Document document = parsed("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + body +
                                             "\r\n--b\r\n\r\nlast\r\n--b--\r\n");
            ASSERT_EQ(document.parts.size(), 3U);
            ASSERT_EQ(document.parts[1].body, body) << length;
            ASSERT_EQ(document.parts[2].body, "last");
        }
    }
}

TEST(Document, LongLinesHideNoBoundary)
{
    const std::string body(10000, '-');
    const Document document =
        parsed("Content-Type: multipart/mixed; boundary=" + std::string(60, '-') + "\r\n\r\n--" +
               std::string(60, '-') + "\r\n\r\n" + body + "\r\n--" + std::string(60, '-') + "--\r\n");
    ASSERT_EQ(document.parts.size(), 2U);
    EXPECT_EQ(document.parts[1].body, body);
}

TEST(Document, BinaryBodiesKeepTheirNuls)
{
    using namespace std::string_literals;
    const Document document = parsed(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\n\0\r\0\n\0\r\n--b--"s);
    ASSERT_EQ(document.parts.size(), 2U);
    EXPECT_EQ(document.parts[1].body, "\0\r\0\n\0"s);
}

TEST(Document, AnEmbeddedMessageIsALeaf)
{
    const Document document = parsed(
        "Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; "
        "boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n");
    ASSERT_EQ(document.parts.size(), 1U);
    EXPECT_THAT(document.parts[0].body, testing::StartsWith("Content-Type: multipart/mixed"));
}

TEST(Document, InADigestPartsAreMessages)
{
    EXPECT_EQ(outline(parsed("Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: 1\r\n\r\nx\r\n"
                             "--b\r\nContent-Type: text/plain\r\n\r\ny\r\n--b--\r\n")),
              "multipart/digest [message/rfc822, text/plain]");
}

TEST(Document, TypesThatCannotBeReadHaveADefault)
{
    EXPECT_EQ(parsed("Content-Type: text\r\n\r\n").message().type(), "text/plain");
    EXPECT_EQ(parsed("Content-Type: nonsense\r\n\r\n").message().type(), "text/plain");
    EXPECT_EQ(parsed("Subject: none\r\n\r\n").message().type(), "text/plain");
    EXPECT_EQ(parsed("Content-Type: text/\x1b[2J\r\n\r\n").message().type(), "text/plain");
    EXPECT_FALSE(parsed("Subject: none\r\n\r\n").message().type_declared);
    EXPECT_EQ(
        outline(parsed("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image\r\n\r\n--b--")),
        "multipart/mixed [application/octet-stream]");
}

TEST(Document, TheDispositionNamesTheFileBeforeTheType)
{
    const Document document =
        parsed("Content-Type: image/png; name=a.png\r\nContent-Disposition: INLINE; filename=b.png\r\n\r\n");
    EXPECT_EQ(document.message().file_name, "b.png");
    EXPECT_EQ(document.message().disposition, "inline");
    EXPECT_EQ(parsed("Content-Type: image/png; name=a.png\r\n\r\n").message().file_name, "a.png");
    EXPECT_EQ(parsed("Content-Disposition: inline; filename*=utf-8''a%0D%0Ab%1B%00c\r\n\r\n").message().file_name,
              "a  b c");
    // RFC 2183 section 2.8: what is not known is an attachment.
    EXPECT_EQ(parsed("Content-Disposition: whatever\r\n\r\n").message().disposition, "attachment");
}

TEST(Document, FieldsAreUnfoldedAndFoundInAnyCase)
{
    const Document document = parsed("SUBJECT : a\r\n  b\r\nX-Empty:\r\nsubject: second\r\n\r\n");
    EXPECT_EQ(document.message().field("subject"), "a b");
    EXPECT_EQ(document.message().field("x-empty"), "");
    ASSERT_EQ(document.message().fields.size(), 3U);
    EXPECT_EQ(document.message().fields[0].name, "SUBJECT");
}

}  // namespace
}  // namespace shield::mime
