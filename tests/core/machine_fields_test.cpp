// SPDX-License-Identifier: Apache-2.0
#include <shield/core/machine_fields.hpp>

#include <gtest/gtest.h>

namespace shield::core {
namespace {

TEST(MachineFields, TellWhoWritesThem)
{
    for (const char* name : {"x-autoreply", "x-auto-reply", "x-autorespond", "x-auto-response", "x-cron-env"}) {
        EXPECT_EQ(writer_of_field(name), FieldWriter::responder) << name;
    }
    for (const char* name : {"x-rt-loop-prevention", "rt-ticket", "x-otrs-loop", "x-zendesk-from-account-id",
                             "x-jira-fingerprint", "x-github-reason", "x-gitlab-project"}) {
        EXPECT_EQ(writer_of_field(name), FieldWriter::ticket_system) << name;
    }
    for (const char* name : {"feedback-id", "x-campaign-id"}) {
        EXPECT_EQ(writer_of_field(name), FieldWriter::mass_mailer) << name;
    }
    for (const char* name : {"", "subject", "received", "x-mailer", "x-originating-ip", "rtf", "x-rtl"}) {
        EXPECT_EQ(writer_of_field(name), FieldWriter::anybody) << name;
    }
}

TEST(MachineFields, PrecedenceIsBulkByItsFirstWord)
{
    for (const char* value :
         {"bulk", "List", " JUNK ", "auto_reply", "(a comment) bulk", "bulk (really)", "bulk; x"}) {
        EXPECT_TRUE(is_bulk(value)) << value;
    }
    for (const char* value : {"", "first-class", "bulky", "not bulk", "(bulk)"}) {
        EXPECT_FALSE(is_bulk(value)) << value;
    }
}

TEST(MachineFields, AutoSubmittedIsAutomaticUnlessItSaysNo)
{
    for (const char* value : {"auto-replied", "auto-generated (x)", "yes", ";", "(open"}) {
        EXPECT_TRUE(is_automatic(value)) << value;
    }
    for (const char* value : {"", "no", "NO; x=y", "(not) no"}) {
        EXPECT_FALSE(is_automatic(value)) << value;
    }
}

}  // namespace
}  // namespace shield::core
