// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.hpp"

namespace shield::store::test {

class StoreChange : public StoreTest {
protected:
    void SetUp() override { open(); }

    core::result<CaseDetail> set(core::Reference reference, const Change& change)
    {
        return store->cases().change(reference, "ann",
                                     [&](const CaseDetail&) -> core::result<Change> { return change; });
    }
};

TEST_F(StoreChange, IsAllOfItOrNothing)
{
    const auto reference = receive_and_grant("x");
    Change twice;
    twice.state = core::State::waiting;
    twice.events = {{"reply", "sent"}};
    twice.outgoing = {reply_to(reference, "ann@reporter.example")};  // a second acknowledgement
    const auto outcome = set(reference, twice);
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().sentence, testing::HasSubstr("acknowledged already"));
    EXPECT_EQ(detail(reference).summary.state, core::State::fresh);
    EXPECT_EQ(detail(reference).outgoing.size(), 1U);
    for (const Event& event : detail(reference).events) {
        EXPECT_NE(event.kind, "reply");
    }
}

TEST_F(StoreChange, TheDecisionSeesTheCaseAndItsErrorComesBack)
{
    const auto reference = receive("x");
    const auto outcome =
        store->cases().change(reference, "ann", [&](const CaseDetail& now_is) -> core::result<Change> {
            EXPECT_EQ(now_is.summary.reference, reference);
            return core::Error{"It is not yours."};
        });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().sentence, "It is not yours.");
    EXPECT_FALSE(set(core::Reference::from_bits(9), {}));
}

TEST_F(StoreChange, WritesEverythingItNamesAndWhoDidIt)
{
    const auto reference = receive("x");
    Change change;
    change.state = core::State::waiting;
    change.assignee = "ann";
    change.answered_at = start_of_tests();
    change.due_at = std::optional<core::Time>{};
    NewOutgoing mail = reply_to(reference, "ann@reporter.example");
    mail.automatic = false;
    mail.text = "Dear Ann";
    change.outgoing = {mail, mail};
    change.events = {{"reply", "to ann@reporter.example"}};
    const auto after = set(reference, change);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->summary.state, core::State::waiting);
    EXPECT_EQ(after->summary.assignee, "ann");
    EXPECT_FALSE(after->summary.due_at);
    EXPECT_EQ(after->summary.answered_at, start_of_tests());
    ASSERT_EQ(after->outgoing.size(), 2U);
    EXPECT_EQ(after->outgoing[0].text, "Dear Ann");
    EXPECT_EQ(after->outgoing[0].who, "ann");
    EXPECT_EQ(after->outgoing[0].state, "queued");
    EXPECT_EQ(after->events.back().kind, "reply");
    EXPECT_EQ(after->events.back().who, "ann");
    EXPECT_EQ(store->cases().queue({}).counts.unanswered, 0U);
}

TEST_F(StoreChange, ReopeningTakesTheCodeAway)
{
    const auto other = receive("other");
    const auto reference = receive("x");
    Change close;
    close.state = core::State::closed;
    close.code = std::optional{core::ClosingCode::duplicate};
    close.duplicate_of = std::optional{other};
    ASSERT_TRUE(set(reference, close));
    EXPECT_EQ(detail(reference).summary.duplicate_of, other);
    Change reopen;
    reopen.state = core::State::in_progress;
    const auto after = set(reference, reopen);
    ASSERT_TRUE(after);
    EXPECT_FALSE(after->summary.code);
    EXPECT_FALSE(after->summary.duplicate_of);
    EXPECT_EQ(store->cases().queue({}).counts.closed, 0U);
}

TEST_F(StoreChange, ReleasingAHeldAcknowledgementQueuesItOnce)
{
    const auto reference = receive("x");
    assess_all();
    EXPECT_EQ(store->cases().queue({}).counts.held, 1U);
    Change release;
    release.acknowledgement = Acknowledgement{core::AcknowledgementState::queued, "", std::nullopt};
    release.outgoing = {reply_to(reference, "ann@reporter.example")};
    ASSERT_TRUE(set(reference, release));
    EXPECT_EQ(detail(reference).summary.acknowledgement.state, core::AcknowledgementState::queued);
    EXPECT_EQ(store->cases().queue({}).counts.held, 0U);
    EXPECT_FALSE(set(reference, release));
    EXPECT_EQ(store->outbox().lease(10).size(), 1U);
}

TEST_F(StoreChange, JoiningLeavesTheOldNameGood)
{
    const auto one = receive("one", envelope(core::Category::attack));
    const auto two = receive("two", envelope(core::Category::support));
    const auto three = receive("three");
    ASSERT_TRUE(store->cases().join(three, one, "ann"));
    const auto after = store->cases().join(one, two, "ann");
    ASSERT_TRUE(after);
    EXPECT_EQ(after->summary.reference, two);
    EXPECT_EQ(after->summary.category, core::Category::attack) << "the more pressing category stays";
    EXPECT_EQ(after->messages.size(), 3U);
    EXPECT_EQ(detail(one).summary.reference, two);
    EXPECT_EQ(detail(three).summary.reference, two);
    EXPECT_EQ(detail(three).events.back().kind, "join");
    EXPECT_EQ(store->cases().queue({}).cases.size(), 1U);
    EXPECT_FALSE(store->cases().join(one, two, "ann"));
    EXPECT_FALSE(store->cases().join(one, core::Reference::from_bits(3), "ann"));
    EXPECT_TRUE(store->verify({}).faults.empty());
}

TEST_F(StoreChange, JoiningKeepsTheClockThatEndsFirst)
{
    const auto late = receive("one");
    const auto soon = receive("two");
    const auto stopped = receive("three");
    Change clock;
    clock.due_at = std::optional{start_of_tests() + std::chrono::hours{9}};
    set(late, clock);
    clock.due_at = std::optional{start_of_tests() + std::chrono::hours{1}};
    set(soon, clock);
    clock.due_at = std::optional<core::Time>{};
    set(stopped, clock);
    ASSERT_TRUE(store->cases().join(soon, late, "ann"));
    EXPECT_EQ(detail(late).summary.due_at, start_of_tests() + std::chrono::hours{1});
    ASSERT_TRUE(store->cases().join(late, stopped, "ann"));
    EXPECT_EQ(detail(stopped).summary.due_at, start_of_tests() + std::chrono::hours{1});
}

TEST_F(StoreChange, HistoryCannotBeRewritten)
{
    (void)receive("x");
    store.reset();
    EXPECT_THROW(tamper("UPDATE events SET who = 'nobody'"), SQLite::Exception);
    EXPECT_THROW(tamper("DELETE FROM events"), SQLite::Exception);
}

}  // namespace shield::store::test
