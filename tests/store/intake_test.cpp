// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.hpp"

#include <set>

namespace shield::store::test {

class StoreIntake : public StoreTest {
protected:
    void SetUp() override { open(); }
};

TEST_F(StoreIntake, AReceiptMeansACaseInTheQueueWithTheOctetsAsTheyCame)
{
    const std::string content{"Subject: \xff\xfe\r\n\r\nhelp\0me\r\n", 24};
    const auto reference = receive(content, envelope(core::Category::attack));

    EXPECT_EQ(store->cases().octets(reference), content);
    const auto queue = store->cases().queue({});
    ASSERT_EQ(queue.cases.size(), 1U);
    EXPECT_EQ(queue.cases[0].reference, reference);
    EXPECT_EQ(queue.cases[0].category, core::Category::attack);
    EXPECT_EQ(queue.cases[0].state, core::State::fresh);
    EXPECT_EQ(queue.cases[0].mailbox, "shield@example.com");
    EXPECT_EQ(queue.cases[0].from, "ann@reporter.example");
    EXPECT_EQ(queue.cases[0].due_at, start_of_tests() + std::chrono::hours{2});
    EXPECT_EQ(queue.cases[0].acknowledgement.state, core::AcknowledgementState::pending);
    EXPECT_EQ(queue.counts.attack, 1U);
    EXPECT_EQ(queue.counts.unanswered, 1U);
    EXPECT_EQ(store->assessments().backlog(), 1U);
}

TEST_F(StoreIntake, TheEnvelopeIsKeptWhole)
{
    auto from = envelope();
    from.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
    from.smtputf8 = true;
    from.eight_bit = true;
    from.reverse_path = "";
    from.recipients.push_back({{"postmaster", ""}, "postmaster@example.com", core::Category::support, false});
    const auto found = detail(receive("x", from));
    ASSERT_EQ(found.messages.size(), 1U);
    EXPECT_EQ(found.messages[0].envelope, from);
    EXPECT_EQ(found.messages[0].sha256, core::sha256("x"));
    EXPECT_EQ(found.messages[0].kind, MessageKind::first);
    ASSERT_FALSE(found.events.empty());
    EXPECT_EQ(found.events[0].kind, "received");
    EXPECT_EQ(found.events[0].who, "shieldd");
}

TEST_F(StoreIntake, AnEmptyMessageIsAMessage)
{
    const auto reference = receive("");
    EXPECT_EQ(store->cases().octets(reference), "");
}

TEST_F(StoreIntake, ALargeMessageWaitsInAFileWithoutANameAndComesBackWhole)
{
    limits.spool_memory_max = 1000;
    limits.octets_row_max = 4096;
    open();
    std::string content;
    while (content.size() < 50'000) {
        content += "line " + std::to_string(content.size()) + "\r\n";
    }
    Submission submission{envelope(), store->intake().spool(), start_of_tests()};
    for (std::size_t i = 0; i < content.size(); i += 777) {
        submission.content.append(std::string_view{content}.substr(i, 777));
    }
    EXPECT_EQ(submission.content.size(), content.size());
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{directory.path()}) {
        names.insert(entry.path().filename().string());
    }
    EXPECT_THAT(names, testing::IsSubsetOf({"shield.db", "shield.db-wal", "shield.db-shm", "shieldd.lock"}));

    std::promise<Intake::Outcome> promise;
    store->intake().submit(std::move(submission), [&](Intake::Outcome outcome) { promise.set_value(outcome); });
    const auto outcome = promise.get_future().get();
    EXPECT_EQ(store->cases().octets(std::get<core::Receipt>(outcome).reference()), content);
    EXPECT_THAT(metrics.render(), testing::HasSubstr("shield_spooled_total 1"));
    EXPECT_TRUE(store->verify({}).faults.empty());
}

TEST_F(StoreIntake, AReferenceFindsItsMessageAfterAnyNumberOfStarts)
{
    std::vector<std::pair<core::Reference, std::string>> given;
    for (int start = 0; start < 4; ++start) {
        open();
        for (int i = 0; i < 3; ++i) {
            const std::string content = std::to_string(start) + "." + std::to_string(i);
            given.emplace_back(receive(content), content);
        }
        open();  // and one that takes no mail
    }
    for (const auto& [reference, content] : given) {
        EXPECT_EQ(store->cases().octets(reference), content);
        EXPECT_FALSE(store->cases().find(core::Reference::from_bits(reference.bits() ^ 1)));
    }
    EXPECT_EQ(store->verify({}).references, given.size());
}

TEST_F(StoreIntake, ARunOfReferencesBeginsWhereNoOtherIs)
{
    Options made = options();
    std::vector<std::uint64_t> draws;
    const auto draw = [&] {
        const std::uint64_t next = draws.front();
        draws.erase(draws.begin());
        return next;
    };
    made.random_bits = draw;
    const auto receive_after = [&](std::vector<std::uint64_t> drawn) {
        store.reset();
        draws = std::move(drawn);
        store = Store::open(made);
        return receive(std::to_string(draws.size()) + std::to_string(now++));
    };
    constexpr std::uint64_t start = std::uint64_t{1} << 30;
    const auto one = receive_after({start});
    // Into the first run, too close before it, too close to the end of all: drawn again each time.
    const auto two = receive_after({start, start - 1000, core::Reference::values - 1, start + 1});
    EXPECT_TRUE(draws.empty());
    EXPECT_NE(one, two);
    EXPECT_TRUE(store->cases().find(one));
    EXPECT_TRUE(store->cases().find(two));
}

