// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.hpp"

namespace shield::store::test {

class StoreOutbox : public StoreTest {
protected:
    void SetUp() override { open(); }

    [[nodiscard]] bool commit_mark(std::int64_t attempt)
    {
        std::promise<bool> promise;
        store->outbox().committing(attempt, [&](bool go_on) { promise.set_value(go_on); });
        return promise.get_future().get();
    }
    [[nodiscard]] core::AcknowledgementState state(core::Reference reference) const
    {
        return detail(reference).messages.at(0).acknowledgement.state;
    }
};

TEST_F(StoreOutbox, ASentMailIsSentOnceAndTheCaseSaysSo)
{
    const auto reference = receive_and_grant("x");
    EXPECT_EQ(store->outbox().next_due(), start_of_tests());
    const auto due = store->outbox().lease(10);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].recipient, "ann@reporter.example");
    EXPECT_EQ(due[0].attempts, 1U);
    EXPECT_TRUE(due[0].automatic);
    EXPECT_TRUE(store->outbox().lease(10).empty()) << "it is leased";
    EXPECT_TRUE(commit_mark(due[0].attempt_id));
    store->outbox().finished(due[0].attempt_id, {core::DeliveryResult::sent, "250 2.0.0 Ok", {}});
    EXPECT_TRUE(store->outbox().lease(10).empty());

    const auto found = detail(reference);
    EXPECT_EQ(found.summary.acknowledgement.state, core::AcknowledgementState::sent);
    EXPECT_EQ(found.summary.acknowledgement.sent_at, start_of_tests());
    ASSERT_EQ(found.outgoing.size(), 1U);
    EXPECT_EQ(found.outgoing[0].state, "sent");
    ASSERT_EQ(found.outgoing[0].attempts.size(), 1U);
    EXPECT_EQ(found.outgoing[0].attempts[0].outcome, "sent");
    EXPECT_TRUE(found.outgoing[0].attempts[0].committing_at);
    EXPECT_FALSE(store->outbox().next_due());
}

TEST_F(StoreOutbox, AnEndThatCouldNotBeWrittenIsWrittenByTheNextLease)
{
    store.reset();
    limits.database_size_max = 4 << 20;
    limits.peer_reply_kept_max = 1 << 20;
    open();
    const auto reference = receive_and_grant("x");
    const auto due = store->outbox().lease(1);
    ASSERT_EQ(due.size(), 1U);
    ASSERT_TRUE(commit_mark(due[0].attempt_id));
    tamper("INSERT INTO octets VALUES (1 << 40, zeroblob(8 << 20))");  // the disk is somebody else's now

    store->outbox().finished(due[0].attempt_id, {core::DeliveryResult::sent, std::string(1 << 20, 'z'), {}});
    EXPECT_THROW((void)store->outbox().lease(1), Unavailable);
    EXPECT_EQ(log.count("attempt_not_recorded"), 1U);
    EXPECT_EQ(state(reference), core::AcknowledgementState::queued);

    tamper("DELETE FROM octets WHERE length(octets) > 50000");
    EXPECT_TRUE(store->outbox().lease(1).empty());
    EXPECT_EQ(state(reference), core::AcknowledgementState::sent);
}

TEST_F(StoreOutbox, ADeferredMailComesAgainWhenItsTimeHasCome)
{
    const auto reference = receive_and_grant("x");
    auto due = store->outbox().lease(1);
    const auto later = start_of_tests() + std::chrono::minutes{15};
    store->outbox().finished(due.at(0).attempt_id, {core::DeliveryResult::deferred, "451 4.7.1 later", later});
    EXPECT_TRUE(store->outbox().lease(1).empty());
    EXPECT_EQ(store->outbox().next_due(), later);
    EXPECT_EQ(state(reference), core::AcknowledgementState::queued);
    pass(std::chrono::minutes{15});
    due = store->outbox().lease(1);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].attempts, 2U);
}

