// SPDX-License-Identifier: Apache-2.0
#include "html_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::mime {
namespace {

std::string projected(std::string_view html)
{
    return project_html(html, core::Limits{}).text;
}

TEST(HtmlText, ParagraphsAndBreaks)
{
    EXPECT_EQ(projected("<p>one\n  two<p>three<br>four<div>five</div>six"), "one two\n\nthree\nfour\n\nfive\nsix");
    EXPECT_EQ(projected("a<br><br>b"), "a\n\nb");
    EXPECT_EQ(projected("<h1>Title</h1>text"), "Title\n\ntext");
}

TEST(HtmlText, InlineMarkupLeavesNoTrace)
{
    EXPECT_EQ(projected("un<b>believ<i>ab</i></b>le <font color=red>red</font>"), "unbelievable red");
}

TEST(HtmlText, ScriptsStylesCommentsAndTitlesAreGone)
{
    EXPECT_EQ(
        projected("<title>t</title><style>s</style><script>if (a<b) c</script>x<!-- d --><!-->y<iframe>z</iframe>"),
        "xy");
    EXPECT_EQ(projected("<!DOCTYPE html><?xml?><![if !mso]>shown<![endif]>"), "shown");
}

TEST(HtmlText, ALinkShowsWhereItLeads)
{
    EXPECT_EQ(projected("<a href=\"https://evil.example/?a=1&amp;b=2\">Your bank</a>."),
              "Your bank <https://evil.example/?a=1&b=2>.");
    EXPECT_EQ(projected("<a href='https://a.example/'>a.example</a>"), "a.example");
    EXPECT_EQ(projected("<a href=mailto:x@y.example>x@y.example</a>"), "x@y.example");
    EXPECT_EQ(projected("<a name=top>t</a> <a href='#top'>up</a>"), "t up");
    EXPECT_EQ(projected("<a href='javascript:x()'>go</a>"), "go <javascript:x()>");
    EXPECT_EQ(projected("<a href='http://a.example/x'>one<a href='http://b.example/x'>two"),
              "one <http://a.example/x>two <http://b.example/x>");
}

TEST(HtmlText, PicturesAreTheirAlternativeText)
{
    EXPECT_EQ(projected("<img src=http://track.example/p.gif><img alt='A &amp; B' src=x>"), "[A & B]");
}

TEST(HtmlText, ListsAreMarkedAndNumbered)
{
    EXPECT_EQ(projected("<ul><li>a<li>b</ul><ol><li>c<ol><li>d</ol><li>e</ol>"), "* a\n* b\n\n1. c\n1. d\n2. e");
}

TEST(HtmlText, ARowIsALine)
{
    EXPECT_EQ(projected("<table><tr><th>Name<th>Place<tr><td>Ada</td><td>Vienna</td></tr></table>"),
              "Name  Place\nAda  Vienna");
}

TEST(HtmlText, QuotesStandBehindAnAngle)
{
    EXPECT_EQ(projected("yes<blockquote>no<br>no<blockquote>deep</blockquote></blockquote>end"),
              "yes\n> no\n> no\n> > deep\nend");
}

TEST(HtmlText, PreformattedTextKeepsItsLines)
{
    EXPECT_EQ(projected("a<pre>\n  x\n\n   y\n</pre>b"), "a\n\n  x\n\n   y\n\nb");
}

TEST(HtmlText, EntitiesAndNoBreakSpaces)
{
    EXPECT_EQ(projected("&lt;a&gt; &amp;&nbsp;&euro; &#x41;&#0;"), "<a> & € A\xef\xbf\xbd");
}

TEST(HtmlText, WhatOnlyLooksLikeATagIsText)
{
    EXPECT_EQ(projected("1 < 2 and 3 <4 <"), "1 < 2 and 3 <4 <");
    EXPECT_EQ(projected("<unknown>x</unknown><o:p>y</o:p>"), "xy");
}

TEST(HtmlText, MisnestedMarkupKeepsItsText)
{
    EXPECT_EQ(projected("</div></p><table><td>a</div>b<table>c</table></table>d</body></html>e"), "abc\nde");
}

TEST(HtmlText, MoreThanHtmlMaxIsCut)
{
    core::Limits limits;
    limits.html_max = 20;
    const HtmlText text = project_html("<p>0123456789<p>0123456789", limits);
    EXPECT_TRUE(text.cut);
    EXPECT_EQ(text.text, "0123456789\n\n0123");
}

TEST(HtmlText, WhatIsDeeperThanHtmlDepthMaxIsFlattened)
{
    core::Limits limits;
    limits.html_depth_max = 2;
    const std::string_view quoted = "<blockquote>a<blockquote>b";
    EXPECT_FALSE(project_html(quoted, limits).flattened);
    const HtmlText deeper = project_html(std::string{quoted} + "<blockquote>c", limits);
    EXPECT_TRUE(deeper.flattened);
    EXPECT_EQ(deeper.text, "> a\n> > b\n> > c");
}

TEST(HtmlText, NestingIsCappedAndTheTextKept)
{
    std::string deep;
    for (int i = 0; i < 50000; ++i) {
        deep += "<div><blockquote>";
    }
    EXPECT_THAT(projected(deep + "bottom"), testing::HasSubstr("bottom"));
}

TEST(HtmlText, WhatMakesParsersQuadraticIsHarmless)
{
    std::string formatting;
    for (int i = 0; i < 20000; ++i) {
        formatting += "<b id=" + std::to_string(i) + "><p>";
    }
    EXPECT_EQ(projected(formatting + "x"), "x");

    std::string attributes = "<div";
    for (int i = 0; i < 100000; ++i) {
        attributes += " a" + std::to_string(i);
    }
    EXPECT_EQ(projected(attributes + ">x"), "x");

    std::string tables;
    for (int i = 0; i < 50000; ++i) {
        tables += "<table>x<a href=y>";
    }
    EXPECT_THAT(projected(tables), testing::HasSubstr("x"));
}

}  // namespace
}  // namespace shield::mime
