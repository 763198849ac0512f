// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.hpp"

namespace shield::store::test {

class StoreAssessments : public StoreTest {
protected:
    void SetUp() override { open(); }

    [[nodiscard]] static bool has_flag(const Case& shown, const std::string& flag)
    {
        return std::find(shown.flags.begin(), shown.flags.end(), flag) != shown.flags.end();
    }
};

TEST_F(StoreAssessments, WorkIsLeasedByCategoryAndOnce)
{
    const auto urgent = receive("one");
    const auto attack = receive("two", envelope(core::Category::attack));
    const auto work = store->assessments().lease(10);
    ASSERT_EQ(work.size(), 2U);
    EXPECT_EQ(work[0].reference, attack);
    EXPECT_EQ(work[0].envelope, envelope(core::Category::attack));
    EXPECT_EQ(work[0].attempt, 1U);
    EXPECT_EQ(work[1].reference, urgent);
    EXPECT_EQ(work[1].octets, "one");
    EXPECT_TRUE(store->assessments().lease(10).empty());
    store->assessments().give_back(work[0].message_id, true);
    store->assessments().give_back(work[1].message_id, true);
    for (const auto& reference : {attack, urgent}) {  // what was tried before is read alone
        const auto again = store->assessments().lease(10);
        ASSERT_EQ(again.size(), 1U);
        EXPECT_EQ(again[0].reference, reference);
        EXPECT_EQ(again[0].attempt, 2U);
    }
}

TEST_F(StoreAssessments, AReportIsAssessedWithinAFewHoweverManyWaitAndANewProcessKnowsIt)
{
    core::Envelope from = envelope(core::Category::attack);
    for (int i = 0; i < 400; ++i) {
        from.client_address = "198.51." + std::to_string(i % 20) + ".7";
        (void)receive("flood " + std::to_string(i), from);
    }
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(store->assessments().lease(20).size(), 20U);
    }
    const auto report = receive("a report");  // urgent, and from a network that nothing has come from
    const auto is_report = [&](const AssessmentWork& one) { return one.reference == report; };
    const auto next = store->assessments().lease(10);
    EXPECT_EQ(std::count_if(next.begin(), next.end(), is_report), 1);
    for (const AssessmentWork& work : next) {
        store->assessments().give_back(work.message_id, false);
    }
    store->assessments().write_returned();
    open();
    const auto after_a_restart = store->assessments().lease(10);
    EXPECT_EQ(std::count_if(after_a_restart.begin(), after_a_restart.end(), is_report), 1);
}

TEST_F(StoreAssessments, WhatWasNotAttemptedCountsForNothing)
{
    (void)receive("one");
    for (int i = 0; i < 10; ++i) {
        const auto work = store->assessments().lease(1);
        ASSERT_EQ(work.size(), 1U);
        EXPECT_EQ(work[0].attempt, 1U);
        store->assessments().give_back(work[0].message_id, false);
        store->assessments().give_back(work[0].message_id, false);  // once is enough
    }
    store->assessments().write_returned();
    open();  // and the next process knows
    EXPECT_EQ(store->assessments().lease(1).at(0).attempt, 1U);
}

TEST_F(StoreAssessments, AStoreThatCannotWriteCostsNoAttempt)
{
    limits.database_size_max = 1 << 20;
    open();
    const auto reference = receive("one");
    for (std::uint64_t i = 0; i < limits.assessment_attempts_max + 2; ++i) {
        const auto work = store->assessments().lease(1);
        ASSERT_EQ(work.size(), 1U);
        EXPECT_EQ(work[0].attempt, 1U);
        const std::string text(2 << 20, 'x');
        EXPECT_THROW(store->assessments().record(
                         {assessed(work[0], assessment(core::Category::urgent, "too large for the disk", text))}),
                     Unavailable);
    }
    EXPECT_FALSE(has_flag(detail(reference).summary, "unreadable"));
    assess_all();
    EXPECT_EQ(store->assessments().backlog(), 0U);
}

TEST_F(StoreAssessments, ABatchToAssessIsBoundedInOctetsButNeverEmpty)
{
    limits.assessment_batch_octets_max = 10;
    open();
    (void)receive(std::string(50, 'a'));
    (void)receive(std::string(50, 'b'));
    EXPECT_EQ(store->assessments().lease(10).size(), 1U);
    EXPECT_EQ(store->assessments().lease(10).size(), 1U);
}

