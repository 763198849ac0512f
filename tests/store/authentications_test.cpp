// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.hpp"

#include <shield/store/authentications.hpp>

namespace shield::store::test {

namespace {

using core::AcknowledgementState;

Grant pending(const GrantedBefore&, bool)
{
    return {{AcknowledgementState::pending, "its sender is being verified", std::nullopt}, std::nullopt};
}

core::Verdict verified(const std::string& signing_domain = {})
{
    return {
        {{"spf", "pass", "reporter.example", "192.0.2.7 matches ip4:192.0.2.0/24", "v=spf1 ip4:192.0.2.0/24 -all"},
         {"dkim", "none", "", "it is not signed", ""}},
        core::ReplyAddress::verified,
        "reporter.example",
        signing_domain};
}

}  // namespace

class StoreAuthentications : public StoreTest {
protected:
    void SetUp() override { open(); }

    /// Received and assessed; its acknowledgement waits if `waits`.
    core::Reference receive_to_authenticate(const std::string& content, bool waits = true,
                                            const core::Envelope& from = envelope())
    {
        const auto reference = receive(content, from);
        auto work = store->assessments().lease(1).at(0);
        Assessed done = assessed(work, assessment(core::Category::urgent, content, "a text that is not given"));
        done.signatures = "signed " + content;
        if (waits) {
            done.acknowledge = pending;
        }
        store->assessments().record({done});
        return reference;
    }
    [[nodiscard]] static Acknowledge granting_to(const AuthenticationWork& work,
                                                 const std::string& signing_domain = {})
    {
        return [work, signing_domain](const GrantedBefore&, bool) {
            Grant grant{{AcknowledgementState::queued, "", std::nullopt},
                        reply_to(work.reference, work.envelope.reverse_path)};
            grant.reply->signing_domain = signing_domain;
            return grant;
        };
    }
    [[nodiscard]] Acknowledgement acknowledgement(core::Reference reference) const
    {
        return detail(reference).messages.at(0).acknowledgement;
    }
};

TEST_F(StoreAuthentications, AreWorkThatAnAssessmentMakesAndDecideWhatWaits)
{
    const auto reference = receive_to_authenticate("x");
    EXPECT_EQ(acknowledgement(reference).state, AcknowledgementState::pending);
    EXPECT_EQ(store->authentications().next_due(), start_of_tests());
    const auto work = store->authentications().lease({5});
    ASSERT_EQ(work.size(), 1U);
    EXPECT_EQ(work[0].reference, reference);
    EXPECT_EQ(work[0].signatures, "signed x");
    EXPECT_EQ(work[0].assessment.subject, "x");
    EXPECT_EQ(work[0].assessment.text, "");
    EXPECT_EQ(work[0].envelope.reverse_path, "ann@reporter.example");
    EXPECT_EQ(work[0].attempt, 1U);
    EXPECT_TRUE(work[0].decides);
    EXPECT_TRUE(store->authentications().lease({5}).empty()) << "it is leased";
    EXPECT_FALSE(store->authentications().next_due());

    store->authentications().record({{work[0].message_id, verified(), granting_to(work[0])}});
    EXPECT_EQ(acknowledgement(reference).state, AcknowledgementState::queued);
    EXPECT_EQ(detail(reference).messages.at(0).verdict, verified());
    EXPECT_EQ(store->outbox().lease(5).size(), 1U);
    store->authentications().record({{work[0].message_id, {}, granting_to(work[0])}});
    EXPECT_EQ(detail(reference).messages.at(0).verdict, verified()) << "recorded twice is recorded once";
    EXPECT_TRUE(store->verify({}).faults.empty());
}

TEST_F(StoreAuthentications, WhatIsHeldIsCountedAndShown)
{
    const auto reference = receive_to_authenticate("x");
    EXPECT_EQ(store->cases().queue({}).counts.held, 0U);
    const auto work = store->authentications().lease({1});
    store->authentications().record(
        {{work.at(0).message_id, {}, [](const GrantedBefore&, bool) {
              return Grant{{AcknowledgementState::held, "not verified", std::nullopt}, {}};
          }}});
    EXPECT_EQ(acknowledgement(reference).reason, "not verified");
    EXPECT_EQ(store->cases().queue({}).counts.held, 1U);
    EXPECT_TRUE(store->verify({}).faults.empty());
}

TEST_F(StoreAuthentications, ThoseComeFirstWhoseAcknowledgementWaits)
{
    const auto decided = receive_to_authenticate("decided", false);
    const auto waits = receive_to_authenticate("waits");
    const auto work = store->authentications().lease({2});
    ASSERT_EQ(work.size(), 2U);
    EXPECT_EQ(work[0].reference, waits);
    EXPECT_EQ(work[1].reference, decided);
    EXPECT_FALSE(work[1].decides);
    store->authentications().record({{work[1].message_id, verified(), granting_to(work[1])}});
    EXPECT_EQ(acknowledgement(decided).state, AcknowledgementState::held) << "as it was";
    EXPECT_EQ(detail(decided).messages.at(0).verdict, verified());
}

TEST_F(StoreAuthentications, WhatIsPostponedComesAgainAtItsTime)
{
    (void)receive_to_authenticate("x");
    auto work = store->authentications().lease({1});
    const auto later = start_of_tests() + std::chrono::minutes{2};
    store->authentications().postpone(work.at(0).message_id, later);
    EXPECT_TRUE(store->authentications().lease({1}).empty());
    EXPECT_EQ(store->authentications().next_due(), later);
    pass(std::chrono::minutes{2});
    work = store->authentications().lease({1});
    EXPECT_EQ(work.at(0).attempt, 2U);
}

TEST_F(StoreAuthentications, AClockThatIsSetBackHoldsUpNothing)
{
    (void)receive_to_authenticate("x");
    pass(-std::chrono::hours{1});
    EXPECT_EQ(store->authentications().next_due(), core::from_unix_ms(now));
    EXPECT_EQ(store->authentications().lease({1}).size(), 1U);
    EXPECT_FALSE(store->authentications().next_due());
}

TEST_F(StoreAuthentications, WhoLooksForWorkIsNotWokenForWhatHeHasSeen)
{
    (void)receive_to_authenticate("x");
    EXPECT_TRUE(store->authentications().next_due());
    const auto begun = std::chrono::steady_clock::now();
    store->authentications().wait(std::chrono::milliseconds{50});
    EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds{50});
}

