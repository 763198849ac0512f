// SPDX-License-Identifier: Apache-2.0
#include "evidence.hpp"
#include "mbox.hpp"
#include "stix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <triage/sample_case.hpp>

#include <map>

namespace shield::triage {
namespace {

using namespace std::chrono_literals;
using core::EvidenceKind;
using core::EvidencePlace;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

core::Mailboxes mailboxes()
{
    return *core::Mailboxes::make("mx.example.com", {{"shield@example.com", {}, core::Category::attack}});
}

/// Alice's report, with a mail of Mallory's attached.
store::CaseDetail report()
{
    store::CaseDetail detail = sample::fresh_case();
    core::Evidence& evidence = detail.messages[0].assessment->evidence;
    const core::Time sent = sample::monday_noon - 1h;
    evidence.sources = {{EvidencePlace::message, 0, true},
                        {EvidencePlace::attached_message, 0, true},
                        {EvidencePlace::complaint, 0, false}};
    evidence.items = {{EvidenceKind::address, 0, "Received 1", "198.51.100.5", {}, 0, sent},
                      {EvidenceKind::url, 0, "text", "http://drop.example/", {}, 0, {}},
                      {EvidenceKind::address, 1, "Received 1", "203.0.113.9", {}, 0, sent + 1s},
                      {EvidenceKind::address, 1, "Received 2", "2001:db8::9", {}, 0, sent},
                      {EvidenceKind::mailbox, 1, "From", "mallory@evil.example", {}, 0, sent},
                      {EvidenceKind::mailbox, 1, "Reply-To", "\"a b\"@evil.example", {}, 0, sent},
                      {EvidenceKind::mailbox, 1, "Sender", "shield@example.com", {}, 0, sent},
                      {EvidenceKind::domain, 1, "From", "evil.example", {}, 0, sent},
                      {EvidenceKind::domain, 1, "Sender", "example.com", {}, 0, sent},
                      {EvidenceKind::subject, 1, "Subject", "Gr\xc3\xbc\xc3\x9f\x65 \"x\"\n", {}, 0, sent},
                      {EvidenceKind::time, 1, "Date", "yesterday", {}, 0, sent},
                      {EvidenceKind::message_id, 1, "Message-ID", "<1@evil.example>", {}, 0, sent},
                      {EvidenceKind::file, 1, "attachment", "a.pdf", core::sha256("x"), 1, sent},
                      {EvidenceKind::complaint, 2, "feedback-type", "abuse", {}, 0, {}},
                      {EvidenceKind::address, 2, "source-ip", "203.0.113.9", {}, 0, {}}};
    return detail;
}

/// Value and property of each object, by its type: of one that stands there once.
std::map<std::string, std::vector<Json>> by_type(const Json& bundle)
{
    std::map<std::string, std::vector<Json>> objects;
    for (const Json& object : bundle.at("objects")) {
        objects[object.at("type").get<std::string>()].push_back(object);
    }
    return objects;
}

Json bundle_of(const store::CaseDetail& detail, bool sender = false)
{
    return stix_bundle(detail, evidence_of(detail, mailboxes()), "mx.example.com", sender);
}

TEST(CaseEvidence, SaysWhoSentTheReportAndMarksWhatIsOurs)
{
    const auto rows = evidence_of(report(), mailboxes()).rows;
    ASSERT_EQ(rows.size(), 18U);
    EXPECT_EQ(rows[0].item.found_in, "SMTP client");
    EXPECT_EQ(rows[1].item.value, "alice@example.net");
    for (const EvidenceRow& row : rows) {
        const bool of_alice = row.item.value == "192.0.2.7" || row.item.value == "alice@example.net" ||
                              row.item.value == "198.51.100.5";
        EXPECT_EQ(row.reporters, of_alice) << row.item.value;
        EXPECT_EQ(row.ours, row.item.value.find("example.com") != std::string::npos) << row.item.value;
    }
}

TEST(CaseEvidence, LinksToOurOwnPagesAreOursAndLookalikesAreNot)
{
    store::CaseDetail detail = report();
    auto& items = detail.messages[0].assessment->evidence.items;
    items.clear();
    const std::vector<std::pair<std::string, bool>> urls{{"https://example.com/support", true},
                                                         {"http://www.EXAMPLE.com:8080/?q=1", true},
                                                         {"https://x@example.com/", true},
                                                         {"https://example.com.evil.example/", false},
                                                         {"https://example.com@evil.example/", false},
                                                         {"https://notexample.com#example.com", false},
                                                         {"https://evil.example/example.com", false}};
    for (const auto& [url, ours] : urls) {
        items.push_back({EvidenceKind::url, 1, "text", url, {}, 0, {}});
    }
    items.push_back({EvidenceKind::domain, 1, "text", "login.example.com", {}, 0, {}});
    std::size_t found = 0;
    for (const EvidenceRow& row : evidence_of(detail, mailboxes()).rows) {
        const auto url =
            std::find_if(urls.begin(), urls.end(), [&](const auto& one) { return one.first == row.item.value; });
        if (url != urls.end()) {
            ++found;
            EXPECT_EQ(row.ours, url->second) << row.item.value;
        }
        EXPECT_TRUE(row.ours || row.item.value != "login.example.com");
    }
    EXPECT_EQ(found, urls.size());
}

TEST(CaseEvidence, LeavesRepeatsOutAndIsBounded)
{
    store::CaseDetail detail = report();
    detail.messages.push_back(detail.messages[0]);
    detail.messages[1].kind = store::MessageKind::repeat;
    EXPECT_EQ(evidence_of(detail, mailboxes()).rows.size(), 18U);
    detail.messages[1].kind = store::MessageKind::follow_up;
    EXPECT_EQ(evidence_of(detail, mailboxes()).rows.size(), 36U);
    detail.messages.resize(200, detail.messages[1]);
    const auto many = evidence_of(detail, mailboxes());
    EXPECT_EQ(many.rows.size(), CaseEvidence::rows_max);
    EXPECT_TRUE(many.cut);
}

TEST(CaseEvidence, AsJsonHasWhatAProgramNeeds)
{
    Json json;
    add_evidence(json, evidence_of(report(), mailboxes()));
    const Json& hop = json.at("evidence").at(5);
    EXPECT_EQ(hop.at("value"), "203.0.113.9");
    EXPECT_EQ(hop.at("network"), "203.0.113.0/24");
    EXPECT_EQ(hop.at("place"), "attached message");
    EXPECT_EQ(hop.at("at"), "2026-03-02T11:00:01Z");
    EXPECT_EQ(json.at("evidence").at(15).at("sha256"), core::to_hex(core::sha256("x")));
    EXPECT_EQ(json.at("evidence_cut"), false);
}

TEST(Stix, HoldsWhatTheAttackersMailTellsAndNothingOfTheReporterAndUs)
{
    const auto objects = by_type(bundle_of(report()));
    EXPECT_EQ(objects.at("ipv4-addr").size(), 1U);
    EXPECT_EQ(objects.at("ipv4-addr")[0].at("value"), "203.0.113.9");
    EXPECT_EQ(objects.at("ipv6-addr")[0].at("value"), "2001:db8::9");
    EXPECT_EQ(objects.at("email-addr").size(), 1U);
    EXPECT_EQ(objects.at("domain-name").size(), 1U);
    EXPECT_EQ(objects.at("url")[0].at("value"), "http://drop.example/");
    EXPECT_EQ(objects.at("file")[0].at("hashes").at("SHA-256"), core::to_hex(core::sha256("x")));
    EXPECT_EQ(objects.at("email-message")[0].at("from_ref"), objects.at("email-addr")[0].at("id"));
    EXPECT_EQ(objects.at("email-message")[0].at("date"), "2026-03-02T11:00:00Z");
    const Json& observed = objects.at("observed-data")[1];
    EXPECT_EQ(observed.at("first_observed"), "2026-03-02T11:00:00Z");
    EXPECT_EQ(observed.at("last_observed"), "2026-03-02T11:00:01Z");
    EXPECT_EQ(objects.at("observed-data")[2].at("labels"), Json::array({"abuse"}));
    EXPECT_THAT(bundle_of(report()).dump(), Not(testing::AnyOf(HasSubstr("alice"), HasSubstr("192.0.2.7"))));
}

// By hand: uuid5 of 00abedb4-aa42-466c-9c01-fed23315a9b7 and {"value":"203.0.113.9"}, as section 2.9 says.
TEST(Stix, IdentifiesObservablesAsTheSpecificationSays)
{
    const auto objects = by_type(bundle_of(report()));
    EXPECT_EQ(objects.at("ipv4-addr")[0].at("id"), "ipv4-addr--39090fdc-366e-571f-ab5b-d05e2918f88f");
    EXPECT_EQ(objects.at("file")[0].at("id"), "file--a71d0b09-a13b-5654-90db-661220567aec");
    EXPECT_EQ(objects.at("email-message")[0].at("id"), "email-message--6f1c3243-39ea-5af6-ae5e-1d0247b5694a");
}

TEST(Stix, TheSameCaseGivesTheSameOctets)
{
    EXPECT_EQ(bundle_of(report()).dump(), bundle_of(report()).dump());
}

TEST(Stix, WhoSentTheMessagesIsInItOnlyWhenAPersonSaysSo)
{
    EXPECT_TRUE(bundle_of(sample::fresh_case()).is_null());
    const auto objects = by_type(bundle_of(sample::fresh_case(), true));
    EXPECT_EQ(objects.at("ipv4-addr")[0].at("value"), "192.0.2.7");
    EXPECT_EQ(objects.at("email-addr")[0].at("value"), "alice@example.net");
    EXPECT_EQ(objects.at("email-message")[0].at("subject"), "Someone is in my account");
}

TEST(TraceFields, SayHowAMessageCame)
{
    store::Message message = sample::fresh_case().messages[0];
    message.verdict.proofs = {{"spf", "pass", "example.net", "", ""}, {"dkim", "fail", "example.net", "", ""}};
    EXPECT_EQ(trace_fields(message, "mx.example.com"),
              "Return-Path: <alice@example.net>\r\n"
              "Authentication-Results: mx.example.com;\r\n\tspf=pass smtp.mailfrom=example.net;\r\n"
              "\tdkim=fail header.d=example.net\r\n"
              "Received: from mail.example.net ([192.0.2.7])\r\n\tby mx.example.com with ESMTP id " +
                  message.reference.to_string() + ";\r\n\tMon, 02 Mar 2026 12:00:00 +0000\r\n");
}

TEST(TraceFields, HoldNothingThatCouldLeaveThem)
{
    store::Message message = sample::fresh_case().messages[0];
    message.envelope.helo = "x\r\nFrom: b@evil.example";
    message.envelope.reverse_path = "a@b\r\nc";
    message.envelope.client_address = "unix:(x";
    message.envelope.protocol = "E\r\n";
    message.verdict.proofs = {{"spf\r\nX: y", "pass", "a", "", ""}, {"spf", "pass", "a b(", "", ""}};
    EXPECT_EQ(trace_fields(message, "mx.example.com"),
              "Return-Path: <>\r\nAuthentication-Results: mx.example.com;\r\n\tspf=pass\r\n"
              "Received: from unknown\r\n\tby mx.example.com with SMTP id " +
                  message.reference.to_string() + ";\r\n\tMon, 02 Mar 2026 12:00:00 +0000\r\n");
}

TEST(Mbox, QuotesWhatWouldBeginAnotherMessage)
{
    const store::Message message = sample::fresh_case().messages[0];
    std::string mbox;
    append_to_mbox(mbox, message, "A: b\r\n", "Subject: x\r\n\r\nFrom me\r\n>From you\r\n From here\r\nend");
    EXPECT_EQ(mbox,
              "From alice@example.net Mon Mar  2 12:00:00 2026\nA: b\nSubject: x\n\n>From me\n>>From you\n"
              " From here\nend\n\n");
}

TEST(Mbox, ASenderWhoCannotStandInItsFirstLineIsNobody)
{
    store::Message message = sample::fresh_case().messages[0];
    for (const char* sender : {"", "\"a b\"@example.net", "j\xc3\xb6@example.net"}) {
        message.envelope.reverse_path = sender;
        std::string mbox;
        append_to_mbox(mbox, message, {}, {});
        EXPECT_THAT(mbox, testing::StartsWith("From MAILER-DAEMON Mon Mar  2")) << sender;
    }
}

}  // namespace
TEST(Mbox, HasNoResultsInOurNameThatAreNotOurs)
{
    EXPECT_EQ(without_our_results("Authentication-Results: MX.example.com;\r\n\tspf=pass\r\nSubject: x\r\n"
                                  "authentication-results:\r\n mx.example.com; dkim=pass\r\n"
                                  "Authentication-Results: other.example; spf=fail\r\n\r\n"
                                  "Authentication-Results: mx.example.com; spf=pass\r\n",
                                  "mx.example.com"),
              "Subject: x\r\nAuthentication-Results: other.example; spf=fail\r\n\r\n"
              "Authentication-Results: mx.example.com; spf=pass\r\n");
    EXPECT_EQ(without_our_results("Authentication-Results: mx.example.com", "mx.example.com"), "");
    EXPECT_EQ(without_our_results("", "mx.example.com"), "");
}

}  // namespace shield::triage