TEST_F(StoreAssessments, TheLeaseOfAProcessThatIsGoneCountsForNothing)
{
    const auto reference = receive("one");
    ASSERT_EQ(store->assessments().lease(1).size(), 1U);
    open();
    const auto work = store->assessments().lease(1);
    ASSERT_EQ(work.size(), 1U);
    EXPECT_EQ(work[0].reference, reference);
    EXPECT_EQ(work[0].attempt, 2U);
}

TEST_F(StoreAssessments, AMessageThatKillsItsReaderThreeTimesIsUnreadableAndStaysInTheQueue)
{
    const auto reference = receive("kills");
    for (std::uint64_t i = 0; i < limits.assessment_attempts_max; ++i) {
        ASSERT_EQ(store->assessments().lease(1).size(), 1U);
        open();
    }
    const auto killer = store->assessments().lease(1);  // not to be read any more
    ASSERT_EQ(killer.size(), 1U);
    EXPECT_EQ(killer[0].attempt, limits.assessment_attempts_max + 1);
    Assessed unreadable;
    unreadable.message_id = killer[0].message_id;
    unreadable.failure = "it kills its reader";
    store->assessments().record({unreadable});
    EXPECT_EQ(store->assessments().backlog(), 0U);
    const auto found = detail(reference);
    EXPECT_TRUE(has_flag(found.summary, "unreadable"));
    EXPECT_EQ(found.summary.acknowledgement.state, core::AcknowledgementState::held);
    EXPECT_EQ(found.summary.acknowledgement.reason, "it could not be read");
    EXPECT_FALSE(found.messages[0].assessment);
    const auto queue = store->cases().queue({});
    EXPECT_EQ(queue.cases.size(), 1U);
    EXPECT_EQ(queue.counts.unreadable, 1U);
    EXPECT_EQ(queue.counts.held, 1U);
}

TEST_F(StoreAssessments, WhatWasTriedBeforeIsReadAloneSoThatItTakesNoOthersWithIt)
{
    const auto killer = receive("kills");
    const auto innocent = receive("harmless");
    EXPECT_EQ(store->assessments().lease(8).size(), 2U);
    for (std::uint64_t i = 1; i < limits.assessment_attempts_max; ++i) {
        open();
        const auto work = store->assessments().lease(8);
        ASSERT_EQ(work.size(), 1U);
        EXPECT_EQ(work[0].reference, killer);
    }
    open();
    assess_all();
    assess_all();
    EXPECT_TRUE(has_flag(detail(killer).summary, "unreadable"));
    EXPECT_TRUE(detail(innocent).messages.at(0).assessment);
}

TEST_F(StoreAssessments, AnAssessmentTellsTheCaseWhatItIsAbout)
{
    const auto reference = receive("one", envelope(core::Category::urgent));
    const auto work = store->assessments().lease(1);
    Assessed done = assessed(work.at(0), assessment(core::Category::attack, "Help, my account"));
    done.assessment->encryption = core::Encryption::pgp_mime;
    done.assessment->classification.flags = {"legal"};
    done.assessment->classification.reasons = {{"says 'help'", core::Category::attack, 1.5}};
    done.assessment->attachments = {
        {"a.zip", "application/zip", "application/zip", 12, core::sha256("zip"), false}};
    done.due_at = start_of_tests() + std::chrono::minutes{30};
    store->assessments().record({done});

    const auto found = detail(reference);
    EXPECT_EQ(found.summary.category, core::Category::attack);
    EXPECT_EQ(found.summary.subject, "Help, my account");
    EXPECT_EQ(found.summary.from, "Ann <ann@reporter.example>");
    EXPECT_EQ(found.summary.due_at, start_of_tests() + std::chrono::minutes{30});
    EXPECT_THAT(found.summary.flags, testing::ElementsAre("legal", "encrypted"));
    EXPECT_EQ(found.summary.acknowledgement.state, core::AcknowledgementState::held);
    EXPECT_EQ(found.messages.at(0).assessment, done.assessment);
    EXPECT_EQ(found.messages.at(0).verdict, core::Verdict{}) << "nothing was checked";
    EXPECT_EQ(store->assessments().backlog(), 0U);
    EXPECT_EQ(store->cases().queue({}).counts.attack, 1U);
    EXPECT_EQ(store->cases().queue({}).counts.urgent, 0U);
}

