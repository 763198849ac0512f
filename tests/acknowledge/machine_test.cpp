// SPDX-License-Identifier: Apache-2.0
#include "machine.hpp"

#include "samples.hpp"

#include <shield/acknowledge/decide.hpp>
#include <shield/core/token.hpp>

#include <gmock/gmock.h>

namespace shield::acknowledge {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string reason(const core::Assessment& message)
{
    return machine_reason(a_persons_envelope(), message, our_mailboxes());
}

std::string reason_for_sender(const std::string& address)
{
    auto envelope = a_persons_envelope();
    envelope.reverse_path = address;
    return machine_reason(envelope, a_persons_message(), our_mailboxes());
}

std::string reason_for_author(const std::string& address)
{
    auto message = a_persons_message();
    message.from = {address};
    return reason(message);
}

std::string reason_for_subject(const std::string& subject)
{
    auto message = a_persons_message();
    message.subject = subject;
    return reason(message);
}

using Mark = std::string core::MachineMarks::*;

std::string reason_for_mark(Mark mark, const std::string& value)
{
    auto message = a_persons_message();
    message.machine.*mark = value;
    return reason(message);
}

TEST(MachineReason, IsEmptyForAPerson)
{
    EXPECT_THAT(reason(a_persons_message()), IsEmpty());
}

TEST(MachineReason, IsGivenForTheNullReversePath)
{
    EXPECT_THAT(reason_for_sender(""), HasSubstr("null reverse-path"));
}

// RFC 3834 section 5.
TEST(MachineReason, IsGivenForAutoSubmittedOtherThanNo)
{
    constexpr auto mark = &core::MachineMarks::auto_submitted;
    for (const auto* value : {"auto-replied", "auto-generated", "AUTO-NOTIFIED; owner-email=\"x@y\"",
                              "(a comment) auto-replied", "auto-replied (rejected)", ";", "(open"}) {
        EXPECT_THAT(reason_for_mark(mark, value), HasSubstr("Auto-Submitted")) << value;
    }
    for (const auto* value : {"no", "NO", "no (really)", "(not) (at all) no", "no; x=y"}) {
        EXPECT_THAT(reason_for_mark(mark, value), IsEmpty()) << value;
    }
}

TEST(MachineReason, IsGivenForBulkPrecedence)
{
    constexpr auto mark = &core::MachineMarks::precedence;
    for (const auto* value : {"bulk", "list", "junk", "auto_reply", "Bulk (really)"}) {
        EXPECT_THAT(reason_for_mark(mark, value), HasSubstr("Precedence")) << value;
    }
    EXPECT_THAT(reason_for_mark(mark, "first-class"), IsEmpty());
}

// What RT, OTRS and the like send carries their mark and often a Precedence, also when a person wrote it there.
TEST(MachineReason, IsNotGivenForATicketSystemAlone)
{
    auto message = a_persons_message();
    message.machine.precedence = "bulk";
    message.machine.autoreply_field = "rt-ticket";
    EXPECT_THAT(reason(message), IsEmpty());
    EXPECT_THAT(machine_suspicion(a_persons_envelope(), message), HasSubstr("ticket system"));
    message.machine.auto_submitted = "auto-replied";
    EXPECT_THAT(reason(message), HasSubstr("Auto-Submitted"));
    message.machine.auto_submitted = "";
    message.machine.autoreply_field = "feedback-id";
    EXPECT_THAT(reason(message), HasSubstr("Precedence"));
}

TEST(MachineReason, IsGivenForListsRespondersAndLoops)
{
    EXPECT_THAT(reason_for_mark(&core::MachineMarks::list_field, "list-id"), HasSubstr("list"));
    EXPECT_THAT(reason_for_mark(&core::MachineMarks::autoreply_field, "x-autoreply"), HasSubstr("auto-responder"));
    EXPECT_THAT(reason_for_mark(&core::MachineMarks::loop, "me@x"), HasSubstr("loop"));
    for (const auto* value : {"all", "oof", "dr, rn, nrn", "autoreply", "DR,OOF"}) {
        EXPECT_THAT(reason_for_mark(&core::MachineMarks::auto_response_suppress, value), HasSubstr("Suppress"))
            << value;
    }
    EXPECT_THAT(reason_for_mark(&core::MachineMarks::auto_response_suppress, "none"), IsEmpty());
}

TEST(MachineReason, IsGivenForReportsByTheirType)
{
    constexpr auto type = &core::MachineMarks::content_type;
    for (const auto* value :
         {"multipart/report", "message/delivery-status", "message/feedback-report",
          "message/disposition-notification", "application/tlsrpt+gzip", "application/tlsrpt+json"}) {
        EXPECT_THAT(reason_for_mark(type, value), HasSubstr("report")) << value;
    }
    for (const auto* value : {"text/plain", "multipart/mixed", "message/rfc822", "application/zip", ""}) {
        EXPECT_THAT(reason_for_mark(type, value), IsEmpty()) << value;
    }
    EXPECT_THAT(reason_for_mark(&core::MachineMarks::calendar_method, "reply"), HasSubstr("calendar"));
    EXPECT_THAT(reason_for_mark(&core::MachineMarks::calendar_method, "request"), IsEmpty());
}

TEST(MachineReason, IsGivenForAggregateReportsByTheirAttachment)
{
    auto message = a_persons_message();
    message.attachments.resize(1);
    for (const auto* name : {"receiver.test!shield.test!1700000000!1700086400.xml.gz",
                             "receiver.test!shield.test!1700000000!1700086400!77.zip",
                             "Receiver.test!shield.test!1700000000!1700086400.JSON.GZ"}) {
        message.attachments[0].name = name;
        EXPECT_THAT(reason(message), HasSubstr("aggregate report")) << name;
    }
    for (const auto* name : {"help!!!.zip", "screenshot.png", "a!b!c!d.exe", ""}) {
        message.attachments[0].name = name;
        EXPECT_THAT(reason(message), IsEmpty()) << name;
    }
    message.attachments[0].declared_type = "application/tlsrpt+gzip";
    EXPECT_THAT(reason(message), HasSubstr("aggregate report"));
}

class MachineAddress : public testing::TestWithParam<const char*> {};

TEST_P(MachineAddress, IsAReasonAsReversePathAndAsAuthor)
{
    EXPECT_NE(reason_for_sender(GetParam()), "");
    EXPECT_NE(reason_for_author(GetParam()), "");
}

INSTANTIATE_TEST_SUITE_P(
    Local, MachineAddress,
    testing::Values("MAILER-DAEMON@x.test", "mailer_daemon@x.test", "postmaster@x.test", "post_master@x.test",
                    "owner-list@x.test", "list-owner@x.test", "list-request@x.test", "list-bounces@x.test",
                    "list-bounces+mary=home@x.test", "bounce@x.test", "bounces+12-ab@x.test",
                    "bounce-77_HTML@x.test", "noreply@x.test", "no-reply@x.test", "No_Reply@x.test",
                    "no.reply+1@x.test", "shop-noreply@x.test", "do-not-reply@x.test", "donotreply@x.test",
                    "list-return-17-mary=home.test@x.test", "majordomo@x.test", "prvs=1234abcd=noreply@x.test",
                    "SRS0=ab=cd=shop.test=noreply@x.test", "cron@x.test", "Cron.Daemon@x.test", "no-replies@x.test",
                    "shopnoreply@x.test", "do_not_respond@x.test", "ne-pas-repondre@x.test",
                    "nicht-antworten@x.test", "no-responder@x.test"));
INSTANTIATE_TEST_SUITE_P(Ours, MachineAddress,
                         testing::Values("shield@shield.test", "SHIELD@Shield.Test", "security+abc@shield.test",
                                         "shield@mx.shield.test", "abuse@shield.test"));

class PersonsAddress : public testing::TestWithParam<const char*> {};

TEST_P(PersonsAddress, IsNoReason)
{
    EXPECT_EQ(reason_for_sender(GetParam()), "");
    EXPECT_EQ(reason_for_author(GetParam()), "");
}

INSTANTIATE_TEST_SUITE_P(Local, PersonsAddress,
                         testing::Values("mary@x.test", "abuse@x.test", "reply@x.test", "norbert@x.test",
                                         "bouncer@x.test", "prvs=1234abcd=mary@x.test", "owner@x.test",
                                         "SRS0=ab=cd=home.test=mary@x.test", "request@x.test", "info@x.test",
                                         "security@x.test", "colleague@shield.test", "o'no.lan@x.test",
                                         "no.replica@x.test", "not.responsible@x.test",
                                         "SRS0=ab=cd=bounces.test=mary@x.test"));

std::string suspicion_of(const std::string& reverse_path, const std::string& author)
{
    auto envelope = a_persons_envelope();
    auto message = a_persons_message();
    envelope.reverse_path = reverse_path;
    message.from = {author};
    return machine_suspicion(envelope, message);
}

class RoleAddress : public testing::TestWithParam<const char*> {};

TEST_P(RoleAddress, IsSuspectAndNoReason)
{
    EXPECT_NE(suspicion_of(GetParam(), "mary@home.test"), "");
    EXPECT_NE(suspicion_of("mary@home.test", GetParam()), "");
    EXPECT_EQ(reason_for_sender(GetParam()), "") << "a person may use it";
}

INSTANTIATE_TEST_SUITE_P(Local, RoleAddress,
                         testing::Values("root@x.test", "alert@x.test", "Alerts@x.test", "prod-alerts@x.test",
                                         "monitoring@x.test", "notification@x.test", "notifications@x.test",
                                         "jira.notifications@x.test", "notify+17@x.test", "nagios@x.test",
                                         "zabbix-eu@x.test", "www-data@x.test", "bot@x.test",
                                         "prvs=1234abcd=root@x.test"));

TEST(MachineSuspicion, IsEmptyForPeople)
{
    for (const char* address :
         {"mary@home.test", "joe.root@x.test", "jan.bot@x.test", "ann+alerts@x.test", "system.ann@x.test",
          "SRS0=ab=cd=alerts.test=mary@x.test", "a@alerts.test", "admin@x.test", "it-security@x.test"}) {
        EXPECT_EQ(suspicion_of(address, address), "") << address;
    }
    EXPECT_EQ(suspicion_of("", "mary@home.test"), "");
}

TEST(MachineSuspicion, KnowsTheReceiptsOfTicketSystems)
{
    auto message = a_persons_message();
    for (const char* subject : {"Ticket Received - 286614 - help", "[Request received] help"}) {
        message.subject = subject;
        EXPECT_THAT(machine_suspicion(a_persons_envelope(), message), HasSubstr("ticket system")) << subject;
    }
    message.subject = "I received a ticket I did not buy";
    EXPECT_EQ(machine_suspicion(a_persons_envelope(), message), "");
}

TEST(MachineReason, LooksAtEveryAuthor)
{
    auto message = a_persons_message();
    message.from = {"mary@home.test", "noreply@shop.test"};
    EXPECT_NE(reason(message), "");
}

TEST(MachineReason, KnowsOurOwnMessageWhenItComesBack)
{
    auto message = a_persons_message();
    const auto token = core::make_token({1, std::string(32, 's')}, core::Reference::from_bits(7));
    message.message_id = core::make_message_id(token, "1", "mx.shield.test");
    EXPECT_THAT(reason(message), HasSubstr("our own messages"));
    message.message_id = core::make_message_id(token, "1", "mx.other.test");
    EXPECT_THAT(reason(message), IsEmpty());
}

TEST(MachineReason, KnowsTheSubjectsOfMailSystemsAndResponders)
{
    for (const auto* subject :
         {"Undelivered Mail Returned to Sender", "Delivery Status Notification (Failure)",
          "Returned mail: see transcript for details", "failure notice",
          "Mail delivery failed: returning message to sender", "Undeliverable: hello", "Automatic reply: hello",
          "Auto: hello", "Out of Office", "Out of office Re: hello", "Abwesenheitsnotiz: Hallo",
          "Réponse automatique : bonjour", "自动回复：你好", "complaint about message from 192.0.2.1"}) {
        EXPECT_THAT(reason_for_subject(subject), HasSubstr("subject")) << subject;
    }
}

TEST(MachineReason, LeavesPeopleWhoWriteAboutSuchMail)
{
    for (const auto* subject : {"Fwd: Returned mail: see transcript for details", "Re: Automatic reply: hello",
                                "Automatic replies are flooding my inbox", "Out of office mails by the thousand",
                                "Undeliverable mails are flooding me", "Automobile", "My auto: stolen",
                                "Delivery failures since this morning, 4000 of them", "vacation photos leaked"}) {
        EXPECT_THAT(reason_for_subject(subject), IsEmpty()) << subject;
    }
}

TEST(MachineReason, KnowsAMailSystemByItsName)
{
    auto message = a_persons_message();
    message.from = {};
    for (const auto* from : {"<>", "Mailer Daemon <x@y.test>", "Mail Delivery Subsystem",
                             "MMSC NDR Administrator <a@b.test>", "root@y.test (Cron Daemon)"}) {
        message.from_shown = from;
        EXPECT_NE(reason(message), "") << from;
    }
    message.from_shown = "Daemon Maile <x@y.test>";
    EXPECT_EQ(reason(message), "");
}

}  // namespace
}  // namespace shield::acknowledge
