// SPDX-License-Identifier: Apache-2.0
#include "json.hpp"

#include "sample_case.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::triage {
namespace {

TEST(CaseJson, HasEveryKeyOfTheContractAndTimesInUtc)
{
    const Json json = case_json(sample::fresh_case());
    for (const char* key : {"reference", "category", "state", "mailbox", "from", "subject", "received_at", "due_at",
                            "assignee", "messages", "reasons", "authentication", "acknowledgement", "similar"}) {
        EXPECT_TRUE(json.contains(key)) << key;
    }
    for (const char* key : {"spf", "dkim", "dmarc", "arc", "reply_address"}) {
        EXPECT_TRUE(json["authentication"].contains(key)) << key;
    }
    for (const char* key : {"state", "reason", "sent_at"}) {
        EXPECT_TRUE(json["acknowledgement"].contains(key)) << key;
    }
    EXPECT_EQ(json["reference"], "SR-0000-0007");
    EXPECT_EQ(json["state"], "new");
    EXPECT_EQ(json["received_at"], "2026-03-02T12:00:00Z");
    EXPECT_EQ(json["due_at"], "2026-03-02T14:00:00Z");
    EXPECT_TRUE(json["assignee"].is_null());
    EXPECT_EQ(json["messages"], 1);
    EXPECT_EQ(json["reasons"], Json::array({"says 'someone is in my account'"}));
    EXPECT_EQ(json["authentication"]["reply_address"], "unverified");
    EXPECT_EQ(json["acknowledgement"]["state"], "held");
}

TEST(CaseJson, OfAnUnreadableMessageStillHasEveryKey)
{
    auto detail = sample::fresh_case();
    detail.messages.front().assessment.reset();
    const Json json = detail_json(detail, 1000);
    EXPECT_EQ(json["reasons"], Json::array());
    EXPECT_EQ(json["messages_detail"][0]["assessed"], false);
}

TEST(DetailJson, CutsTextAtTheBoundAndSaysSo)
{
    auto detail = sample::fresh_case();
    detail.messages.front().assessment->text = "grüße";
    const Json json = detail_json(detail, 3);
    EXPECT_EQ(json["messages_detail"][0]["text"], "gr");  // never half a character
    EXPECT_EQ(json["messages_detail"][0]["text_cut"], true);
}

TEST(DetailJson, IsOneLineOfUtf8WhateverArrived)
{
    auto detail = sample::fresh_case();
    detail.summary.subject = "a\nb\x1b[2J \xff";
    detail.messages.front().envelope.helo = "\xc3";
    const std::string line = to_line(detail_json(detail, 1000));
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
    EXPECT_TRUE(Json::accept(line));
}

}  // namespace
}  // namespace shield::triage