TEST_F(StoreAssessments, RecordedTwiceIsRecordedOnce)
{
    const auto reference = receive("one");
    const auto work = store->assessments().lease(1);
    Assessed done = assessed(work.at(0), assessment(core::Category::urgent, "first"));
    done.acknowledge = granting(work.at(0));
    store->assessments().record({done});
    done.assessment->subject = "second";
    store->assessments().record({done, done});
    EXPECT_EQ(detail(reference).summary.subject, "first");
    EXPECT_EQ(detail(reference).outgoing.size(), 1U);
    EXPECT_EQ(store->assessments().backlog(), 0U);
}

TEST_F(StoreAssessments, SpamIsFoldedAwayAndCounted)
{
    (void)receive("buy");
    const auto kept = receive("help");
    auto work = store->assessments().lease(2);
    Assessed spam = assessed(work.at(0), assessment(core::Category::support, "buy"));
    spam.assessment->classification.flags = {"spam"};
    store->assessments().record({spam, assessed(work.at(1), assessment(core::Category::urgent, "help"))});
    const auto queue = store->cases().queue({});
    ASSERT_EQ(queue.cases.size(), 1U);
    EXPECT_EQ(queue.cases[0].reference, kept);
    EXPECT_EQ(queue.counts.folded, 1U);
    EXPECT_EQ(queue.counts.unanswered, queue.counts.attack + queue.counts.urgent + queue.counts.support);
    EXPECT_EQ(queue.counts.support, 0U);
    QueueFilter folded;
    folded.spam = true;
    EXPECT_EQ(store->cases().queue(folded).cases.size(), 1U);
}

TEST_F(StoreAssessments, OneThatCannotBeRecordedFailsAloneAndIsAtLastUnreadable)
{
    const auto good = receive("good");
    const auto bad = receive("bad");
    for (std::uint64_t i = 1; i <= limits.assessment_attempts_max; ++i) {
        std::vector<Assessed> batch;
        for (const auto& work : store->assessments().lease(2)) {
            batch.push_back(assessed(work, assessment(core::Category::urgent, "x")));
            if (work.reference == bad) {
                EXPECT_EQ(work.attempt, i);
                batch.back().acknowledge = [](const GrantedBefore&, bool) -> Grant {
                    throw std::runtime_error{"the decision failed"};
                };
            }
        }
        ASSERT_EQ(batch.size(), i == 1 ? 2U : 1U);
        store->assessments().record(std::move(batch));
    }
    assess_all();
    EXPECT_TRUE(detail(good).messages.at(0).assessment);
    EXPECT_TRUE(has_flag(detail(bad).summary, "unreadable"));
    EXPECT_FALSE(has_flag(detail(good).summary, "unreadable"));
    EXPECT_EQ(store->assessments().backlog(), 0U);
}

TEST_F(StoreAssessments, AMessageThatTheReaderGaveUpOnIsDecidedByTheCallback)
{
    const auto reference = receive("odd");
    Assessed done = assessed(store->assessments().lease(1).at(0), {});
    done.assessment.reset();
    done.failure = "deeper than any mail";
    done.acknowledge = [](const GrantedBefore&, bool) {
        return Grant{{core::AcknowledgementState::suppressed, "a machine", std::nullopt}, std::nullopt};
    };
    store->assessments().record({done});
    const auto found = detail(reference);
    EXPECT_EQ(found.summary.acknowledgement.state, core::AcknowledgementState::suppressed);
    EXPECT_TRUE(has_flag(found.summary, "unreadable"));
    EXPECT_THAT(found.events.at(1).detail, testing::HasSubstr("deeper than any mail"));
}

