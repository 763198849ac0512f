// SPDX-License-Identifier: Apache-2.0
#include "authenticator.hpp"

#include <daemon/pipeline.hpp>
#include <support/eventually.hpp>

#include <map>
#include <mutex>

namespace shield::daemon {

namespace {

using core::AcknowledgementState;
using core::DnsAnswer;
using core::DnsOutcome;
using testing::HasSubstr;

/// A DNS that is a table. What is not in it stays without an answer.
class Table {
public:
    void set(const std::string& name, DnsAnswer answer)
    {
        const std::lock_guard lock{mutex_};
        answers_[name] = std::move(answer);
    }
    Authenticator::Ask ask()
    {
        return [this](const core::DnsQuestion& question, const std::function<void(DnsAnswer)>& answer) {
            const std::lock_guard lock{mutex_};
            ++asked_;
            if (const auto known = answers_.find(question.name); known != answers_.end()) {
                answer(known->second);
            }
        };
    }
    int asked()
    {
        const std::lock_guard lock{mutex_};
        return asked_;
    }

private:
    std::mutex mutex_;
    std::map<std::string, DnsAnswer> answers_;
    int asked_{0};
};

DnsAnswer text(const std::string& value)
{
    return {DnsOutcome::records, {}, {{value}}, {}};
}

/// The reply address is what the sender's domain says it is.
auth::Check<core::Verdict> as_the_domain_says(auth::Inquiry& inquiry, const store::AuthenticationWork& work,
                                              const InForce&)
{
    const std::string domain = core::Mailbox::parse(work.envelope.reverse_path)->domain;
    const DnsAnswer answer = co_await inquiry.ask(core::DnsType::txt, domain);
    core::Verdict verdict;
    if (answer.outcome == DnsOutcome::records) {
        if (answer.records.at(0).value == "throw") {
            throw std::runtime_error{"as it says"};
        }
        verdict.reply_address = core::parse_reply_address(answer.records.at(0).value).value();
    }
    verdict.proofs.push_back({"spf", answer.failure.empty() ? "pass" : "temperror", domain, answer.failure, {}});
    co_return verdict;
}

class AuthenticatorTest : public Pipeline {
protected:
    AuthenticatorTest() { set("send"); }

    /// What is in force: senders are authenticated.
    void set(const std::string& unverified)
    {
        auto next = std::make_shared<InForce>(*make(unverified));
        next->authenticates = true;
        in_force_ = next;
        current_.set(next);
    }

    core::Reference assessed(const std::string& sender)
    {
        const auto reference =
            receive(envelope(sender, "shield@example.com"), std::string{cry_for_help} + "I am " + sender + "\r\n");
        assess_all();
        return reference;
    }
    std::unique_ptr<Authenticator> start()
    {
        return std::make_unique<Authenticator>(
            *store_, Authenticator::Options{&current_, dns_.ask(), as_the_domain_says, clock(), &log_, &metrics_});
    }
    /// Waits until so many attempts were, and the last of them is written down.
    void postponed(std::int64_t times)
    {
        const auto& count = metrics_.counter("shield_authentications_postponed_total", {});
        support::eventually([&] { return count == times && store_->authentications().next_due() > clock()(); });
    }
    store::Acknowledgement acknowledgement(core::Reference reference)
    {
        return find(reference).messages.at(0).acknowledgement;
    }
    store::Acknowledgement decided(core::Reference reference)
    {
        support::eventually([&] { return acknowledgement(reference).state != AcknowledgementState::pending; });
        return acknowledgement(reference);
    }

