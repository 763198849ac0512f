// SPDX-License-Identifier: Apache-2.0
#include "machine_marks.hpp"

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

TEST(MachineMarks, OfSeveralAutoSubmittedTheMachinesIsBelieved)
{
    EXPECT_EQ(marks_of("Auto-Submitted: no\r\nAuto-Submitted: auto-generated\r\n\r\n").auto_submitted,
              "auto-generated");
    EXPECT_EQ(marks_of("Auto-Submitted: auto-replied\r\nAuto-Submitted: no\r\n\r\n").auto_submitted,
              "auto-replied");
    EXPECT_EQ(marks_of("Auto-Submitted: NO (a person)\r\n\r\n").auto_submitted, "no");
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
