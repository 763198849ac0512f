// SPDX-License-Identifier: Apache-2.0
#include "assess.hpp"

#include "assessor.hpp"

#include <daemon/pipeline.hpp>
#include <daemon/possessed_worker.hpp>

#include <fstream>

namespace shield::daemon {

namespace {

using core::AcknowledgementState;
using core::Category;
using testing::HasSubstr;

constexpr const char* question =
    "From: ann@example.net\r\nTo: postmaster@example.com\r\n\r\nWhen are you open?\r\n";

}  // namespace

TEST_F(Pipeline, AMessageIsInTheQueueBeforeItIsAssessed)
{
    const auto reference = receive(envelope("ann@example.net", "shield@example.com"), cry_for_help);
    const store::Case summary = find(reference).summary;
    EXPECT_EQ(summary.category, Category::attack);
    EXPECT_EQ(summary.due_at, arrival + std::chrono::hours{2});
    EXPECT_EQ(summary.acknowledgement.state, AcknowledgementState::pending);
}

TEST_F(Pipeline, AnAssessedMessageIsSortedAndItsAcknowledgementQueued)
{
    const auto reference = receive(envelope("ann@example.net", "shield@example.com"), cry_for_help);
    assess_all();
    const store::CaseDetail found = find(reference);
    EXPECT_EQ(found.summary.category, Category::attack);
    EXPECT_EQ(found.summary.subject, "help");
    EXPECT_EQ(found.summary.acknowledgement.state, AcknowledgementState::queued)
        << found.summary.acknowledgement.reason;
    ASSERT_EQ(found.outgoing.size(), 1u);
    EXPECT_EQ(found.outgoing[0].recipient, "ann@example.net");
    const auto due = store_->outbox().lease(10);
    ASSERT_EQ(due.size(), 1u);
    EXPECT_EQ(due[0].sender, "");
    EXPECT_THAT(due[0].octets, HasSubstr(reference.to_string()));
    EXPECT_THAT(due[0].octets, HasSubstr("In-Reply-To: <1@example.net>"));
}

TEST_F(Pipeline, ASecondMessageOfASenderWithinADayIsHeld)
{
    receive(envelope("ann@example.net", "shield@example.com"), cry_for_help);
    const auto second = receive(envelope("ann@example.net", "shield@example.com"),
                                std::string{cry_for_help} + "and now my mail is gone\r\n");
    assess_all();
    EXPECT_EQ(find(second).summary.acknowledgement.state, AcknowledgementState::held);
    EXPECT_EQ(store_->outbox().lease(10).size(), 1u);
}

TEST_F(Pipeline, NobodyIsAnsweredWhileUnverifiedSendersAreHeld)
{
    in_force_ = make("hold");
    const auto reference = receive(envelope("ann@example.net", "shield@example.com"), cry_for_help);
    assess_all();
    EXPECT_EQ(find(reference).summary.acknowledgement.state, AcknowledgementState::held);
    EXPECT_TRUE(store_->outbox().lease(10).empty());
}

TEST_F(Pipeline, AMachineIsSuppressedAndMarkedAutomatic)
{
    const auto reference = receive(envelope("ann@example.net", "shield@example.com"),
                                   std::string{"Auto-Submitted: auto-replied\r\n"} + cry_for_help);
    assess_all();
    const store::CaseDetail found = find(reference);
    EXPECT_EQ(found.summary.acknowledgement.state, AcknowledgementState::suppressed);
    EXPECT_TRUE(found.messages.at(0).automatic);
}

TEST_F(Pipeline, PostmasterIsNeverAcknowledged)
{
    const auto reference = receive(envelope("ann@example.net", "postmaster@example.com"),
                                   "From: ann@example.net\r\nTo: postmaster@example.com\r\n\r\nhello\r\n");
    assess_all();
    EXPECT_NE(find(reference).summary.acknowledgement.state, AcknowledgementState::queued);
    EXPECT_TRUE(store_->outbox().lease(10).empty());
}

TEST_F(Pipeline, ATokenInTheAddressJoinsItsCaseAndIsNotAcknowledged)
{
    const auto first = receive(envelope("ann@example.net", "shield@example.com"), cry_for_help);
    const std::string token = core::make_token(store_->token_key(), first);
    const auto second = receive(envelope("ann@example.net", "shield+" + token + "@example.com"),
                                "From: ann@example.net\r\nTo: shield+" + token + "@example.com\r\n\r\nmore\r\n");
    assess_all();
    const store::CaseDetail found = find(second);
    EXPECT_EQ(found.summary.reference, first);
    ASSERT_EQ(found.messages.size(), 2u);
    EXPECT_EQ(found.messages[1].kind, store::MessageKind::follow_up);
    EXPECT_NE(found.messages[1].acknowledgement.state, AcknowledgementState::queued);
    EXPECT_EQ(store_->outbox().lease(10).size(), 1u) << "only the first message is acknowledged";
}

TEST_F(Pipeline, AFollowUpThatRaisesItsCaseBringsItsClock)
{
    const auto first = receive(envelope("ann@example.net", "postmaster@example.com"), question);
    assess_all();
    ASSERT_EQ(find(first).summary.category, core::Category::support);
    const std::string token = core::make_token(store_->token_key(), first);
    (void)receive(envelope("ann@example.net", "shield+" + token + "@example.com"), cry_for_help);
    assess_all();
    const auto& promises = in_force_->triage.promises;
    EXPECT_EQ(find(first).summary.category, core::Category::attack);
    EXPECT_EQ(find(first).summary.due_at, promises[static_cast<std::size_t>(core::Category::attack)].due(arrival));
}

// Our Reply-To leads every answer to the mailbox of [acknowledgement] from, whatever the case is about.
TEST_F(Pipeline, TheMailboxOfATokenDoesNotRaiseTheCase)
{
    const auto first = receive(envelope("ann@example.net", "postmaster@example.com"), question);
    assess_all();
    const auto before = find(first).summary;
    ASSERT_EQ(before.category, Category::support);
    const std::string token = core::make_token(store_->token_key(), first);
    for (const std::string mailbox : {"abuse", "shield"}) {
        (void)receive(
            envelope("ann@example.net", mailbox + "+" + token + "@example.com"),
            "From: ann@example.net\r\nTo: " + mailbox + "+" + token + "@example.com\r\n\r\nThank you\r\n");
    }
    assess_all();
    const store::CaseDetail found = find(first);
    ASSERT_EQ(found.messages.size(), 3u);
    EXPECT_EQ(found.summary.category, Category::support);
    EXPECT_EQ(found.summary.due_at, before.due_at);
}

TEST_F(Pipeline, AMailboxBesideTheTokenRaisesTheCase)
{
    const auto first = receive(envelope("ann@example.net", "postmaster@example.com"), question);
    assess_all();
    const std::string token = core::make_token(store_->token_key(), first);
    auto both = envelope("ann@example.net", "postmaster+" + token + "@example.com");
    both.recipients.push_back(envelope("ann@example.net", "abuse@example.com").recipients.front());
    (void)receive(both, "From: ann@example.net\r\nTo: abuse@example.com\r\n\r\nThank you\r\n");
    assess_all();
    EXPECT_EQ(find(first).summary.category, Category::urgent);
}

TEST_F(Pipeline, ATokenInTheReferencesJoinsItsCase)
{
    const auto first = receive(envelope("ann@example.net", "shield@example.com"), cry_for_help);
    const std::string token = core::make_token(store_->token_key(), first);
    const auto second =
        receive(envelope("ann@example.net", "shield@example.com"),
                "From: ann@example.net\r\nTo: shield@example.com\r\nIn-Reply-To: <x@y>\r\nReferences: "
                "<a@b> " +
                    core::make_message_id(token, "u", "mx.example.com") + "\r\n\r\nmore\r\n");
    assess_all();
    EXPECT_EQ(find(second).summary.reference, first);
}

TEST_F(Pipeline, AFollowUpInAnotherNameIsPutOnRecord)
{
    const auto first = receive(envelope("ann@example.net", "shield@example.com"), cry_for_help);
    const std::string address = "shield+" + core::make_token(store_->token_key(), first) + "@example.com";
    (void)receive(envelope("ann@example.net", address), "From: eve@example.org\r\n\r\nSend it to me\r\n");
    assess_all();
    EXPECT_THAT(find(first).events,
                testing::Contains(testing::Field(&store::Event::detail, HasSubstr("another address"))));
}

TEST_F(Pipeline, AForgedTokenOpensACaseOfItsOwn)
{
    const auto first = receive(envelope("ann@example.net", "shield@example.com"), cry_for_help);
    std::string token = core::make_token(store_->token_key(), first);
    token.back() = token.back() == 'a' ? 'b' : 'a';
    const auto second = receive(envelope("eve@example.net", "shield+" + token + "@example.com"),
                                "From: eve@example.net\r\nTo: shield+" + token + "@example.com\r\n\r\nmore\r\n");
    assess_all();
    EXPECT_EQ(find(second).summary.reference, second);
}

TEST_F(Pipeline, TheSameOctetsAgainAreARepeatAndNotAcknowledgedAgain)
{
    const auto first = receive(envelope("ann@example.net", "shield@example.com"), cry_for_help);
    const auto second = receive(envelope("ann@example.net", "shield@example.com"), cry_for_help);
    assess_all();
    EXPECT_NE(first, second);
    EXPECT_EQ(find(second).summary.reference, first);
    EXPECT_EQ(store_->outbox().lease(10).size(), 1u);
}

TEST_F(Pipeline, AnUnreadableMessageStaysInTheQueueAndIsHeld)
{
    const auto reference = receive(envelope("ann@example.net", "shield@example.com"), cry_for_help);
    auto work = store_->assessments().lease(10);
    ASSERT_EQ(work.size(), 1u);
    std::vector<store::Assessed> batch;
    batch.push_back(unreadable(work[0], "it broke", assessing()));
    store_->assessments().record(std::move(batch));
    const store::Case summary = find(reference).summary;
    EXPECT_EQ(summary.category, Category::attack);
    EXPECT_THAT(summary.flags, testing::Contains("unreadable"));
    EXPECT_EQ(summary.acknowledgement.state, AcknowledgementState::held);
}

TEST_F(Pipeline, TheAssessorWorksOffWhatArrives)
{
    const Current current{in_force_};
    std::vector<core::Reference> references;
    {
        const Assessor assessor{*store_, {2, &current, nullptr, [] { return arrival; }, &log_, &metrics_}};
        for (int i = 0; i < 50; ++i) {
            references.push_back(receive(envelope("a" + std::to_string(i) + "@example.net", "shield@example.com"),
                                         cry_for_help + std::to_string(i)));
        }
        for (int waited = 0; store_->assessments().backlog() > 0 && waited < 1000; ++waited) {
            usleep(10000);
        }
    }
    for (const core::Reference reference : references) {
        EXPECT_EQ(find(reference).summary.acknowledgement.state, AcknowledgementState::queued);
    }
    EXPECT_EQ(metrics_.counter("shield_assessed_total", "").load(), 50);
    EXPECT_EQ(metrics_.counter("shield_limit_acknowledgements_domain_total", "").load(), 0);
}

TEST_F(Pipeline, BoundsMetAfter250AreCounted)
{
    const Current current{in_force_};
    {
        const Assessor assessor{*store_, {1, &current, nullptr, [] { return arrival; }, &log_, &metrics_}};
        receive(envelope("ann@example.net", "shield@example.com"), cry_for_help);
        receive(envelope("ann@example.net", "shield@example.com"), std::string{cry_for_help} + "more\r\n");
        receive(
            envelope("bob@example.net", "shield@example.com"),
            "X-Long: " + std::string(in_force_->triage.limits.header_field_max + 1, 'x') + "\r\n" + cry_for_help);
        for (int waited = 0; store_->assessments().backlog() > 0 && waited < 1000; ++waited) {
            usleep(10000);
        }
    }
    EXPECT_EQ(metrics_.counter("shield_limit_acknowledgements_sender_total", "").load(), 1);
    EXPECT_EQ(metrics_.counter("shield_limit_header_field_total", "").load(), 1);
}

TEST_F(Pipeline, AnEndInTheMiddleOfABatchCostsNoAttempt)
{
    constexpr int messages = 60;
    for (int i = 0; i < messages; ++i) {
        receive(envelope("b" + std::to_string(i) + "@example.net", "shield@example.com"),
                cry_for_help + std::to_string(i));
    }
    const auto in_force = std::make_shared<InForce>(*in_force_);
    const Current current{in_force};
    for (int ends = 0; ends < 5; ++ends) {
        const Assessor assessor{*store_, {2, &current, nullptr, [] { return arrival; }, &log_, &metrics_}};
        usleep(500);
    }
    const auto left = store_->assessments().lease(messages);
    EXPECT_EQ(left.size(), store_->assessments().backlog()) << "all of them are free again";
    for (const auto& one : left) {
        EXPECT_EQ(one.attempt, 1U);
    }
    EXPECT_EQ(metrics_.counter("shield_assessment_failures_total", "").load(), 0);
}

TEST_F(Pipeline, AssessmentBatchMaxEndsABatch)
{
    const auto jobs_for_six = [this](std::uint64_t batch_max) {
        const auto in_force = std::make_shared<InForce>(*in_force_);
        in_force->triage.limits.assessment_batch_max = batch_max;
        const Current current{in_force};
        for (int i = 0; i < 6; ++i) {
            receive(envelope("a" + std::to_string(i) + "@example.net", "shield@example.com"),
                    cry_for_help + std::to_string(batch_max) + std::to_string(i));
        }
        const core::Metrics::Value& jobs = metrics_.counter("shield_store_jobs_total", "");
        const auto before = jobs.load();
        {
            const Assessor assessor{*store_, {1, &current, nullptr, [] { return arrival; }, &log_, &metrics_}};
            for (int waited = 0; store_->assessments().backlog() > 0 && waited < 1000; ++waited) {
                usleep(10000);
            }
        }
        return jobs.load() - before;
    };
    // Six are written down in any case; a batch is leased in a job of its own, and so is what is indexed after it.
    EXPECT_LE(jobs_for_six(6), 6 + 1 + 1);
    EXPECT_GE(jobs_for_six(1), 6 + 6);
}

TEST_F(Pipeline, AMessageThatEndsItsReadersIsUnreadableAndTheOthersAreNot)
{
    const confine::Zygote zygote{possessed_workers()};
    const auto in_force = std::make_shared<InForce>(*in_force_);
    in_force->triage.limits.worker_time_max = 1;
    const Current current{in_force};
    std::vector<core::Reference> good;
    for (int i = 0; i < 20; ++i) {
        good.push_back(receive(envelope("a" + std::to_string(i) + "@example.net", "shield@example.com"),
                               cry_for_help + std::to_string(i)));
    }
    const auto crashes =
        receive(envelope("m@example.net", "shield@example.com"), std::string{cry_for_help} + "CRASH THE READER");
    const auto hangs =
        receive(envelope("n@example.net", "shield@example.com"), std::string{cry_for_help} + "HANG THE READER");
    {
        const Assessor assessor{*store_, {2, &current, &zygote, [] { return arrival; }, &log_, &metrics_}};
        for (int waited = 0; store_->assessments().backlog() > 0 && waited < 2000; ++waited) {
            usleep(10000);
        }
    }
    for (const core::Reference reference : good) {
        EXPECT_EQ(find(reference).summary.acknowledgement.state, AcknowledgementState::queued);
    }
    for (const core::Reference reference : {crashes, hangs}) {
        EXPECT_THAT(find(reference).summary.flags, testing::Contains("unreadable"));
        EXPECT_EQ(find(reference).summary.acknowledgement.state, AcknowledgementState::held);
    }
    EXPECT_EQ(metrics_.counter("shield_assessment_failures_total", "").load(), 6);
    EXPECT_EQ(metrics_.counter("shield_limit_worker_time_total", "").load(), 3);
}

}  // namespace shield::daemon