    Current current_{in_force_};
    Table dns_;
};

}  // namespace

TEST_F(AuthenticatorTest, TheVerdictDecidesTheAcknowledgementThatWaits)
{
    set("hold");
    dns_.set("good.example", text("verified"));
    dns_.set("unknown.example", text("unverified"));
    dns_.set("forged.example", text("refuted"));
    const auto good = assessed("ann@good.example");
    const auto unknown = assessed("ann@unknown.example");
    const auto forged = assessed("ann@forged.example");
    EXPECT_EQ(acknowledgement(good).state, AcknowledgementState::pending);
    EXPECT_EQ(acknowledgement(good).reason, "its sender is being verified");
    const auto authenticator = start();
    EXPECT_EQ(decided(good).state, AcknowledgementState::queued);
    EXPECT_EQ(decided(unknown).reason, "reply address not verified");
    EXPECT_THAT(decided(forged).reason, HasSubstr("disowns"));
    EXPECT_EQ(find(good).messages.at(0).verdict.result_of("spf"), "pass");
    EXPECT_EQ(store_->outbox().lease(10).size(), 1U);
}

TEST_F(AuthenticatorTest, AMachineIsSuppressedAtOnceAndAuthenticatedAllTheSame)
{
    dns_.set("good.example", text("verified"));
    const auto reference = receive(envelope("ann@good.example", "shield@example.com"),
                                   std::string{"Auto-Submitted: auto-replied\r\n"} + cry_for_help);
    assess_all();
    EXPECT_EQ(acknowledgement(reference).state, AcknowledgementState::suppressed);
    const auto authenticator = start();
    support::eventually([&] { return !find(reference).messages.at(0).verdict.proofs.empty(); });
    EXPECT_EQ(acknowledgement(reference).state, AcknowledgementState::suppressed);
}

TEST_F(AuthenticatorTest, WhatTheDnsCannotSayIsAskedAgainAsLongAsAnAcknowledgementMayWait)
{
    set("hold");
    dns_.set("slow.example", {DnsOutcome::failed, {}, {}, "SERVFAIL"});
    const auto mended = assessed("ann@slow.example");
    const auto authenticator = start();
    postponed(1);
    EXPECT_EQ(acknowledgement(mended).state, AcknowledgementState::pending);
    dns_.set("slow.example", text("verified"));
    passed_ms_ += 10'000;
    EXPECT_EQ(decided(mended).state, AcknowledgementState::queued);

    dns_.set("down.example", {DnsOutcome::failed, {}, {}, "SERVFAIL"});
    const auto given_up = assessed("ann@down.example");
    passed_ms_ +=
        std::chrono::milliseconds{std::chrono::seconds{in_force_->triage.limits.authentication_wait_max}}.count();
    EXPECT_EQ(decided(given_up).state, AcknowledgementState::held);
    EXPECT_EQ(find(given_up).messages.at(0).verdict.proofs.at(0).reason, "SERVFAIL");
}

TEST_F(AuthenticatorTest, WhereUnverifiedSendersAreAnsweredTheWaitIsShort)
{
    dns_.set("down.example", {DnsOutcome::failed, {}, {}, "SERVFAIL"});
    const auto reference = assessed("ann@down.example");
    passed_ms_ +=
        std::chrono::milliseconds{std::chrono::seconds{in_force_->triage.limits.authentication_wait_send_max}}
            .count();
    const auto authenticator = start();
    EXPECT_EQ(decided(reference).state, AcknowledgementState::queued);
}

TEST_F(AuthenticatorTest, ASilentDnsHasNotAllOfThePlaces)
{
    set("hold");
    auto few = std::make_shared<InForce>(*in_force_);
    few->triage.limits.authentications_under_way_max = 4;
    few->triage.limits.authentication_time_max = 3600;  // whoever keeps a place keeps it for the whole test
    current_.set(few);
    in_force_ = few;
    dns_.set("good.example", text("verified"));
    for (int i = 0; i < 12; ++i) {
        (void)assessed("v" + std::to_string(i) + "@silent" + std::to_string(i) + ".example");
    }
    const auto authenticator = start();
    const auto first = assessed("ann@good.example");
    EXPECT_EQ(decided(first).state, AcknowledgementState::queued) << "new ones keep a place for a second";
    const auto& again = metrics_.counter("shield_authentications_postponed_total", {});
    EXPECT_TRUE(support::eventually([&] { return again >= 8; }, std::chrono::seconds{60}));
    passed_ms_ += 60'000;  // and now all of them come again
    const auto second = assessed("ben@good.example");
    EXPECT_EQ(decided(second).state, AcknowledgementState::queued) << "those tried before have half of the places";
    EXPECT_GT(metrics_.gauge("shield_authentications_waiting", {}), 0);
}

TEST_F(AuthenticatorTest,
       WithoutAnAnswerInTimeTheOthersGoOn)  // authentication_time_max, authentications_under_way_max
{
    auto quick = std::make_shared<InForce>(*in_force_);
    quick->triage.limits.authentication_time_max = 0;
    quick->triage.limits.authentications_under_way_max = 1;
    quick->triage.limits.authentication_wait_send_max = 0;
    current_.set(quick);
    const auto silent = assessed("ann@silent.example");
    dns_.set("good.example", text("verified"));
    const auto good = assessed("ann@good.example");
    const auto authenticator = start();
    EXPECT_EQ(decided(silent).state, AcknowledgementState::queued);
    EXPECT_EQ(decided(good).state, AcknowledgementState::queued);
    EXPECT_EQ(find(silent).messages.at(0).verdict.proofs.at(0).reason, "no answer in time");
    EXPECT_THAT(metrics_.render(), HasSubstr("shield_limit_authentication_time_total"));
}

TEST_F(AuthenticatorTest, PastTheBudgetOfQuestionsAnswersFail)  // authentication_questions_max
{
    auto none = std::make_shared<InForce>(*in_force_);
    none->triage.limits.authentication_questions_max = 0;
    current_.set(none);
    const auto reference = assessed("ann@good.example");
    const auto authenticator = start();
    EXPECT_EQ(decided(reference).state, AcknowledgementState::queued);
    EXPECT_EQ(dns_.asked(), 0);
    EXPECT_THAT(metrics_.render(), HasSubstr("shield_limit_authentication_questions_total 1\n"));
}

TEST_F(AuthenticatorTest, ChecksThatFailAreTriedThreeTimesAndProveNothing)
{
    set("hold");
    dns_.set("throw.example", text("throw"));
    const auto reference = assessed("ann@throw.example");
    const auto authenticator = start();
    for (std::int64_t times = 1; times < 3; ++times) {
        postponed(times);
        passed_ms_ += 10'000;
    }
    EXPECT_EQ(decided(reference).state, AcknowledgementState::held);
    EXPECT_EQ(log_.count("authentication_failed"), 3U);
}

TEST_F(AuthenticatorTest, WhatIsUnderWayAtTheEndIsLeftToTheNext)
{
    const auto reference = assessed("ann@good.example");
    {
        const auto authenticator = start();
        support::eventually([&] { return dns_.asked() == 1; });
    }
    dns_.set("good.example", text("verified"));
    store_.reset();
    store_ = open();
    const auto authenticator = start();
    EXPECT_EQ(decided(reference).state, AcknowledgementState::queued);
}

TEST_F(AuthenticatorTest, WhatEndsTheProcessThreeTimesIsCheckedNoMore)
{
    set("hold");
    const auto reference = assessed("ann@good.example");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(store_->authentications().lease({1}).size(), 1U);
        store_.reset();
        store_ = open();
    }
    const auto authenticator = start();
    EXPECT_EQ(decided(reference).state, AcknowledgementState::held);
    EXPECT_EQ(dns_.asked(), 0);
}

}  // namespace shield::daemon