TEST_F(StoreOutbox, WhatAPersonWroteGoesFirstAndThenWhatGoesToVerifiedAddresses)
{
    const auto grant = [this](const std::string& to, bool verified) {
        const auto reference = receive("from " + to, envelope(core::Category::urgent, to));
        auto work = store->assessments().lease(1).at(0);
        Assessed done = assessed(work, assessment(core::Category::urgent, "x"));
        done.acknowledge = [work, verified](const GrantedBefore&, bool) {
            Grant made{{core::AcknowledgementState::queued, "", std::nullopt},
                       reply_to(work.reference, work.envelope.reverse_path)};
            made.reply->verified = verified;
            return made;
        };
        store->assessments().record({done});
        return reference;
    };
    const auto first = grant("probable@reporter.example", false);
    pass(std::chrono::seconds{1});
    (void)grant("verified@reporter.example", true);
    pass(std::chrono::seconds{1});
    EXPECT_TRUE(store->cases().change(first, "ann", [&](const CaseDetail&) -> core::result<Change> {
        Change change;
        change.outgoing.push_back(reply_to(first, "answered@reporter.example"));
        change.outgoing.back().automatic = false;
        return change;
    }));
    EXPECT_EQ(store->outbox().next_due(), start_of_tests());
    std::vector<std::string> order;
    for (int i = 0; i < 3; ++i) {
        order.push_back(store->outbox().lease(1).at(0).recipient);
    }
    EXPECT_THAT(order, testing::ElementsAre("answered@reporter.example", "verified@reporter.example",
                                            "probable@reporter.example"));
}

TEST_F(StoreOutbox, WhatWasToWaitForATimeOfAClockSetBackIsDue)
{
    pass(std::chrono::hours{48});
    (void)receive_and_grant("one");
    (void)receive_and_grant("another", envelope(core::Category::urgent, "ben@reporter.example"));
    (void)receive_and_grant("under way", envelope(core::Category::urgent, "cyd@reporter.example"));
    auto due = store->outbox().lease(3);
    ASSERT_EQ(due.size(), 3U);
    const auto later = core::from_unix_ms(now) + std::chrono::minutes{5};
    store->outbox().finished(due[0].attempt_id, {core::DeliveryResult::deferred, "451 4.7.1 later", later});
    store->outbox().finished(due[1].attempt_id, {core::DeliveryResult::deferred, "451 4.7.1 later", later});
    EXPECT_TRUE(store->outbox().lease(3).empty());
    pass(-std::chrono::hours{48});
    EXPECT_EQ(store->outbox().lease(3).size(), 2U) << "and the third is with us already";
    EXPECT_TRUE(store->outbox().lease(3).empty());
    (void)receive_and_grant("never tried", envelope(core::Category::urgent, "dan@reporter.example"));
    pass(-std::chrono::hours{1});
    EXPECT_EQ(store->outbox().lease(3).size(), 1U) << "what was never tried waits for nothing";
}

TEST_F(StoreOutbox, WhatIsGivenUpIsFailedWithItsReason)
{
    const auto reference = receive_and_grant("x");
    const auto due = store->outbox().lease(1);
    store->outbox().finished(due.at(0).attempt_id, {core::DeliveryResult::deferred, "451 later", std::nullopt});
    EXPECT_TRUE(store->outbox().lease(1).empty());
    EXPECT_EQ(state(reference), core::AcknowledgementState::failed);
    EXPECT_THAT(detail(reference).summary.acknowledgement.reason, testing::HasSubstr("451 later"));
    EXPECT_EQ(detail(reference).outgoing.at(0).state, "failed");
}

TEST_F(StoreOutbox, ALongReplyIsCut)
{
    const auto reference = receive_and_grant("x");
    const auto due = store->outbox().lease(1);
    store->outbox().finished(due.at(0).attempt_id, {core::DeliveryResult::failed, std::string(5000, 'x'), {}});
    (void)store->outbox().lease(1);
    EXPECT_EQ(detail(reference).outgoing.at(0).attempts.at(0).reply.size(), limits.peer_reply_kept_max);
}

TEST_F(StoreOutbox, AnAttemptCutOffBeforeTheSecondMarkIsRepeated)
{
    const auto reference = receive_and_grant("x");
    ASSERT_EQ(store->outbox().lease(1).size(), 1U);
    open();
    const auto due = store->outbox().lease(1);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].attempts, 2U);
    const auto found = detail(reference);
    ASSERT_EQ(found.outgoing.at(0).attempts.size(), 2U);
    EXPECT_EQ(found.outgoing.at(0).attempts.at(0).outcome, "deferred");
}