TEST_F(StoreAuthentications, WorkOfAProcessThatIsGoneIsFree)
{
    (void)receive_to_authenticate("x");
    EXPECT_EQ(store->authentications().lease({1}).size(), 1U);
    open();
    auto work = store->authentications().lease({1});
    EXPECT_EQ(work.at(0).attempt, 2U);
    EXPECT_EQ(work.at(0).cut_off, 1U);
    store->authentications().postpone(work.at(0).message_id, start_of_tests());
    work = store->authentications().lease({1});
    EXPECT_EQ(work.at(0).attempt, 3U);
    EXPECT_EQ(work.at(0).cut_off, 1U) << "one that was postponed ended as it should";
}

TEST_F(StoreAuthentications, APersonWhoWasFasterIsTheAnswer)
{
    const auto reference = receive_to_authenticate("x");
    const auto work = store->authentications().lease({1});
    EXPECT_TRUE(store->cases().change(reference, "ann", [](const CaseDetail&) -> core::result<Change> {
        Change change;
        change.state = core::State::closed;
        change.code = core::ClosingCode::resolved;
        return change;
    }));
    store->authentications().record({{work.at(0).message_id, verified(), granting_to(work.at(0))}});
    EXPECT_EQ(acknowledgement(reference).state, AcknowledgementState::suppressed);
    EXPECT_EQ(acknowledgement(reference).reason, "a person was faster");
}

TEST_F(StoreAuthentications, WhatCannotBeRecordedHoldsUpNoOther)
{
    const auto bad = receive_to_authenticate("bad");
    const auto good = receive_to_authenticate("good");
    const auto work = store->authentications().lease({2});
    store->authentications().record({{work.at(0).message_id, verified(),
                                      [](const GrantedBefore&, bool) -> Grant { throw std::runtime_error{"no"}; }},
                                     {work.at(1).message_id, verified(), granting_to(work.at(1))}});
    EXPECT_EQ(acknowledgement(good).state, AcknowledgementState::queued);
    EXPECT_EQ(acknowledgement(bad).state, AcknowledgementState::pending);
    EXPECT_EQ(log.count("authentication_not_recorded"), 1U);
    EXPECT_TRUE(store->authentications().lease({2}).empty()) << "it waits a minute";
    pass(std::chrono::minutes{1});
    EXPECT_EQ(store->authentications().lease({2}).at(0).attempt, 2U);
}

TEST_F(StoreAuthentications, WhatIsGivenBackIsThereForTheNextProcess)
{
    (void)receive_to_authenticate("x");
    const auto work = store->authentications().lease({1});
    store->authentications().give_back(work.at(0).message_id, false);
    store->authentications().write_ends();
    open();
    EXPECT_EQ(store->authentications().lease({1}).at(0).attempt, 1U);
}

