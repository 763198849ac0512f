// SPDX-License-Identifier: Apache-2.0
#include "json.hpp"
#include "store_fixture.hpp"

#include <shield/mime/read.hpp>
#include <shield/triage/desk.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::triage {
namespace {

using testing::Contains;
using testing::HasSubstr;
using namespace std::chrono_literals;

class DeskTest : public testing::Test {
protected:
    void SetUp() override
    {
        house_.open();
        desk_ = std::make_unique<Desk>(
            house_.store(), [this] { return settings_; }, house_.clock(), house_.metrics(), mime::attachment);
        reference_ = house_.receive(cry_for_help, "alice@example.net").to_string();
        house_.assess();
    }
    void TearDown() override { desk_.reset(); }

    Json ask(const Json& request, const char* who = "bea")
    {
        const std::string answer = desk_->execute(request.dump(), who);
        const auto end = answer.find('\n');
        octets_ = end == std::string::npos ? std::string{} : answer.substr(end + 1);
        return Json::parse(answer.substr(0, end));
    }
    Json on_case(const char* command) const { return {{"command", command}, {"reference", reference_}}; }
    Json with(const char* command, const char* name, const Json& value) const
    {
        Json request = on_case(command);
        request[name] = value;
        return request;
    }
    void limit(const core::Limits& limits)
    {
        auto settings = std::make_shared<Settings>(*settings_);
        settings->limits = limits;
        settings_ = settings;
    }
    /// The status of an answer that says so, when the bound's metric has counted it.
    int refused(const Json& request, const std::string& bound)
    {
        const core::Metrics::Value& counted = house_.metrics().counter("shield_limit_" + bound + "_total", {});
        const auto before = counted.load();
        const Json answer = ask(request);
        EXPECT_EQ(counted.load(), before + 1) << bound;
        EXPECT_FALSE(answer["error"].get<std::string>().empty());
        return answer["status"];
    }
    std::vector<std::string> kinds()
    {
        std::vector<std::string> names;
        const Json detail = ask(on_case("show"));
        for (const Json& event : detail["result"]["events"]) {
            names.push_back(event["who"].get<std::string>() + " " + event["kind"].get<std::string>());
        }
        return names;
    }