TEST_F(StoreOutbox, AnAttemptCutOffPastTheSecondMarkIsUnknownAndNeverRepeated)
{
    const auto reference = receive_and_grant("x");
    const auto due = store->outbox().lease(1);
    ASSERT_TRUE(commit_mark(due.at(0).attempt_id));
    open();
    EXPECT_TRUE(store->outbox().lease(1).empty());
    EXPECT_EQ(state(reference), core::AcknowledgementState::unknown);
    EXPECT_EQ(detail(reference).outgoing.at(0).state, "unknown");
    pass(std::chrono::hours{100});
    open();
    EXPECT_TRUE(store->outbox().lease(1).empty());
}

TEST_F(StoreOutbox, AnAttemptThatOutlivedItsLeaseMayNotGoOn)
{
    (void)receive_and_grant("x");
    const auto due = store->outbox().lease(1);
    pass(std::chrono::seconds{limits.delivery_lease + 1});
    const auto again = store->outbox().lease(1);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_FALSE(commit_mark(due.at(0).attempt_id));
    EXPECT_TRUE(commit_mark(again[0].attempt_id));
    EXPECT_FALSE(commit_mark(12345));
    EXPECT_THAT(metrics.render(), testing::HasSubstr("shield_limit_delivery_lease_total 1\n"));
    open();
    EXPECT_TRUE(store->outbox().lease(1).empty());
    EXPECT_THAT(metrics.render(), testing::HasSubstr("shield_limit_delivery_lease_total 1\n"))
        << "an attempt of a process that is gone has not outlived its lease";
}

TEST_F(StoreOutbox, AWordThatComesAfterTheEndChangesNothing)
{
    const auto reference = receive_and_grant("x");
    const auto due = store->outbox().lease(1);
    store->outbox().finished(due.at(0).attempt_id, {core::DeliveryResult::unknown, "lost", {}});
    store->outbox().finished(due.at(0).attempt_id, {core::DeliveryResult::deferred, "late", start_of_tests()});
    EXPECT_TRUE(store->outbox().lease(1).empty());
    EXPECT_EQ(state(reference), core::AcknowledgementState::unknown);
}

TEST_F(StoreOutbox, AfterStopTheSecondMarkIsRefused)
{
    (void)receive_and_grant("x");
    const auto due = store->outbox().lease(1);
    store->stop();
    EXPECT_FALSE(commit_mark(due.at(0).attempt_id));
}

// What a person wrote stopped the clock: when it does not arrive, nobody is answered.
class StoreReply : public StoreOutbox {
protected:
    /// A person's answer, as triage makes it.
    void reply(core::Reference reference)
    {
        const auto done = store->cases().change(reference, "ann", [&](const CaseDetail&) {
            Change change;
            change.state = core::State::waiting;
            change.answered_at = core::from_unix_ms(now);
            change.due_at = std::optional<core::Time>{};
            change.outgoing.push_back(reply_to(reference, "ann@reporter.example"));
            change.outgoing.back().automatic = false;
            change.outgoing.back().text = "a secret";
            return core::result<Change>{std::move(change)};
        });
        ASSERT_TRUE(done) << done.error().sentence;
    }
    void end(const DueMail& mail, core::DeliveryResult result, const std::string& words)
    {
        store->outbox().finished(mail.attempt_id, {result, words, {}});
        (void)store->outbox().lease(0);  // comes after it
    }
    [[nodiscard]] std::vector<std::string> faults()
    {
        return store->verify([](auto, auto) {}).faults;
    }
};