TEST_F(StoreAssessments, CapsAreCountedInsideTheTransaction)
{
    std::vector<AcknowledgementHistory> seen;
    const auto grant_next = [&](const std::string& content, const std::string& from) {
        (void)receive(content, envelope(core::Category::urgent, from));
        const auto work = store->assessments().lease(1).at(0);
        Assessed done = assessed(work, assessment(core::Category::urgent, content));
        done.acknowledge = [&, work](const GrantedBefore& granted_before, bool joined) {
            seen.push_back(granted_before({}));
            return granting(work)(granted_before, joined);
        };
        store->assessments().record({done});
    };
    grant_next("1", "ann@a.example");
    grant_next("2", "Ann+tag@a.example");  // one mailbox has many suffixes
    grant_next("3", "bob@a.example");
    grant_next("4", "eve@b.example");
    pass(std::chrono::hours{24});
    grant_next("5", "ann@a.example");
    ASSERT_EQ(seen.size(), 5U);
    const auto numbers = [](const AcknowledgementHistory& h) {
        return std::vector<std::uint64_t>{h.sender_day, h.domain_day, h.network_day, h.total_day};
    };
    EXPECT_THAT(numbers(seen[0]), testing::ElementsAre(0, 0, 0, 0));
    EXPECT_THAT(numbers(seen[1]), testing::ElementsAre(1, 1, 1, 1));
    EXPECT_THAT(numbers(seen[2]), testing::ElementsAre(0, 2, 2, 2));
    EXPECT_THAT(numbers(seen[3]), testing::ElementsAre(0, 0, 3, 3));
    EXPECT_THAT(numbers(seen[4]), testing::ElementsAre(0, 0, 0, 0));
    pass(std::chrono::hours{24});
    grant_next("6", "ann@b\u00fccher.example");  // one domain has many spellings
    grant_next("7", "ann@B\u00dcCHER.example");
    grant_next("8", "bob@www.xn--bcher-kva.example");
    EXPECT_THAT(numbers(seen[6]), testing::ElementsAre(1, 1, 1, 1));
    EXPECT_THAT(numbers(seen[7]), testing::ElementsAre(0, 2, 2, 2));
    pass(std::chrono::hours{24});
    grant_next("9", "ann@a.example");
    grant_next("10", "prvs=0123abcdef=ann@a.example");  // BATV and SRS mark every mail anew
    grant_next("11", "SRS0=aa=bb=other.example=ann@a.example");
    EXPECT_THAT(numbers(seen[9]), testing::ElementsAre(1, 1, 1, 1));
    EXPECT_THAT(numbers(seen[10]), testing::ElementsAre(2, 2, 2, 2));
    pass(std::chrono::hours{24});
    grant_next("12", "jos\u00e9@a.example");
    grant_next("13", "JOS\u00c9@a.example");  // one name has many spellings
    EXPECT_THAT(numbers(seen[12]), testing::ElementsAre(1, 1, 1, 1));
}

TEST_F(StoreAssessments, WithinOneBatchTheSecondDecisionSeesTheFirst)
{
    (void)receive("1");
    (void)receive("2");
    std::vector<std::uint64_t> seen;
    std::vector<Assessed> batch;
    for (const auto& work : store->assessments().lease(2)) {
        batch.push_back(assessed(work, assessment(core::Category::urgent, "x")));
        batch.back().acknowledge = [&seen, work](const GrantedBefore& granted_before, bool joined) {
            seen.push_back(granted_before({}).sender_day);
            return granting(work)(granted_before, joined);
        };
    }
    store->assessments().record(std::move(batch));
    EXPECT_THAT(seen, testing::ElementsAre(0, 1));
}

TEST_F(StoreAssessments, ARepeatIsNeverAcknowledged)
{
    const auto first = receive_and_grant("again");
    const auto second = receive_and_grant("again");
    const auto found = detail(first);
    EXPECT_EQ(found.outgoing.size(), 1U);
    EXPECT_EQ(found.messages.at(0).acknowledgement.state, core::AcknowledgementState::queued);
    EXPECT_EQ(found.messages.at(1).reference, second);
    EXPECT_EQ(found.messages.at(1).acknowledgement.state, core::AcknowledgementState::suppressed);
}

TEST_F(StoreAssessments, AFollowUpThatIsSentAgainDoesNotRaiseTheCaseByItsMailbox)
{
    const auto first = receive("question", envelope(core::Category::support));
    assess_all(core::Category::support);
    const auto answer = receive("thanks", envelope(core::Category::urgent));  // to the Reply-To at security@
    Assessed done =
        assessed(store->assessments().lease(1).at(0), assessment(core::Category::support, "Re: question"));
    done.follows = first;
    store->assessments().record({done});
    (void)receive("thanks", envelope(core::Category::urgent));
    EXPECT_EQ(detail(answer).summary.reference, first);
    EXPECT_EQ(detail(first).summary.messages, 3U);
    EXPECT_EQ(detail(first).summary.category, core::Category::support);
}

