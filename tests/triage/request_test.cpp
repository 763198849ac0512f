// SPDX-License-Identifier: Apache-2.0
#include "request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::triage {
namespace {

using testing::HasSubstr;

Request parsed(std::string_view text)
{
    return *Request::parse(text, {});
}

TEST(Request, RefusesWhatIsNoObject)
{
    for (const std::string_view text : {"", "null", "[]", "7", "\"claim\"", "{", "{\"a\":}", "{\"a\":1} x",
                                        "{\"command\":\"\xff\"}", "{\"a\":1e999}"}) {
        EXPECT_FALSE(Request::parse(text, {})) << text;
    }
}

TEST(Request, RefusesDepthAndSize)
{
    EXPECT_THAT(Request::parse("{\"a\":" + std::string(100000, '['), {}).error().sentence, HasSubstr("too deeply"));
    std::string objects;
    for (int i = 0; i < 50000; ++i) {
        objects += "{\"a\":";
    }
    EXPECT_THAT(Request::parse(objects, {}).error().sentence, HasSubstr("too deeply"));
    core::Limits small;
    small.control_depth_max = 2;
    EXPECT_TRUE(Request::parse(R"({"references":["x"]})", small));
    EXPECT_THAT(Request::parse(R"({"references":[["x"]]})", small).error().sentence,
                HasSubstr("(control_depth_max)"));
    small.control_request_max = 10;
    EXPECT_THAT(Request::parse(R"({"a":"1234567"})", small).error().sentence, HasSubstr("at most 10 octets"));
}

TEST(Request, KeepsTheFirstThingThatIsWrong)
{
    Request request = parsed(R"({"limit":-1,"held":"yes"})");
    EXPECT_FALSE(request.number_if("limit"));
    EXPECT_FALSE(request.flag("held"));
    ASSERT_TRUE(request.fault());
    EXPECT_EQ(request.fault()->status, 2);
    EXPECT_THAT(request.fault()->sentence, HasSubstr("limit is a whole number"));
}

TEST(Request, RefusesMembersNobodyAskedFor)
{
    Request request = parsed(R"({"reference":"SR-0000-0007","\u001b[2J":1})");
    EXPECT_EQ(request.reference("reference").bits(), 7U);
    ASSERT_TRUE(request.fault());
    EXPECT_EQ(request.fault()->sentence, R"(this command takes no '\x1b[2J')");
}

TEST(Request, CallsANonsenseReferenceRefusedAndAMissingOneMisuse)
{
    Request nonsense = parsed(R"({"reference":"no such thing"})");
    (void)nonsense.reference("reference");
    EXPECT_EQ(nonsense.fault()->status, 1);
    EXPECT_THAT(nonsense.fault()->sentence, HasSubstr("looks like SR-"));
    Request missing = parsed("{}");
    (void)missing.reference("reference");
    EXPECT_EQ(missing.fault()->status, 2);
}

TEST(Request, NamesTheWordsItKnows)
{
    Request request = parsed(R"({"code":"frobnicate"})");
    (void)request.closing_code("code");
    EXPECT_THAT(request.fault()->sentence, HasSubstr("resolved, fixed, contained, duplicate"));
}

TEST(Request, TakesListsOfTextsOnly)
{
    for (const char* text : {R"({"references":[]})", R"({"references":"SR-0000-0007"})", R"({"references":[1]})",
                             R"({"references":[["x"]]})", "{}"}) {
        Request request = parsed(text);
        EXPECT_TRUE(request.texts("references").empty()) << text;
        EXPECT_TRUE(request.fault()) << text;
    }
}

}  // namespace
}  // namespace shield::triage