TEST_F(StoreIntake, ADatabaseBroughtBackFromABackupGivesNoReferenceAgain)
{
    (void)receive("before");
    Directory other;
    store->backup(other.path() / "shield.db", {});
    std::set<core::Reference> given;
    for (int i = 0; i < 20; ++i) {
        given.insert(receive("lost " + std::to_string(i)));
    }
    Options made = options();
    made.directory = other.path();
    store = Store::open(made);
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(given.insert(receive("new " + std::to_string(i))).second);
    }
}

TEST_F(StoreIntake, TheSameOctetsFromTheSameSenderJoinAsARepeat)
{
    const auto first = receive("again");
    const auto second = receive("again");
    const auto other_sender = receive("again", envelope(core::Category::urgent, "bob@reporter.example"));
    const auto other_octets = receive("again!");

    EXPECT_NE(first, second);
    const auto found = detail(second);
    EXPECT_EQ(found.summary.reference, first);
    EXPECT_EQ(found.summary.messages, 2U);
    ASSERT_EQ(found.messages.size(), 2U);
    EXPECT_EQ(found.messages[1].kind, MessageKind::repeat);
    EXPECT_EQ(found.messages[1].reference, second);
    EXPECT_EQ(detail(other_sender).summary.reference, other_sender);
    EXPECT_EQ(detail(other_octets).summary.reference, other_octets);
    EXPECT_EQ(store->cases().queue({}).cases.size(), 3U);
}

TEST_F(StoreIntake, AfterTheWindowTheSameOctetsAreANewCase)
{
    const auto first = receive("again");
    pass(std::chrono::seconds{limits.repeat_window} + std::chrono::seconds{1});
    const auto later = receive("again");
    EXPECT_EQ(detail(later).summary.reference, later);
    EXPECT_EQ(detail(first).messages.size(), 1U);
}

TEST_F(StoreIntake, ARepeatIsKnownAfterARestart)
{
    const auto first = receive("again");
    open();
    EXPECT_EQ(detail(receive("again")).summary.reference, first);
}

TEST_F(StoreIntake, AClockThatWasWrongForAWhileHidesNoRepeat)
{
    const auto first = receive("again");
    const std::int64_t right = now;
    now = 0;
    (void)receive("stamped 1970");
    now = right;
    open();
    EXPECT_EQ(detail(receive("again")).summary.reference, first);
}

TEST_F(StoreIntake, WhatIsForgottenMakesACaseOfItsOwn)
{
    limits.repeats_remembered_max = 2;
    open();
    const auto first = receive("one");
    (void)receive("two");
    EXPECT_EQ(detail(receive("two")).summary.messages, 2U);
    const auto late = receive("one");
    EXPECT_EQ(detail(late).summary.reference, late);
    EXPECT_EQ(detail(first).summary.messages, 1U);
}

TEST_F(StoreIntake, ARepeatToAMorePressingMailboxRaisesTheCase)
{
    const auto first = receive("split", envelope(core::Category::urgent));
    (void)receive("split", envelope(core::Category::attack));
    EXPECT_EQ(detail(first).summary.category, core::Category::attack);
    EXPECT_EQ(detail(first).summary.mailbox, "shield@example.com");
    (void)receive("split", envelope(core::Category::support));
    EXPECT_EQ(detail(first).summary.category, core::Category::attack);
    EXPECT_EQ(store->cases().queue({}).counts.attack, 1U);
}

TEST_F(StoreIntake, WhatARepeatRaisedTheFirstOnesAssessmentDoesNotLower)
{
    const auto first = receive("split", envelope(core::Category::support));
    (void)receive("split", envelope(core::Category::attack));
    assess_all(core::Category::support);
    EXPECT_EQ(detail(first).summary.category, core::Category::attack);
    const auto other = receive("urgent", envelope(core::Category::support));
    (void)receive("urgent", envelope(core::Category::urgent));
    assess_all(core::Category::attack);
    EXPECT_EQ(detail(other).summary.category, core::Category::attack);
}

TEST_F(StoreIntake, TheSameOctetsAsAClosedCaseButToAMorePressingMailboxAreANewCase)
{
    const auto first = receive("again", envelope(core::Category::support));
    assess_all(core::Category::support);
    ASSERT_TRUE(store->cases().change(first, "ann", [](const CaseDetail&) -> core::result<Change> {
        Change change;
        change.state = core::State::closed;
        change.code = core::ClosingCode::out_of_scope;
        return change;
    }));
    const auto same = receive("again", envelope(core::Category::support));
    EXPECT_EQ(detail(same).summary.reference, first);
    const auto pressing = receive("again", envelope(core::Category::attack));
    EXPECT_EQ(detail(pressing).summary.reference, pressing);
    EXPECT_EQ(store->cases().queue({}).counts.attack, 1U);
}

