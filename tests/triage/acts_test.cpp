// SPDX-License-Identifier: Apache-2.0
#include "acts.hpp"

#include "sample_case.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shield::triage {
namespace {

using core::AcknowledgementState;
using core::Category;
using core::ClosingCode;
using core::State;
using sample::monday_noon;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

store::NewOutgoing mail_to(const std::string& recipient)
{
    store::NewOutgoing mail;
    mail.automatic = false;
    mail.recipient = recipient;
    mail.text = "We are looking at it.\n";
    return mail;
}

TEST(Claim, MakesANewCaseTriagedAndOnesOwn)
{
    const auto change = acts::claim(sample::fresh_case(), "bea");
    ASSERT_TRUE(change);
    EXPECT_EQ(change->state, State::triaged);
    EXPECT_EQ(change->assignee, "bea");
    EXPECT_FALSE(change->due_at);  // saying 'mine' is no answer
    ASSERT_EQ(change->events.size(), 1U);
    EXPECT_EQ(change->events[0].kind, "claim");
}

TEST(Claim, TakesACaseOverAndSaysFromWhom)
{
    auto detail = sample::case_in(State::in_progress);
    detail.summary.assignee = "carl";
    const auto change = acts::claim(detail, "bea");
    ASSERT_TRUE(change);
    EXPECT_EQ(change->state, State::in_progress);
    EXPECT_EQ(change->events[0].detail, "from carl");
}

TEST(Claim, ASecondTimeChangesNothing)
{
    auto detail = sample::case_in(State::triaged);
    detail.summary.assignee = "bea";
    const auto change = acts::claim(detail, "bea");
    ASSERT_TRUE(change);
    EXPECT_FALSE(change->state);
    EXPECT_THAT(change->events, IsEmpty());
}

TEST(Claim, OfAClosedCaseIsRefusedWithTheWayOut)
{
    const auto change = acts::claim(sample::case_in(State::closed), "bea");
    ASSERT_FALSE(change);
    EXPECT_THAT(change.error().sentence, HasSubstr("closed; 'reopen SR-0000-0007' comes first"));
}

TEST(SetState, MovesBetweenTheOpenStatesAndLeavesTheClockAlone)
{
    for (const State from : {State::fresh, State::triaged, State::in_progress, State::waiting}) {
        for (const State to : {State::triaged, State::in_progress, State::waiting}) {
            const auto change = acts::set_state(sample::case_in(from), to);
            ASSERT_TRUE(change);
            EXPECT_FALSE(change->due_at);
            EXPECT_EQ(change->events.size(), from == to ? 0U : 1U);
            EXPECT_EQ(change->state, from == to ? std::nullopt : std::optional{to});
        }
    }
}

TEST(SetState, RefusesNewClosedAndAnythingOnAClosedCase)
{
    EXPECT_THAT(acts::set_state(sample::case_in(State::triaged), State::fresh).error().sentence,
                HasSubstr("new only once"));
    EXPECT_THAT(acts::set_state(sample::case_in(State::triaged), State::closed).error().sentence,
                HasSubstr("close SR-0000-0007 CODE"));
    EXPECT_THAT(acts::set_state(sample::case_in(State::closed), State::waiting).error().sentence,
                HasSubstr("reopen"));
}

TEST(Reclassify, RaisingBringsTheDueTimeForward)
{
    auto detail = sample::fresh_case();
    detail.summary.category = Category::support;
    detail.summary.due_at = monday_noon + 72h;
    const auto change = acts::reclassify(detail, Category::attack, sample::promises());
    ASSERT_TRUE(change);
    EXPECT_EQ(change->category, Category::attack);
    EXPECT_EQ(change->due_at, std::optional{monday_noon + 2h});
    EXPECT_EQ(change->events[0].detail, "support to attack");
}

TEST(Reclassify, LoweringPostponesOnlyWhatNobodyWasTold)
{
    auto promises = sample::promises();
    auto detail = sample::fresh_case();
    EXPECT_EQ(acts::reclassify(detail, Category::support, promises)->due_at, std::optional{monday_noon + 72h});

    promises[0].tell = true;
    EXPECT_EQ(acts::reclassify(detail, Category::support, promises)->due_at, std::optional{monday_noon + 72h})
        << "a held acknowledgement told nobody";

    detail.summary.acknowledgement.state = AcknowledgementState::sent;
    EXPECT_EQ(acts::reclassify(detail, Category::support, promises)->due_at, std::optional{monday_noon + 2h});
}

TEST(Reclassify, DoesNotStartAClockThatStandsStill)
{
    auto detail = sample::case_in(State::waiting);
    detail.summary.due_at.reset();
    EXPECT_FALSE(acts::reclassify(detail, Category::urgent, sample::promises())->due_at);
}

TEST(Reclassify, CountsFromTheFirstMessageThatIsNotAnswered)
{
    auto detail = sample::case_in(State::in_progress);
    detail.summary.answered_at = monday_noon + 1h;
    detail.messages.push_back(
        sample::message(store::MessageKind::follow_up, "alice@example.net", monday_noon + 30h, 8));
    detail.summary.due_at = monday_noon + 32h;
    EXPECT_EQ(acts::reclassify(detail, Category::urgent, sample::promises())->due_at,
              std::optional{monday_noon + 54h});
}

TEST(Reclassify, ToTheSameCategoryIsPutOnRecordAsConfirmed)
{
    const auto change = acts::reclassify(sample::fresh_case(), Category::attack, sample::promises());
    ASSERT_TRUE(change);
    EXPECT_EQ(change->category, Category::attack);
    EXPECT_FALSE(change->due_at);
    EXPECT_EQ(change->events[0].detail, "confirmed as attack");
}

TEST(Close, StopsTheClockAndKeepsTheCode)
{
    for (const ClosingCode code : core::closing_codes) {
        if (code == ClosingCode::duplicate) {
            continue;
        }
        const auto change = acts::close(sample::case_in(State::triaged), code, {});
        ASSERT_TRUE(change) << to_string(code);
        EXPECT_EQ(change->state, State::closed);
        EXPECT_EQ(*change->code, std::optional{code});
        ASSERT_TRUE(change->due_at);
        EXPECT_FALSE(*change->due_at);
        EXPECT_EQ(change->events[0].detail, to_string(code));
    }
}

TEST(Close, ADuplicateNamesAnotherCase)
{
    const auto detail = sample::fresh_case();
    EXPECT_FALSE(acts::close(detail, ClosingCode::duplicate, {}));
    EXPECT_THAT(acts::close(detail, ClosingCode::duplicate, detail).error().sentence, HasSubstr("itself"));

    auto other = sample::fresh_case();
    other.summary.reference = sample::reference(99);
    const auto change = acts::close(detail, ClosingCode::duplicate, other);
    ASSERT_TRUE(change);
    EXPECT_EQ(*change->duplicate_of, std::optional{other.summary.reference});

    other.summary.duplicate_of = detail.summary.reference;
    EXPECT_THAT(acts::close(detail, ClosingCode::duplicate, other).error().sentence, HasSubstr("already"));
}

TEST(Close, TwiceIsRefusedAndSaysWhatItIs)
{
    EXPECT_THAT(acts::close(sample::case_in(State::closed), ClosingCode::fixed, {}).error().sentence,
                HasSubstr("closed already as resolved"));
}

TEST(Reopen, StartsTheClockAgainAndForgetsTheCode)
{
    const auto change = acts::reopen(sample::case_in(State::closed), monday_noon + 48h, sample::promises());
    ASSERT_TRUE(change);
    EXPECT_EQ(change->state, State::in_progress);
    EXPECT_EQ(*change->due_at, std::optional{monday_noon + 50h});
    EXPECT_EQ(*change->code, std::nullopt);
    EXPECT_EQ(change->events[0].detail, "was resolved");
    EXPECT_FALSE(acts::reopen(sample::case_in(State::waiting), monday_noon, sample::promises()));
}

TEST(Reply, StopsTheClockWaitsAndKeepsTheWords)
{
    const auto change = acts::reply(sample::fresh_case(), mail_to("alice@example.net"), monday_noon + 1h);
    ASSERT_TRUE(change);
    EXPECT_EQ(change->state, State::waiting);
    EXPECT_EQ(change->answered_at, monday_noon + 1h);
    ASSERT_TRUE(change->due_at);
    EXPECT_FALSE(*change->due_at);
    ASSERT_EQ(change->outgoing.size(), 1U);
    EXPECT_EQ(change->events[0].detail, "to alice@example.net\nWe are looking at it.\n");
    EXPECT_FALSE(acts::reply(sample::case_in(State::closed), mail_to("alice@example.net"), monday_noon));
}

TEST(Release, QueuesOnlyWhatIsHeld)
{
    for (const AcknowledgementState state : core::acknowledgement_states) {
        auto detail = sample::fresh_case();
        detail.summary.acknowledgement.state = state;
        const auto change = acts::release(detail, mail_to("alice@example.net"));
        EXPECT_EQ(change.has_value(), state == AcknowledgementState::held) << to_string(state);
        if (change) {
            EXPECT_EQ(change->acknowledgement->state, AcknowledgementState::queued);
            EXPECT_EQ(change->outgoing.size(), 1U);
            EXPECT_EQ(change->events[0].kind, "release");
        }
    }
}

TEST(Release, IsTooLateWhenAPersonShouldHaveAnsweredByNow)
{
    core::Promises promises;
    promises[static_cast<std::size_t>(Category::urgent)].wall_clock = 24h;
    const auto detail = sample::fresh_case();
    const auto late = [&](core::Time now) {
        return acts::held_too_long(monday_noon, Category::urgent, detail.summary.reference, now, promises);
    };
    EXPECT_THAT(late(monday_noon + 24h), IsEmpty());
    EXPECT_THAT(late(monday_noon - 24h), IsEmpty()) << "a clock that was set back";
    EXPECT_THAT(late(monday_noon + 25h), HasSubstr("held for 25 hours, past the promise of urgent (1d): reply "));
    EXPECT_THAT(late(monday_noon + 72h),
                HasSubstr("held for 3 days, past the promise of urgent (1d): reply instead (shieldctl reply " +
                          detail.summary.reference.to_string() + ")"));
}

TEST(Release, TogetherWithOthersNeedsATimelyMessageThatItsDomainDoesNotDisown)
{
    core::Promises promises;
    for (core::Promise& promise : promises) {
        promise.wall_clock = 24h;
    }
    auto detail = sample::fresh_case();
    detail.summary.acknowledgement.state = AcknowledgementState::held;
    const core::Time received = detail.messages.front().envelope.received_at;
    EXPECT_TRUE(acts::may_release_in_bulk(detail, received + 1h, promises));
    EXPECT_THAT(acts::may_release_in_bulk(detail, received + 25h, promises).error().sentence,
                HasSubstr("reply instead"));
    detail.messages.front().verdict.reply_address = core::ReplyAddress::refuted;
    EXPECT_THAT(acts::may_release_in_bulk(detail, received + 1h, promises).error().sentence, HasSubstr("disowns"));
    EXPECT_TRUE(acts::may_release(detail)) << "whoever names it alone knows better";
}

TEST(Release, NeedsAnOpenCaseAndSomewhereToSendIt)
{
    auto closed = sample::case_in(State::closed);
    EXPECT_FALSE(acts::may_release(closed));
    auto nowhere = sample::fresh_case();
    nowhere.messages.front().envelope.reverse_path.clear();
    EXPECT_THAT(acts::may_release(nowhere).error().sentence, HasSubstr("empty reverse-path"));
}

TEST(ReplyRecipient, IsTheAddressTheCaseBeganWithUnlessAnotherIsNamed)
{
    const auto ours = *core::Mailboxes::make("mx.example.com", {{"shield@example.com", {}, Category::attack}});
    const auto detail = sample::fresh_case();
    EXPECT_EQ(acts::reply_recipient(detail, {}, ours)->to_string(), "alice@example.net");
    EXPECT_EQ(acts::reply_recipient(detail, "bob@example.org", ours)->to_string(), "bob@example.org");
    EXPECT_FALSE(acts::reply_recipient(detail, "not an address", ours));
    EXPECT_FALSE(acts::reply_recipient(detail, "a@b\r\nRCPT TO:<c@d>", ours));
    EXPECT_THAT(acts::reply_recipient(detail, "SHIELD+x@example.com", ours).error().sentence,
                HasSubstr("one of our own mailboxes"));
    auto bounce = detail;
    bounce.messages.front().envelope.reverse_path.clear();
    EXPECT_THAT(acts::reply_recipient(bounce, {}, ours).error().sentence, HasSubstr("--to ADDRESS"));
}

TEST(ReplyWarnings, AreSilentOnlyForAVerifiedSenderInTheClear)
{
    auto detail = sample::fresh_case();
    EXPECT_THAT(acts::reply_warnings(detail, "alice@example.net"), ElementsAre(HasSubstr("not verified")));
    detail.messages.front().verdict.reply_address = core::ReplyAddress::verified;
    EXPECT_THAT(acts::reply_warnings(detail, "alice@example.net"), IsEmpty());
    EXPECT_THAT(acts::reply_warnings(detail, "bob@example.org"),
                ElementsAre(HasSubstr("not the address this case began with"), HasSubstr("differs from the From")));
    detail.messages.front().assessment->encryption = core::Encryption::pgp_mime;
    EXPECT_THAT(acts::reply_warnings(detail, "alice@example.net"), ElementsAre(HasSubstr("encrypted")));
}

TEST(ReplyWarnings, SayThatTheReversePathIsNotTheFrom)
{
    auto detail = sample::fresh_case();
    detail.messages.front().verdict.reply_address = core::ReplyAddress::verified;
    detail.messages.front().assessment->from = {"ceo@example.org"};
    EXPECT_THAT(acts::reply_warnings(detail, "alice@example.net"),
                Contains(HasSubstr("differs from the From of the first message (ceo@example.org)")));
}

TEST(ReplyWarnings, SayThatTheLastWordCameFromElsewhere)
{
    auto detail = sample::fresh_case();
    detail.messages.front().verdict.reply_address = core::ReplyAddress::verified;
    detail.messages.push_back(
        sample::message(store::MessageKind::follow_up, "mallory@example.org", monday_noon + 1h, 8));
    EXPECT_THAT(acts::reply_warnings(detail, "alice@example.net"),
                ElementsAre(HasSubstr("came from mallory@example.org")));
    detail.messages.back().automatic = true;
    EXPECT_EQ(&acts::last_word(detail), &detail.messages.front());
}

class Elsewhere : public testing::Test {
protected:
    bool elsewhere(const std::string& reverse_path, std::vector<std::string> from)
    {
        core::Envelope envelope;
        envelope.reverse_path = reverse_path;
        core::Assessment message;
        message.from = std::move(from);
        return acts::from_another_address(detail_, acts::authors_of(envelope, &message));
    }
    store::CaseDetail detail_{sample::fresh_case()};
};

TEST_F(Elsewhere, IsNotWhatTheFirstMessageNamed)
{
    detail_.messages.front().envelope.reverse_path = "bounces+17@example.org";
    EXPECT_FALSE(elsewhere("bounces+18@example.org", {"Alice@EXAMPLE.net"}));
    EXPECT_FALSE(elsewhere("bounces+17@example.org", {}));
    EXPECT_FALSE(elsewhere("x@example.org", {"alice@example.net", "bounces+17@example.org"}));
}

TEST_F(Elsewhere, IsAFromThatAReaderWouldBelieve)
{
    EXPECT_TRUE(elsewhere("alice@example.net", {"mallory@example.org"})) << "a known reverse-path is not seen";
    EXPECT_TRUE(elsewhere("alice@example.net", {"alice@example.net", "mallory@example.org"}));
    EXPECT_TRUE(elsewhere("mallory@example.org", {}));
}

TEST_F(Elsewhere, IsWhereNoAddressIsNamed)
{
    detail_.messages.front().envelope.reverse_path = "";
    EXPECT_TRUE(elsewhere("", {}));
    EXPECT_FALSE(elsewhere("", {"alice@example.net"}));
}

}  // namespace
}  // namespace shield::triage