    StoreInDirectory house_;
    std::shared_ptr<const Settings> settings_{desk_settings()};
    std::unique_ptr<Desk> desk_;
    std::string reference_;
    std::string octets_;
};

TEST_F(DeskTest, TheQueueListsTheCaseWithItsCounts)
{
    const Json answer = ask({{"command", "queue"}, {"full", true}});
    ASSERT_EQ(answer["status"], 0) << answer;
    ASSERT_EQ(answer["result"]["cases"].size(), 1U);
    const Json& one = answer["result"]["cases"][0];
    EXPECT_EQ(one["reference"], reference_);
    EXPECT_EQ(one["category"], "attack");
    EXPECT_EQ(one["state"], "new");
    EXPECT_EQ(one["subject"], "Someone is in my account");
    EXPECT_FALSE(one["reasons"].empty());
    EXPECT_EQ(one["acknowledgement"]["state"], "held");
    EXPECT_EQ(answer["result"]["counts"]["attack"], 1);
    EXPECT_EQ(answer["result"]["counts"]["held"], 1);
    EXPECT_TRUE(ask({{"command", "queue"}, {"category", "urgent"}})["result"]["cases"].empty());
    EXPECT_EQ(ask({{"command", "queue"}, {"held", true}})["result"]["cases"].size(), 1U);
    EXPECT_EQ(ask({{"command", "queue"}, {"category", "orange"}})["status"], 2);
}

TEST_F(DeskTest, APersonWorksACaseToItsEnd)
{
    EXPECT_EQ(ask(on_case("claim"))["result"]["state"], "triaged");
    EXPECT_EQ(ask(with("note", "text", "called her"))["status"], 0);
    EXPECT_EQ(ask(with("set", "state", "in_progress"), "carl")["result"]["state"], "in_progress");
    EXPECT_EQ(ask(with("reclassify", "category", "urgent"))["result"]["category"], "urgent");
    const Json replied = ask(with("reply", "text", "We locked the account.\n"));
    EXPECT_EQ(replied["result"]["state"], "waiting");
    EXPECT_TRUE(replied["result"]["due_at"].is_null());
    EXPECT_THAT(replied["warnings"].dump(), HasSubstr("not verified"));
    EXPECT_EQ(ask(with("close", "code", "contained"))["result"]["state"], "closed");
    EXPECT_EQ(ask(on_case("claim"))["status"], 1);
    EXPECT_EQ(ask(on_case("reopen"))["result"]["state"], "in_progress");
    for (const char* kind :
         {"bea claim", "bea note", "carl set", "bea reclassify", "bea reply", "bea close", "bea reopen"}) {
        EXPECT_THAT(kinds(), Contains(kind));
    }
}

TEST_F(DeskTest, AReplyWaitsInTheOutboxAndADryRunDoesNot)
{
    Json dry = with("reply", "text", "Hello Alice\n");
    dry["dry_run"] = true;
    const Json shown = ask(dry);
    ASSERT_EQ(shown["status"], 0) << shown;
    EXPECT_THAT(octets_, HasSubstr("Hello Alice"));
    EXPECT_EQ(shown["octets"], octets_.size());
    EXPECT_FALSE(house_.store().outbox().next_due());

    ASSERT_EQ(ask(with("reply", "text", "Hello Alice\n"))["status"], 0);
    const auto due = house_.store().outbox().lease(10);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_FALSE(due[0].automatic);
    EXPECT_EQ(due[0].recipient, "alice@example.net");
    const Json outgoing = ask(on_case("show"))["result"]["outgoing"];
    ASSERT_EQ(outgoing.size(), 1U);
    EXPECT_EQ(outgoing[0]["who"], "bea");
    EXPECT_EQ(outgoing[0]["text"], "Hello Alice\n");
}

TEST_F(DeskTest, AReplyTakesATemplateOrATextAndOnlyOne)
{
    EXPECT_EQ(ask(on_case("reply"))["status"], 2);
    Json both = with("reply", "text", "x");
    both["template"] = "more";
    EXPECT_EQ(ask(both)["status"], 2);
    EXPECT_EQ(ask(with("reply", "template", "nothing"))["status"], 1);
    EXPECT_EQ(ask(with("reply", "text", " \n"))["status"], 2);
    ASSERT_EQ(ask(with("reply", "template", "more"))["status"], 0);
    EXPECT_EQ(ask(on_case("show"))["result"]["outgoing"][0]["text"],
              "Please tell us more about " + reference_ + ".\n");
    EXPECT_THAT(ask({{"command", "templates"}})["result"].dump(), HasSubstr("more"));
}

TEST_F(DeskTest, AReleaseQueuesTheAcknowledgementOnceAndSaysOfEachWhatBecameOfIt)
{
    const Json request{{"command", "release"}, {"references", Json::array({reference_, "SR-0000-0000"})}};
    const Json first = ask(request);
    EXPECT_EQ(first["status"], 1);
    EXPECT_EQ(first["result"][0]["status"], 0) << first;
    EXPECT_EQ(first["result"][1]["status"], 1);
    const auto due = house_.store().outbox().lease(10);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_TRUE(due[0].automatic);
    EXPECT_EQ(due[0].sender, "");
    EXPECT_EQ(ask(on_case("show"))["result"]["acknowledgement"]["state"], "queued");
    EXPECT_THAT(ask(request)["result"][0]["error"].get<std::string>(), HasSubstr("at most one"));
    EXPECT_TRUE(house_.store().outbox().lease(10).empty());
    EXPECT_THAT(kinds(), Contains("bea release"));
}

TEST_F(DeskTest, JoinedCasesAnswerToBothNames)
{
    house_.pass(60s);
    const std::string other =
        house_.receive("From: alice@example.net\r\nSubject: again\r\n\r\nhello\r\n", "alice@example.net")
            .to_string();
    house_.assess();
    const Json joined = ask({{"command", "join"}, {"reference", other}, {"into", reference_}});
    ASSERT_EQ(joined["status"], 0) << joined;
    EXPECT_EQ(joined["result"]["reference"], reference_);
    EXPECT_EQ(joined["result"]["messages"], 2);
    EXPECT_EQ(ask({{"command", "show"}, {"reference", other}})["result"]["reference"], reference_);
    EXPECT_EQ(ask({{"command", "join"}, {"reference", other}, {"into", reference_}})["status"], 1);
    EXPECT_EQ(ask({{"command", "raw"}, {"reference", other}})["status"], 0);
    EXPECT_THAT(octets_, HasSubstr("Subject: again"));
}

TEST_F(DeskTest, ACaseIsNotHiddenInAClosedOne)
{
    house_.pass(60s);
    const std::string other =
        house_.receive("From: bob@example.org\r\nSubject: other\r\n\r\nhello\r\n", "bob@example.org").to_string();
    house_.assess();
    ASSERT_EQ(ask(with("close", "code", "resolved"))["status"], 0);
    const Json refused = ask({{"command", "join"}, {"reference", other}, {"into", reference_}});
    EXPECT_EQ(refused["status"], 1);
    EXPECT_THAT(refused["error"].get<std::string>(), HasSubstr("reopen it first"));

    Json duplicate{{"command", "close"}, {"reference", other}, {"code", "duplicate"}};
    EXPECT_EQ(ask(duplicate)["status"], 2);
    duplicate["of"] = "SR-0000-0000";
    EXPECT_EQ(ask(duplicate)["status"], 1);
    duplicate["of"] = reference_;
    EXPECT_EQ(ask(duplicate)["result"]["duplicate_of"], reference_);
}

TEST_F(DeskTest, OctetsComeBackExactly)
{
    const Json raw = ask(on_case("raw"));
    EXPECT_EQ(raw["status"], 0);
    EXPECT_EQ(octets_, cry_for_help);
    const Json attachment = ask(with("attachment", "number", 1U));
    EXPECT_EQ(attachment["status"], 0) << attachment;
    EXPECT_EQ(attachment["result"]["name"], "proof.bin");
    EXPECT_EQ(octets_, std::string("\0\1\2\3", 4));
    for (const Json& bad : {with("attachment", "number", 0U), with("attachment", "number", 2U),
                            with("attachment", "number", 18446744073709551615U), on_case("attachment")}) {
        EXPECT_EQ(ask(bad)["status"], 1) << bad;
    }
    EXPECT_EQ(ask(with("raw", "message", 2U))["status"], 1);
    EXPECT_EQ(ask(with("raw", "message", 0U))["status"], 1);
}

TEST_F(DeskTest, SearchFindsWordsOfTheText)
{
    const Json found = ask({{"command", "search"}, {"words", "kangaroo"}});
    ASSERT_EQ(found["status"], 0) << found;
    ASSERT_EQ(found["result"].size(), 1U);
    EXPECT_EQ(found["result"][0]["reference"], reference_);
    EXPECT_TRUE(ask({{"command", "search"}, {"words", "wombat"}})["result"].empty());
    for (const char* odd : {"\"", "*", "a AND", "NEAR(", "subject:x", "( ) ^ -", "kang*roo OR"}) {
        EXPECT_EQ(ask({{"command", "search"}, {"words", odd}})["status"], 0) << odd;
    }
    EXPECT_EQ(ask({{"command", "search"}, {"words", std::string(2000, 'x')}})["status"], 2);
}

TEST_F(DeskTest, ListsWhatWasRefusedForItsSize)
{
    EXPECT_EQ(ask({{"command", "refused"}})["result"].dump(), "[]");
    EXPECT_EQ(ask({{"command", "refused"}, {"limit", 0}})["status"], 2);
    EXPECT_EQ(ask({{"command", "refused"}, {"limit", 1000000}})["status"], 2);
}

TEST_F(DeskTest, VerifyStatsAndBackupAnswer)
{
    const Json verified = ask({{"command", "verify"}});
    EXPECT_EQ(verified["status"], 0) << verified;
    EXPECT_EQ(verified["result"]["messages"], 1);
    EXPECT_TRUE(ask({{"command", "stats"}})["result"].is_object());
    const Json made = ask({{"command", "backup"}});
    EXPECT_EQ(made["status"], 0);
    const std::string file = made["result"]["file"];
    EXPECT_TRUE(std::filesystem::exists(file));
    EXPECT_EQ(ask({{"command", "backup-taken"}, {"file", file}})["status"], 0);
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_EQ(ask({{"command", "backup-taken"}, {"file", file}})["status"], 1);
}

TEST_F(DeskTest, NothingButABackupIsTakenAway)
{
    for (const char* file : {"shield.db", "lock", "../shield.db", "/etc/passwd", ".untaken-backup-",
                             ".untaken-backup-x/../shield.db"}) {
        EXPECT_EQ(ask({{"command", "backup-taken"}, {"file", file}})["status"], 1) << file;
    }
    EXPECT_TRUE(std::filesystem::exists(house_.directory() / "shield.db"));
    EXPECT_EQ(ask({{"command", "backup"}, {"file", "/tmp/copy.db"}})["status"], 2);
}

TEST_F(DeskTest, ARotatedKeyStillVerifiesWhatItSigned)
{
    const std::string before = core::make_token(house_.store().token_key(), *core::Reference::parse(reference_));
    EXPECT_EQ(ask({{"command", "rotate-token-key"}})["status"], 0);
    EXPECT_NE(core::make_token(house_.store().token_key(), *core::Reference::parse(reference_)), before);
    EXPECT_TRUE(core::verify_token(before, house_.store().token_keys()));
}

TEST_F(DeskTest, WhatIsNotThereIsRefused)
{
    for (const char* command : {"show", "claim", "reopen", "raw"}) {
        const Json answer = ask({{"command", command}, {"reference", "SR-0000-0000"}});
        EXPECT_EQ(answer["status"], 1) << command;
        EXPECT_EQ(answer["error"], "there is no case SR-0000-0000");
    }
}

TEST_F(DeskTest, GarbageIsAnsweredAndHarmsNobody)
{
    const std::string before = ask(on_case("show")).dump();
    for (const std::string& garbage :
         {std::string{}, std::string{"\0\0\0\0", 4}, std::string{"{}"}, std::string{"[{}]"},
          std::string{"{\"command\":7}"}, std::string{"{\"command\":\"drop\"}"},
          std::string{"{\"command\":\"claim\",\"reference\":[\"SR-0000-0000\"]}"},
          std::string{"{\"command\":\"claim\",\"reference\":\""} + reference_ + "\",\"who\":\"root\"}",
          "{\"command\":\"note\",\"reference\":\"" + reference_ + "\",\"text\":\"" + std::string(70000, 'x') +
              "\"}",
          "{\"command\":\"note\",\"reference\":\"" + reference_ + "\",\"text\":\"\xff\"}", std::string(200000, '['),
          std::string(2000000, ' ')}) {
        const Json answer = Json::parse(desk_->execute(garbage, "bea"));
        EXPECT_THAT(answer["status"].get<int>(), testing::AnyOf(1, 2)) << garbage.substr(0, 60);
        EXPECT_FALSE(answer["error"].get<std::string>().empty());
    }
    EXPECT_EQ(ask(on_case("show")).dump(), before);
}

TEST_F(DeskTest, WhatPassesABoundIsRefusedAndCounted)
{
    core::Limits limits;
    limits.note_max = 5;
    limits.reply_text_max = 6;
    limits.search_words_max = 7;
    limits.control_references_max = 1;
    limits.control_depth_max = 2;
    limit(limits);
    EXPECT_EQ(ask(with("note", "text", "12345"))["status"], 0);
    EXPECT_EQ(refused(with("note", "text", "123456"), "note"), 1);
    EXPECT_EQ(ask(with("reply", "text", "123456"))["status"], 0);
    EXPECT_EQ(refused(with("reply", "text", "1234567"), "reply_text"), 1);
    EXPECT_EQ(ask({{"command", "search"}, {"words", "1234567"}})["status"], 0);
    EXPECT_EQ(refused({{"command", "search"}, {"words", "12345678"}}, "search_words"), 2);
    EXPECT_EQ(ask({{"command", "release"}, {"references", {reference_}}})["status"], 0);
    EXPECT_EQ(refused({{"command", "release"}, {"references", {reference_, reference_}}}, "control_references"), 1);
    EXPECT_EQ(refused({{"command", {{"name", {"deep"}}}}}, "control_depth"), 2);
    EXPECT_EQ(house_.metrics().counter("shield_limit_note_total", {}), 1) << "each counts for itself";
}

TEST_F(DeskTest, ListsAndTextsAreCutToTheirBounds)
{
    house_.receive("Subject: kangaroo\r\n\r\nA kangaroo again.\r\n", "bob@example.net");
    house_.assess();
    core::Limits limits;
    limits.queue_rows_max = 1;
    limits.search_rows_max = 1;
    limits.show_text_max = 10;
    limit(limits);
    const Json queue = ask({{"command", "queue"}})["result"];
    EXPECT_EQ(queue["cases"].size(), 1U);
    EXPECT_EQ(queue["limit"], 1U);
    for (const Json& limit : {Json(0U), Json(-1), Json(2U), Json("1")}) {
        const Json refused = ask({{"command", "queue"}, {"limit", limit}});
        EXPECT_EQ(refused["status"], 2) << limit;
        EXPECT_EQ(refused["error"], "limit is a whole number from 1 to 1") << limit;
    }
    EXPECT_EQ(ask({{"command", "search"}, {"words", "kangaroo"}})["result"].size(), 1U);
    EXPECT_EQ(ask(on_case("show"))["result"]["messages_detail"][0]["text"], "My account");
}

TEST_F(DeskTest, AStoreThatIsGoneIsStatusThree)
{
    house_.store().stop();
    const Json answer = ask(on_case("claim"));
    EXPECT_EQ(answer["status"], 3) << answer;
    EXPECT_FALSE(answer["error"].get<std::string>().empty());
}

}  // namespace
}  // namespace shield::triage