TEST_F(StoreReply, ThatFailedIsToldAndTheClockRunsAgain)
{
    const auto reference = receive("x");
    assess_all();
    reply(reference);
    EXPECT_EQ(store->cases().queue({}).counts.unanswered, 0U);
    pass(std::chrono::hours{1});
    end(store->outbox().lease(1).at(0), core::DeliveryResult::failed, "550 5.1.1 no such user");

    const auto found = detail(reference);
    EXPECT_EQ(found.summary.state, core::State::in_progress);
    EXPECT_EQ(found.summary.due_at, start_of_tests() + std::chrono::hours{1});
    EXPECT_THAT(found.summary.flags, testing::ElementsAre("undelivered"));
    EXPECT_EQ(found.events.back().kind, "undelivered");
    EXPECT_EQ(found.events.back().detail, "reply not delivered: 550 5.1.1 no such user");
    EXPECT_EQ(store->cases().queue({}).counts.unanswered, 1U);
    EXPECT_EQ(log.count("reply_undelivered reference=" + reference.to_string()), 1U);
    EXPECT_EQ(log.count("secret"), 0U);
    EXPECT_THAT(faults(), testing::IsEmpty());

    reply(reference);
    EXPECT_THAT(detail(reference).summary.flags, testing::ElementsAre("undelivered")) << "not before it arrives";
    end(store->outbox().lease(1).at(0), core::DeliveryResult::sent, "250 Ok");
    EXPECT_THAT(detail(reference).summary.flags, testing::IsEmpty());
    EXPECT_EQ(detail(reference).summary.state, core::State::waiting);
    EXPECT_FALSE(detail(reference).summary.due_at);
    EXPECT_THAT(faults(), testing::IsEmpty());
}

TEST_F(StoreReply, WhoseEndIsUnknownOrThatIsGivenUpIsToldToo)
{
    const auto cut_off = receive("x");
    const auto given_up = receive("y");
    assess_all();
    reply(cut_off);
    const auto due = store->outbox().lease(1);
    ASSERT_TRUE(commit_mark(due.at(0).attempt_id));
    open();
    reply(given_up);
    end(store->outbox().lease(1).at(0), core::DeliveryResult::deferred, "451 later");
    EXPECT_EQ(detail(cut_off).events.back().detail,
              "nobody knows whether the reply was delivered: the attempt was cut off before its answer");
    EXPECT_EQ(detail(given_up).events.back().detail, "reply not delivered: given up: 451 later");
    EXPECT_EQ(log.count("reply_undelivered"), 2U);
    for (const auto& reference : {cut_off, given_up}) {
        EXPECT_EQ(detail(reference).summary.state, core::State::in_progress);
        EXPECT_TRUE(detail(reference).summary.due_at);
    }
}

TEST_F(StoreReply, ThatFailedLeavesAloneWhatALaterOneOrAnEndHasSettled)
{
    const auto answered = receive("x");
    const auto closed = receive("y");
    assess_all();
    reply(answered);
    const auto first = store->outbox().lease(1);
    reply(answered);
    end(first.at(0), core::DeliveryResult::failed, "550 no");
    EXPECT_EQ(detail(answered).summary.state, core::State::waiting);
    EXPECT_FALSE(detail(answered).summary.due_at);
    EXPECT_THAT(detail(answered).summary.flags, testing::ElementsAre("undelivered"));

    (void)store->outbox().lease(1);  // the later one
    reply(closed);
    const auto due = store->outbox().lease(1);
    ASSERT_TRUE(store->cases().change(closed, "ann", [](const CaseDetail&) {
        Change change;
        change.state = core::State::closed;
        change.code = core::ClosingCode::resolved;
        return core::result<Change>{std::move(change)};
    }));
    end(due.at(0), core::DeliveryResult::failed, "550 no");
    EXPECT_EQ(detail(closed).summary.state, core::State::closed);
    EXPECT_FALSE(detail(closed).summary.due_at);
    EXPECT_EQ(detail(closed).events.back().kind, "undelivered");
    EXPECT_THAT(faults(), testing::IsEmpty());
}

TEST_F(StoreOutbox, WaitEndsWhenAMailIsQueued)
{
    EXPECT_TRUE(store->outbox().lease(1).empty());
    std::thread other{[this] { (void)receive_and_grant("x"); }};
    const auto start = std::chrono::steady_clock::now();
    while (store->outbox().lease(1).empty() &&
           std::chrono::steady_clock::now() - start < std::chrono::seconds{20}) {
        store->outbox().wait(std::chrono::seconds{10});
    }
    other.join();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{5});
    store->outbox().wake();
    store->outbox().wait(std::chrono::hours{1});
    store->outbox().wait(std::chrono::hours{1});
}

}  // namespace shield::store::test