TEST_F(StoreAssessments, ALateAssessmentFoldsNothingThatAPersonHasSorted)
{
    const auto reference = receive("buy now");
    ASSERT_TRUE(store->cases().change(reference, "ann", [](const CaseDetail&) -> core::result<Change> {
        Change change;
        change.category = core::Category::urgent;
        return change;
    }));
    core::Assessment spam = assessment(core::Category::support, "buy now");
    spam.classification.flags = {"spam"};
    store->assessments().record({assessed(store->assessments().lease(1).at(0), spam)});
    EXPECT_EQ(store->cases().queue({}).cases.size(), 1U);
    EXPECT_EQ(store->cases().queue({}).counts.folded, 0U);
}

TEST_F(StoreAssessments, ALateAssessmentDoesNotLowerWhatOthersHaveJoined)
{
    const auto attack = receive("they are in my account", envelope(core::Category::attack));
    assess_all(core::Category::attack);
    const auto late = receive("more of the same", envelope(core::Category::attack));
    ASSERT_TRUE(store->cases().join(attack, late, "ann"));
    assess_all(core::Category::support);
    EXPECT_EQ(detail(late).summary.category, core::Category::attack);
}

TEST_F(StoreAssessments, WhatHasWaitedTooLongIsCountedAndWritten)
{
    const std::string late = "shield_limit_assessment_wait_total ";
    (void)receive("soon");
    assess_all();
    EXPECT_THAT(metrics.render(), testing::HasSubstr(late + "0"));
    const auto reference = receive("late");
    pass(std::chrono::seconds{limits.assessment_wait_max} + std::chrono::seconds{1});
    assess_all();
    EXPECT_THAT(metrics.render(), testing::HasSubstr(late + "1"));
    EXPECT_TRUE(detail(reference).messages.at(0).assessment);
}

TEST_F(StoreAssessments, WhatFollowsACaseThatIsNotHereIsNotLowered)
{
    const auto reference = receive("it goes on", envelope(core::Category::attack));
    Assessed done = assessed(store->assessments().lease(1).at(0), assessment(core::Category::support, "Re: help"));
    done.follows = core::Reference::from_bits(reference.bits() ^ 1);
    store->assessments().record({done});
    EXPECT_EQ(detail(reference).summary.category, core::Category::attack);
}

TEST_F(StoreAssessments, AFollowUpLeavesItsProvisionalCaseAndJoins)
{
    const auto first = receive_and_grant("report");
    const auto second = receive("and another thing", envelope(core::Category::support));
    const auto repeat = receive("and another thing", envelope(core::Category::support));
    const auto works = store->assessments().lease(2);
    bool joined = false;
    bool decided = false;
    Assessed done = assessed(works.at(0), assessment(core::Category::attack, "Re: report"));
    done.follows = first;
    done.on_follow_up = [&](const CaseDetail& target) -> core::result<Change> {
        decided = target.summary.reference == first && target.messages.size() == 1;
        Change change;
        change.state = core::State::in_progress;
        change.events = {{"reopen", "a person wrote again"}};
        return change;
    };
    done.acknowledge = [&](const GrantedBefore&, bool is_joined) {
        joined = is_joined;
        return Grant{{core::AcknowledgementState::suppressed, "a follow-up", std::nullopt}, std::nullopt};
    };
    store->assessments().record({done, assessed(works.at(1), assessment(core::Category::support, "Re: report"))});

    EXPECT_TRUE(joined);
    EXPECT_TRUE(decided);
    const auto found = detail(second);
    EXPECT_EQ(found.summary.reference, first);
    EXPECT_EQ(found.summary.state, core::State::in_progress);
    EXPECT_EQ(found.summary.category, core::Category::attack) << "a follow-up may raise";
    EXPECT_EQ(found.summary.subject, "report");
    EXPECT_EQ(found.summary.messages, 3U);
    EXPECT_EQ(found.messages.at(1).kind, MessageKind::follow_up);
    EXPECT_EQ(detail(repeat).summary.reference, first);
    std::vector<std::string> kinds;
    for (const Event& event : found.events) {
        kinds.push_back(event.kind);
    }
    EXPECT_THAT(kinds, testing::Contains("received").Times(3)) << "the emptied case's history is shown too";
    EXPECT_THAT(kinds, testing::Contains("reopen"));
    const auto queue = store->cases().queue({});
    EXPECT_EQ(queue.cases.size(), 1U);
    EXPECT_EQ(queue.counts.support, 0U);
    EXPECT_TRUE(store->verify({}).faults.empty());
}

