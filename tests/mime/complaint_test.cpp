// SPDX-License-Identifier: Apache-2.0
#include "complaint.hpp"

#include "json_members.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::mime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> told(std::string_view content)
{
    std::vector<std::string> all;
    for (const core::EvidenceItem& item : read_complaint(content)) {
        all.push_back(std::string{to_string(item.kind)} + " " + item.value);
    }
    return all;
}

TEST(Complaint, ArfTellsWhoIsComplainedAboutAndNothingOfTheVictim)
{
    EXPECT_THAT(told("Feedback-Type: abuse\r\n"
                     "User-Agent: SomeGenerator/1.0\r\n"
                     "Version: 1\r\n"
                     "Original-Mail-From: <mallory@evil.example>\r\n"
                     "Original-Rcpt-To: <victim@reporter.example>\r\n"
                     "Arrival-Date: Thu, 8 Mar 2005 14:00:00 EDT\r\n"
                     "Reporting-MTA: dns; mail.reporter.example\r\n"
                     "Source-IP: 203.0.113.9\r\n"
                     "Reported-Domain: evil.example\r\n"
                     "Reported-Uri: http://evil.example/earn_money.html\r\n"
                     "Reported-Uri: mailto:user@reporter.example\r\n"
                     "Removal-Recipient: victim@reporter.example\r\n"),
                ElementsAre("complaint abuse", "domain evil.example", "mailbox mallory@evil.example",
                            "time Thu, 8 Mar 2005 14:00:00 EDT", "address 203.0.113.9", "domain evil.example",
                            "url http://evil.example/earn_money.html", "domain evil.example"));
}

TEST(Complaint, WhatItNamesHappenedThenWhenItSays)
{
    const auto items = read_complaint("Source-IP: 203.0.113.9\nArrival-Date: Tue, 8 Mar 2005 14:00:00 +0000\n");
    ASSERT_EQ(items.size(), 2U);
    ASSERT_TRUE(items[0].at);
    EXPECT_EQ(core::to_rfc3339(*items[0].at), "2005-03-08T14:00:00Z");
}

TEST(Complaint, XarfInYamlIsRead)
{
    EXPECT_THAT(told("---\nReported-From: noc@reporter.example\nCategory: abuse\nReport-Type: login-attack\n"
                     "Service: ssh\nVersion: 0.2\nDate: Wed, 12 Jan 2011 13:30:00 +0100\nSource-Type: ip-address\n"
                     "Source: '203.0.113.9'\nPort: 22\nReport-ID: 1@reporter.example\n"
                     "Schema-URL: http://schema.invalid/x.json\nAttachment: text/plain\n"),
                ElementsAre("complaint abuse", "complaint login-attack", "time Wed, 12 Jan 2011 13:30:00 +0100",
                            "address 203.0.113.9"));
    EXPECT_THAT(told("Source-Type: uri\nSource: http://evil.example/x\n"),
                ElementsAre("url http://evil.example/x", "domain evil.example"));
}

TEST(Complaint, XarfInJsonIsRead)
{
    EXPECT_THAT(told(R"({"Version": "3", "ReporterInfo": {"ReporterOrg": "R", "ReporterOrgEmail": "a@r.example"},
                         "Disclosure": true, "Report": {"ReportClass": "Activity", "ReportType": "Spam",
                         "Date": "2026-11-23T10:00:00Z", "SourceIp": "203.0.113.9", "SourcePort": 25,
                         "SmtpMailFromAddress": "mallory@evil.example", "Samples": [{"Payload": "Ynll"}]}})"),
                ElementsAre("complaint Activity", "complaint Spam", "time 2026-11-23T10:00:00Z",
                            "address 203.0.113.9", "domain evil.example", "mailbox mallory@evil.example"));
    EXPECT_THAT(
        told(R"({"xarf_version":"4.0.0","category":"messaging","type":"spam","source_identifier":"203.0.113.9",
                         "timestamp":"2026-11-23T11:00:00+01:00","smtp_from":"mallory\u0040evil.example"})"),
        ElementsAre("complaint messaging", "complaint spam", "address 203.0.113.9",
                    "time 2026-11-23T11:00:00+01:00", "domain evil.example", "mailbox mallory@evil.example"));
}

TEST(Complaint, WhatIsNoneTellsNothing)
{
    for (const char* text :
         {"", "{", "{\"", "{\"a", "{\"a\":", "{\"a\":\"\\", "{\"a\":\"\\u12", "]]]]", ":::", "---"}) {
        EXPECT_THAT(told(text), IsEmpty()) << text;
    }
}

TEST(JsonMembers, AreTextsAtAnyDepthWithTheirEscapesRead)
{
    const auto members =
        text_members(R"([{"a": "x\n\"\\\/", "b": 1, "c": ["d", {"e": "\ud83d\ude00\ud800"}]}])", 10);
    ASSERT_EQ(members.size(), 2U);
    EXPECT_EQ(members[0].value, "x\n\"\\/");
    EXPECT_EQ(members[1].name, "e");
    EXPECT_EQ(members[1].value, "\xf0\x9f\x98\x80\xef\xbf\xbd");
}

TEST(JsonMembers, AreAtMostSoMany)
{
    std::string json = "{";
    for (int i = 0; i < 50; ++i) {
        json += R"("a":"b",)";
    }
    EXPECT_EQ(text_members(json, 7).size(), 7U);
}

}  // namespace
}  // namespace shield::mime
