// SPDX-License-Identifier: Apache-2.0
#include "outgoing.hpp"

#include "sample_case.hpp"
#include "store_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::triage {
namespace {

using sample::monday_noon;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

const Stamp stamp{"kaaaaaaah7777777777777777", "unique1", monday_noon};

store::NewOutgoing acknowledgement(const Settings& settings, std::optional<core::Time> due)
{
    const store::Message first = sample::fresh_case().messages.front();
    return make_acknowledgement(settings,
                                {first.reference, core::Category::attack, first.envelope.reverse_path,
                                 first.assessment->message_id, first.assessment->language},
                                due, stamp);
}

TEST(Acknowledgement, GoesToTheReversePathWithANullSenderAndGivesUpInTime)
{
    const auto settings = desk_settings();
    const auto mail = acknowledgement(*settings, monday_noon + 2h);
    EXPECT_TRUE(mail.automatic);
    EXPECT_EQ(mail.sender, "");
    EXPECT_EQ(mail.recipient, "alice@example.net");
    EXPECT_EQ(mail.answers, sample::reference());
    EXPECT_EQ(mail.give_up_at, monday_noon + 24h);
    EXPECT_THAT(mail.octets, HasSubstr("SR-0000-0007"));
    EXPECT_THAT(mail.octets, HasSubstr("In-Reply-To: <m7@example.net>"));
}

TEST(Acknowledgement, NamesATimeOnlyWhenThePromiseTellsAndItIsNotTooNear)
{
    Settings settings = *desk_settings();
    EXPECT_THAT(acknowledgement(settings, monday_noon + 2h).octets, Not(HasSubstr("By ")));
    settings.promises[0].tell = true;
    EXPECT_THAT(acknowledgement(settings, monday_noon + 2h).octets, HasSubstr("By "));
    EXPECT_THAT(acknowledgement(settings, monday_noon + 15min).octets, HasSubstr("By "));
    EXPECT_THAT(acknowledgement(settings, monday_noon + 14min).octets, Not(HasSubstr("By ")));
    EXPECT_THAT(acknowledgement(settings, monday_noon - 1h).octets, Not(HasSubstr("By ")));
    EXPECT_THAT(acknowledgement(settings, {}).octets, Not(HasSubstr("By ")));
    settings.limits.promise_time_min = 60;
    EXPECT_THAT(acknowledgement(settings, monday_noon + 60s).octets, HasSubstr("By "));
    EXPECT_THAT(acknowledgement(settings, monday_noon + 59s).octets, Not(HasSubstr("By ")));
}

TEST(PersonalReply, AnswersTheLastWordOfAPersonAndIsNoAutomaticMail)
{
    auto detail = sample::fresh_case();
    detail.messages.push_back(
        sample::message(store::MessageKind::follow_up, "alice@example.net", monday_noon + 1h, 8));
    detail.messages.push_back(
        sample::message(store::MessageKind::follow_up, "alice@example.net", monday_noon + 2h, 9));
    detail.messages.back().automatic = true;
    const auto settings = desk_settings();
    const auto mail = make_reply(*settings, detail, "alice@example.net", reply_subject(detail), "Hello\n", stamp);
    EXPECT_FALSE(mail.automatic);
    EXPECT_EQ(mail.answers, sample::reference(8));
    EXPECT_THAT(mail.sender, HasSubstr(stamp.token));
    EXPECT_EQ(mail.text, "Hello\n");
    EXPECT_EQ(mail.give_up_at, monday_noon + 120h);
    EXPECT_THAT(mail.octets, HasSubstr("In-Reply-To: <m8@example.net>"));
    EXPECT_THAT(mail.octets, HasSubstr("Subject: Re: Someone is in my account"));
    EXPECT_THAT(mail.octets, Not(HasSubstr("Auto-Submitted")));
}

TEST(ReplySubject, IsNotAnsweredTwice)
{
    auto detail = sample::fresh_case();
    detail.summary.subject = " re: hello";
    EXPECT_EQ(reply_subject(detail), "re: hello [SR-0000-0007]");
    detail.summary.subject = "";
    EXPECT_EQ(reply_subject(detail), "Re: your message SR-0000-0007");
}

TEST(ReplySubject, NamesTheCaseOnceHoweverLongItIs)
{
    auto detail = sample::fresh_case();
    detail.summary.subject = "about sr-0000-0007";
    EXPECT_EQ(reply_subject(detail), "Re: about sr-0000-0007");
    detail.summary.subject = "about SR-0000-0008";
    EXPECT_EQ(reply_subject(detail), "Re: about SR-0000-0008 [SR-0000-0007]");
    detail.summary.subject = std::string(990, 'x');
    const std::string subject = reply_subject(detail);
    EXPECT_TRUE(subject.ends_with("x [SR-0000-0007]"));
    EXPECT_LT(subject.size(), 950U);
}

}  // namespace
}  // namespace shield::triage