TEST_F(StoreAuthentications, ADamagedRowIsHeldAndHoldsUpNoOther)
{
    (void)receive_to_authenticate("bad");
    (void)receive_to_authenticate("worse");
    const auto good = receive_to_authenticate("good");
    store.reset();
    tamper("UPDATE assessments SET assessment = '{\"text\": 1}' WHERE message_id = 1");
    tamper("UPDATE assessments SET assessment = '{' WHERE message_id = 2");
    open();
    const auto work = store->authentications().lease({3});
    ASSERT_EQ(work.size(), 1U);
    EXPECT_EQ(work[0].reference, good);
    EXPECT_FALSE(store->authentications().next_due());
    EXPECT_EQ(store->cases().queue({}).counts.held, 2U);
}

TEST_F(StoreAuthentications, WhoSignedIsCounted)
{
    (void)receive_to_authenticate("x");
    auto work = store->authentications().lease({1});
    store->authentications().record(
        {{work.at(0).message_id, verified("mailer.example"), granting_to(work.at(0), "mailer.example")}});
    auto other = envelope();
    other.reverse_path = "bob@elsewhere.example";
    (void)receive_to_authenticate("y", true, other);
    work = store->authentications().lease({1});
    AcknowledgementHistory by_it;
    AcknowledgementHistory by_nobody;
    store->authentications().record({{work.at(0).message_id, verified(), [&](const GrantedBefore& before, bool) {
                                          by_it = before("mailer.example");
                                          by_nobody = before("");
                                          return Grant{{AcknowledgementState::held, "x", std::nullopt}, {}};
                                      }}});
    EXPECT_EQ(by_it.signer_day, 1U);
    EXPECT_EQ(by_nobody.signer_day, 0U);
    EXPECT_EQ(by_it.sender_day, 0U);
    EXPECT_EQ(by_it.total_day, 1U);
}

TEST_F(StoreAuthentications, AnAcknowledgementWaitsForNothingThatIsNotToBe)
{
    const auto reference = receive("x");
    auto work = store->assessments().lease(1).at(0);
    Assessed done = assessed(work, assessment(core::Category::urgent, "x"));
    done.acknowledge = pending;
    store->assessments().record({done});
    EXPECT_EQ(log.count("assessment_not_recorded"), 1U);
    EXPECT_FALSE(detail(reference).messages.at(0).assessment);
}

TEST_F(StoreAuthentications, ComeByNetworksInTurnsAndNewOnesAreNotHeldUpByThoseTriedBefore)
{
    core::Envelope from = envelope();
    for (int i = 0; i < 12; ++i) {
        from.client_address = "198.51.100." + std::to_string(i + 1);
        (void)receive_to_authenticate("flood " + std::to_string(i), true, from);
    }
    const auto silent = store->authentications().lease({6});
    ASSERT_EQ(silent.size(), 6U);
    for (const AuthenticationWork& work : silent) {
        store->authentications().postpone(work.message_id, core::from_unix_ms(now + 2000));
    }
    pass(std::chrono::seconds{2});
    const auto report = receive_to_authenticate("a report");
    EXPECT_TRUE(store->authentications().new_work_waits());
    EXPECT_EQ(store->authentications().backlog(), 13U);
    const auto next = store->authentications().lease({3, 1});
    ASSERT_EQ(next.size(), 3U);
    const auto found =
        std::find_if(next.begin(), next.end(), [&](const auto& one) { return one.reference == report; });
    ASSERT_NE(found, next.end());
    EXPECT_LE(std::count_if(next.begin(), next.end(), [](const auto& one) { return one.attempt > 1; }), 1);
    store->authentications().record({{found->message_id, verified(), granting_to(*found)}});
    EXPECT_EQ(store->authentications().backlog(), 12U);
}

TEST_F(StoreAuthentications, WhatEndedItsProcessIsLeasedAlone)
{
    (void)receive_to_authenticate("ends it");
    EXPECT_EQ(store->authentications().lease({5}).size(), 1U);
    (void)receive_to_authenticate("harmless");
    open();
    EXPECT_EQ(store->authentications().backlog(), 2U);
    const auto first = store->authentications().lease({5, 5, false});
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].cut_off, 0U);
    EXPECT_TRUE(store->authentications().lease({5, 5, false}).empty()) << "something is under way";
    const auto alone = store->authentications().lease({5});
    ASSERT_EQ(alone.size(), 1U);
    EXPECT_EQ(alone[0].cut_off, 1U);
}

}  // namespace shield::store::test