TEST_F(StoreAssessments, AFollowUpNeverLowersAndAMachineOnlyAdds)
{
    const auto first = receive_and_grant("report");
    const auto join = [&](const std::string& content, core::Category category, bool automatic) {
        (void)receive(content);
        Assessed done = assessed(store->assessments().lease(1).at(0), assessment(category, content));
        done.follows = first;
        done.automatic = automatic;
        store->assessments().record({done});
    };
    join("a machine", core::Category::attack, true);
    EXPECT_EQ(detail(first).summary.category, core::Category::urgent);
    join("calmer", core::Category::support, false);
    EXPECT_EQ(detail(first).summary.category, core::Category::urgent);
    EXPECT_EQ(detail(first).messages.size(), 3U);
}

TEST_F(StoreAssessments, AFollowUpIsDecidedOnTheFirstMessageHoweverManyCameSince)
{
    const auto first = receive_and_grant("report");
    std::vector<std::size_t> seen;
    for (const auto* const content : {"2", "3", "4"}) {
        (void)receive(content);
        Assessed done = assessed(store->assessments().lease(1).at(0), assessment(core::Category::urgent, content));
        done.follows = first;
        done.on_follow_up = [&](const CaseDetail& target) -> core::result<Change> {
            EXPECT_EQ(target.messages.at(0).reference, first);
            seen.push_back(target.messages.size());
            return Change{};
        };
        store->assessments().record({done});
    }
    EXPECT_THAT(seen, testing::Each(1U));
    EXPECT_EQ(detail(first).messages.size(), 4U);
}

TEST_F(StoreAssessments, ATokenOfNoCaseIsNoFollowUp)
{
    const auto reference = receive("x");
    Assessed done = assessed(store->assessments().lease(1).at(0), assessment(core::Category::urgent, "x"));
    done.follows = core::Reference::from_bits(reference.bits() ^ 1);
    store->assessments().record({done});
    EXPECT_EQ(detail(reference).summary.reference, reference);
    EXPECT_EQ(detail(reference).messages.at(0).kind, MessageKind::first);
}

TEST_F(StoreAssessments, APersonWhoWasFasterThanTheAssessmentIsRight)
{
    const auto reference = receive("x");
    const auto work = store->assessments().lease(1);
    ASSERT_TRUE(store->cases().change(reference, "ann", [](const CaseDetail&) -> core::result<Change> {
        Change change;
        change.category = core::Category::attack;
        return change;
    }));
    store->assessments().record({assessed(work.at(0), assessment(core::Category::support, "x"))});
    EXPECT_EQ(detail(reference).summary.category, core::Category::attack);
}

TEST_F(StoreAssessments, MessagesThatShareAnIdentifierAreOfferedAsSimilar)
{
    const auto first = receive("1");
    const auto second = receive("2");
    const auto third = receive("3");
    auto work = store->assessments().lease(3);
    std::vector<Assessed> batch;
    for (const auto& one : work) {
        batch.push_back(assessed(one, assessment(core::Category::urgent, "x")));
    }
    batch[0].assessment->message_id = "<root@reporter.example>";
    batch[1].assessment->message_id = "<answer@reporter.example>";
    batch[1].assessment->references = {"<root@reporter.example>"};
    batch[2].assessment->message_id = "<other@reporter.example>";
    store->assessments().record(std::move(batch));
    EXPECT_THAT(detail(first).similar, testing::ElementsAre(second));
    EXPECT_THAT(detail(second).similar, testing::ElementsAre(first));
    EXPECT_TRUE(detail(third).similar.empty());
}

TEST_F(StoreAssessments, WaitReturnsWhenSomethingArrivesAndWhenWoken)
{
    EXPECT_TRUE(store->assessments().lease(1).empty());
    std::thread sender{[this] { (void)receive("x"); }};
    const auto start = std::chrono::steady_clock::now();
    while (store->assessments().lease(1).empty() &&
           std::chrono::steady_clock::now() - start < std::chrono::seconds{20}) {
        store->assessments().wait(std::chrono::seconds{10});
    }
    sender.join();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{5});
    store->assessments().wake();
    store->assessments().wait(std::chrono::hours{1});
    store->assessments().wait(std::chrono::hours{1});
}

}  // namespace shield::store::test