TEST_F(StoreIntake, MoreThanTheBacklogIsRefusedAsOverload)
{
    limits.intake_backlog_max = 10'100;
    open();
    // The first commit is kept waiting by its own completion, so that what follows piles up.
    std::promise<void> hold;
    std::promise<void> held;
    Submission first{envelope(), store->intake().spool(), start_of_tests()};
    store->intake().submit(std::move(first), [&](const Intake::Outcome&) {
        held.set_value();
        hold.get_future().wait();
    });
    held.get_future().wait();
    std::vector<std::future<Intake::Outcome>> outcomes;
    for (int i = 0; i < 3; ++i) {
        Submission submission{envelope(), store->intake().spool(), start_of_tests()};
        submission.content.append(std::string(4000, static_cast<char>('a' + i)));
        auto promise = std::make_shared<std::promise<Intake::Outcome>>();
        outcomes.push_back(promise->get_future());
        store->intake().submit(std::move(submission),
                               [promise](Intake::Outcome outcome) { promise->set_value(outcome); });
    }
    hold.set_value();
    EXPECT_TRUE(std::holds_alternative<core::Receipt>(outcomes[0].get()));
    EXPECT_TRUE(std::holds_alternative<core::Receipt>(outcomes[1].get()));
    const auto third = outcomes[2].get();
    ASSERT_TRUE(std::holds_alternative<core::Refusal>(third));
    EXPECT_EQ(std::get<core::Refusal>(third), core::Refusal::overloaded);
    EXPECT_THAT(metrics.render(), testing::HasSubstr("shield_limit_intake_backlog_total 1"));
    (void)receive("there is room again");
}

TEST_F(StoreIntake, CompletionsOfABatchAreReleasedTogetherAfterItsCommit)
{
    store.reset();
    std::mutex mutex;
    std::vector<std::size_t> batches;
    std::atomic<int> done{0};
    Options made = options();
    made.release = [&](std::vector<Completion> completions) {
        {
            const std::lock_guard lock{mutex};
            batches.push_back(completions.size());
        }
        for (auto& completion : completions) {
            completion();
        }
    };
    store = Store::open(made);
    for (int i = 0; i < 100; ++i) {
        Submission submission{envelope(), store->intake().spool(), start_of_tests()};
        submission.content.append(std::to_string(i));
        store->intake().submit(std::move(submission), [&](const Intake::Outcome& outcome) {
            done += std::holds_alternative<core::Receipt>(outcome) ? 1 : 0;
        });
    }
    store->stop();
    EXPECT_EQ(done, 100);
    EXPECT_LT(batches.size(), 100U) << "every message had a commit of its own";
}

TEST_F(StoreIntake, AfterStopEverythingIsRefusedAndNothingIsLost)
{
    const auto reference = receive("before");
    store->stop();
    const auto outcome = submit("after");
    ASSERT_TRUE(std::holds_alternative<core::Refusal>(outcome));
    EXPECT_EQ(std::get<core::Refusal>(outcome), core::Refusal::shutting_down);
    EXPECT_THROW((void)store->assessments().lease(1), Unavailable);
    open();
    EXPECT_EQ(store->cases().octets(reference), "before");
    EXPECT_EQ(store->assessments().backlog(), 1U);
}

TEST_F(StoreIntake, ARowThatCannotBeWrittenFailsAlone)
{
    tamper(
        "CREATE TRIGGER refuse BEFORE INSERT ON octets WHEN instr(NEW.octets, CAST('poison' AS BLOB)) > 0 "
        "BEGIN SELECT RAISE(ABORT, 'refused by a test'); END");
    open();
    std::vector<std::future<Intake::Outcome>> outcomes;
    std::promise<void> hold;
    Submission first{envelope(), store->intake().spool(), start_of_tests()};
    store->intake().submit(std::move(first), [&](const Intake::Outcome&) { hold.get_future().wait(); });
    for (int i = 0; i < 9; ++i) {
        Submission submission{envelope(), store->intake().spool(), start_of_tests()};
        submission.content.append((i == 4 ? "poison" : "good") + std::to_string(i));
        auto promise = std::make_shared<std::promise<Intake::Outcome>>();
        outcomes.push_back(promise->get_future());
        store->intake().submit(std::move(submission),
                               [promise](Intake::Outcome outcome) { promise->set_value(outcome); });
    }
    hold.set_value();
    for (int i = 0; i < 9; ++i) {
        const auto outcome = outcomes[static_cast<std::size_t>(i)].get();
        EXPECT_EQ(std::holds_alternative<core::Receipt>(outcome), i != 4);
        if (i == 4) {
            EXPECT_EQ(std::get<core::Refusal>(outcome), core::Refusal::row_refused);
        }
    }
    EXPECT_EQ(store->cases().queue({}).cases.size(), 9U);  // the first one and eight
    EXPECT_EQ(store->health(), Health::open);
    EXPECT_TRUE(store->verify({}).faults.empty());
}

}  // namespace shield::store::test
