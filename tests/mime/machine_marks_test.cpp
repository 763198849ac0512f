// SPDX-License-Identifier: Apache-2.0
#include "machine_marks.hpp"

#include <shield/core/machine_fields.hpp>

#include <gtest/gtest.h>

namespace shield::mime {
namespace {

core::MachineMarks marks_of(std::string_view octets)
{
    Defects defects;
    return machine_marks(parse(octets, core::Limits{}, defects));
}

TEST(MachineMarks, APersonsMailHasNone)
{
    core::MachineMarks none;
    none.content_type = "text/plain";
    EXPECT_EQ(marks_of("From: a@b.example\r\nSubject: x\r\n\r\nhi\r\n"), none);
}

TEST(MachineMarks, AReportThatCannotBeTakenApartIsOneAllTheSame)
{
    for (const std::string_view boundary : {"", "; boundary=never", "; boundary="}) {
        const core::MachineMarks marks = marks_of("Content-Type: multipart/report; report-type=delivery-status" +
                                                  std::string{boundary} + "\r\n\r\nIt could not be delivered.\r\n");
        EXPECT_EQ(marks.content_type, "multipart/report");
        EXPECT_EQ(marks.report_type, "delivery-status");
    }
}

TEST(MachineMarks, OfSeveralAutoSubmittedTheMachinesIsBelieved)
{
    EXPECT_EQ(marks_of("Auto-Submitted: no\r\nAuto-Submitted: auto-generated\r\n\r\n").auto_submitted,
              "auto-generated");
    EXPECT_EQ(marks_of("Auto-Submitted: auto-replied\r\nAuto-Submitted: no\r\n\r\n").auto_submitted,
              "auto-replied");
    EXPECT_EQ(marks_of("Auto-Submitted: NO (a person)\r\n\r\n").auto_submitted, "no");
}

TEST(MachineMarks, NoFieldHidesAnotherThatSaysMore)
{
    for (const char* first : {"first-class", "", "special-delivery"}) {
        for (const char* second : {"bulk", "list", "Junk (really)"}) {
            const auto header = std::string{"Precedence: "} + first + "\r\nX-Precedence: " + second + "\r\n\r\n";
            EXPECT_TRUE(core::is_bulk(marks_of(header).precedence)) << header;
        }
    }
    EXPECT_EQ(marks_of("Precedence: bulk\r\nPrecedence: first-class\r\n\r\n").precedence, "bulk");
    EXPECT_EQ(marks_of("Auto-Submitted: no; x=y\r\nAuto-Submitted: auto-replied\r\n\r\n").auto_submitted,
              "auto-replied");
    EXPECT_EQ(marks_of("Auto-Submitted:\r\nX-Auto-Submitted: auto-replied\r\n\r\n").auto_submitted, "auto-replied");
    EXPECT_EQ(
        marks_of("X-Auto-Response-Suppress: OOF\r\nX-Auto-Response-Suppress: none\r\n\r\n").auto_response_suppress,
        "oof");
    EXPECT_EQ(marks_of("X-Loop: me@x\r\nX-Loop:\r\n\r\n").loop, "me@x");
    EXPECT_EQ(marks_of("Feedback-ID: 1:x\r\nX-RT-Ticket: y\r\nX-Autoreply: yes\r\nX-RT-Originator: z\r\n\r\n")
                  .autoreply_field,
              "x-autoreply");
}

TEST(MachineMarks, SystemsThatPeopleWriteThroughAreNamed)
{
    EXPECT_EQ(marks_of("RT-Ticket: example #1\r\n\r\n").autoreply_field, "rt-ticket");
    EXPECT_EQ(marks_of("Feedback-ID: 1:2:3:mailer\r\n\r\n").autoreply_field, "feedback-id");
    EXPECT_EQ(marks_of("Feedback-ID: i56a14606:Fastmail\r\n\r\n").autoreply_field, "")
        << "it is on everything that a person writes there";
    EXPECT_EQ(marks_of("Mailing-List: contact x-help@list.example\r\n\r\n").list_field, "mailing-list");
}

TEST(MachineMarks, TheFirstListFieldIsNamed)
{
    EXPECT_EQ(marks_of("Subject: x\r\nList-Unsubscribe: <mailto:u@x>\r\nList-Id: y\r\n\r\n").list_field,
              "list-unsubscribe");
}

TEST(MachineMarks, ResponderFieldsCountUnlessTheySayNo)
{
    EXPECT_EQ(marks_of("X-Mail-Autoreply: 1\r\n\r\n").autoreply_field, "x-mail-autoreply");
    EXPECT_EQ(marks_of("X-Failed-Recipients: a@b\r\n\r\n").autoreply_field, "x-failed-recipients");
    EXPECT_EQ(marks_of("X-Autoreply: no\r\n\r\n").autoreply_field, "");
}

TEST(MachineMarks, ValuesAreBounded)
{
    EXPECT_EQ(marks_of("Precedence: " + std::string(5000, 'B') + "\r\n\r\n").precedence, std::string(200, 'b'));
}

TEST(MachineMarks, ACalendarsMethodIsFoundInItsTypeOrInItself)
{
    EXPECT_EQ(marks_of("Content-Type: text/calendar; method=REPLY\r\n\r\n").calendar_method, "reply");
    EXPECT_EQ(marks_of("Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:COUNTER\r\n").calendar_method,
              "counter");
}

}  // namespace
}  // namespace shield::mime
