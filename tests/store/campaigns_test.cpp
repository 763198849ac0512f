// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.hpp"

#include <shield/store/authentications.hpp>
#include <shield/store/campaigns.hpp>

namespace shield::store::test {

class StoreCampaigns : public StoreTest {
protected:
    void SetUp() override { open(); }

    struct Sent {
        core::Reference reference{core::Reference::from_bits(0)};
        std::int64_t id{0};
    };

    /// Received and assessed, and not gathered yet.
    Sent send(const std::string& content, core::Category category = core::Category::urgent)
    {
        const auto reference = receive(content, envelope(category, content + "@reporter.example"));
        const auto work = store->assessments().lease(1).at(0);
        store->assessments().record({assessed(work, assessment(category, content, "words of " + content))});
        return {reference, work.message_id};
    }
    [[nodiscard]] static Gathered member(const Sent& one, const Sent& campaign,
                                         std::vector<std::int64_t> joined = {})
    {
        Gathered gathered;
        gathered.message_id = one.id;
        gathered.standing = Gathered::Standing::member;
        gathered.campaign = campaign.id;
        gathered.why = "nearly the same text";
        gathered.joined = std::move(joined);
        return gathered;
    }
    /// The first two stand by themselves until the third comes.
    std::vector<Sent> three()
    {
        std::vector<Sent> sent{send("a"), send("b"), send("c")};
        store->campaigns().record({member(sent[2], sent[0], {sent[0].id, sent[1].id})});
        return sent;
    }
    [[nodiscard]] std::vector<core::Reference> listed(const QueueFilter& filter = {}) const
    {
        std::vector<core::Reference> references;
        for (const Case& shown : store->cases().queue(filter).cases) {
            references.push_back(shown.reference);
        }
        return references;
    }
    [[nodiscard]] QueueCounts counts() const { return store->cases().queue({}).counts; }
    void claim(const Sent& one)
    {
        ASSERT_TRUE(store->cases().change(one.reference, "ann", [](const CaseDetail&) -> core::result<Change> {
            Change change;
            change.assignee = "ann";
            change.state = core::State::triaged;
            return change;
        }));
    }
    void expect_sound()
    {
        EXPECT_THAT(store->verify([](std::uint64_t, std::uint64_t) {}).faults, testing::IsEmpty());
    }
    std::vector<GatheringWork> work() { return store->campaigns().take(100); }

    int again_{0};
};

TEST_F(StoreCampaigns, TheFirstStandsForAllAndTheOthersAreCounted)
{
    const auto sent = three();
    const auto other = send("d");
    EXPECT_THAT(listed(), testing::ElementsAre(sent[0].reference, other.reference));
    EXPECT_EQ(store->cases().queue({}).cases[0].campaign_cases, 3U);
    EXPECT_THAT(store->cases().queue({}).cases[0].flags, testing::Contains("campaign"));
    EXPECT_EQ(counts().gathered, 2U);
    EXPECT_EQ(counts().campaigns, 1U);
    EXPECT_EQ(counts().folded, 0U) << "spam is another thing";
    EXPECT_EQ(counts().urgent, 2U);
    QueueFilter filter;
    filter.campaign = sent[1].reference;
    EXPECT_THAT(listed(filter), testing::ElementsAre(sent[2].reference, sent[1].reference, sent[0].reference));
    QueueFilter campaigns;
    campaigns.campaigns = true;
    EXPECT_THAT(listed(campaigns), testing::ElementsAre(sent[0].reference));
    QueueFilter spam;
    spam.spam = true;
    EXPECT_THAT(listed(spam), testing::IsEmpty());
    expect_sound();
}

TEST_F(StoreCampaigns, WhatIsFoldedIsShownAndFoundLikeAnyOther)
{
    const auto sent = three();
    while (store->assessments().index_some() > 0) {
    }
    EXPECT_EQ(store->cases().search("words of c", 10).at(0).reference, sent[2].reference);
    EXPECT_EQ(store->cases().octets(sent[2].reference), "c");
    const auto detail = store->cases().find(sent[2].reference);
    ASSERT_TRUE(detail && detail->campaign);
    EXPECT_EQ(detail->campaign->reference, sent[0].reference);
    EXPECT_EQ(detail->campaign->cases, 3U);
    EXPECT_EQ(detail->campaign->senders, 3U);
    EXPECT_EQ(detail->campaign->networks, 1U);
    EXPECT_EQ(detail->campaign->busiest.at(0).name, "192.0.2.0/24");
    EXPECT_THAT(detail->campaign->samples,
                testing::UnorderedElementsAre(sent[0].reference, sent[1].reference, sent[2].reference));
}

TEST_F(StoreCampaigns, WhatAPersonWorksOnIsOnlyLinked)
{
    const std::vector<Sent> sent{send("a"), send("b"), send("c")};
    claim(sent[1]);
    store->campaigns().record({member(sent[2], sent[0], {sent[0].id, sent[1].id})});
    EXPECT_THAT(listed(), testing::UnorderedElementsAre(sent[0].reference, sent[1].reference));
    EXPECT_THAT(store->cases().find(sent[1].reference)->similar, testing::Contains(sent[0].reference));
    expect_sound();
}

TEST_F(StoreCampaigns, WhoBeginsToWorkOnAFoldedCaseHasItInTheQueue)
{
    const auto sent = three();
    claim(sent[1]);
    EXPECT_THAT(listed(), testing::UnorderedElementsAre(sent[0].reference, sent[1].reference));
    EXPECT_FALSE(store->cases().find(sent[1].reference)->campaign);
    const auto left = work();
    ASSERT_FALSE(left.empty());
    EXPECT_TRUE(std::any_of(left.begin(), left.end(), [&](const GatheringWork& one) {
        return one.message_id == sent[1].id && one.act == GatheringWork::Act::forget;
    }));
    expect_sound();
}

TEST_F(StoreCampaigns, AMorePressingCopyRaisesWhatStandsForIt)
{
    const auto first = send("a", core::Category::support);
    const auto second = send("b", core::Category::attack);
    store->campaigns().record({member(second, first, {first.id})});
    EXPECT_EQ(store->cases().find(first.reference)->summary.category, core::Category::attack);
    EXPECT_EQ(store->cases().find(first.reference)->summary.due_at,
              store->cases().find(second.reference)->summary.due_at);
    expect_sound();
}

TEST_F(StoreCampaigns, OneDecisionClosesThemAllInSteps)
{
    const auto sent = three();
    const std::int64_t first = sent[0].id;
    EXPECT_EQ(store->campaigns().close_some(first, core::ClosingCode::spam, "ann", 1), 1U);
    EXPECT_EQ(store->campaigns().close_some(first, core::ClosingCode::spam, "ann", 10), 1U);
    EXPECT_EQ(store->campaigns().close_some(first, core::ClosingCode::spam, "ann", 10), 0U);
    EXPECT_EQ(counts().gathered, 0U);
    const auto closed = store->cases().find(sent[1].reference);
    EXPECT_EQ(closed->summary.code, core::ClosingCode::spam);
    EXPECT_FALSE(closed->summary.due_at);
    EXPECT_EQ(closed->events.back().who, "ann");
    EXPECT_THAT(listed(), testing::ElementsAre(sent[0].reference));
    expect_sound();
}

TEST_F(StoreCampaigns, AMutedCampaignComesBackWhenItsTimeIsOver)
{
    const auto sent = three();
    EXPECT_FALSE(
        store->campaigns().mute(sent[0].reference, core::from_unix_ms(now) + std::chrono::hours{24}, "ann"));
    EXPECT_THAT(listed(), testing::IsEmpty());
    EXPECT_EQ(counts().gathered, 3U) << "nothing is hidden that is not counted";
    EXPECT_EQ(store->campaigns().end_mutes(), 0U);
    pass(std::chrono::hours{24});
    EXPECT_EQ(store->campaigns().end_mutes(), 1U);
    EXPECT_THAT(listed(), testing::ElementsAre(sent[0].reference));
    expect_sound();
}

TEST_F(StoreCampaigns, OnlyWhatStandsForACampaignIsMuted)
{
    const auto sent = three();
    const auto alone = send("d");
    const auto until = core::from_unix_ms(now) + std::chrono::hours{1};
    EXPECT_TRUE(store->campaigns().mute(alone.reference, until, "ann"));
    EXPECT_TRUE(store->campaigns().mute(sent[1].reference, until, "ann"));
    EXPECT_THAT(listed(), testing::Contains(alone.reference));
}

TEST_F(StoreCampaigns, AMuteByAClockThatWasSetBackEnds)
{
    const auto sent = three();
    pass(std::chrono::hours{24 * 365});
    EXPECT_FALSE(
        store->campaigns().mute(sent[0].reference, core::from_unix_ms(now) + std::chrono::hours{1}, "ann"));
    pass(-std::chrono::hours{24 * 365});
    EXPECT_EQ(store->campaigns().end_mutes(), 1U);
}

TEST_F(StoreCampaigns, APersonTakesOneOutOrTheWholeCampaignApart)
{
    const auto sent = three();
    EXPECT_FALSE(store->campaigns().unfold(sent[2].reference, "ann"));
    EXPECT_THAT(listed(), testing::UnorderedElementsAre(sent[0].reference, sent[2].reference));
    EXPECT_TRUE(store->campaigns().unfold(sent[2].reference, "ann")) << "it is not folded any more";
    EXPECT_EQ(store->campaigns().unfold_some(sent[0].id, "ann", 10), 1U);
    EXPECT_EQ(listed().size(), 3U);
    EXPECT_EQ(counts().campaigns, 0U);
    EXPECT_EQ(counts().gathered, 0U);
    EXPECT_THAT(store->cases().find(sent[0].reference)->summary.flags, testing::Not(testing::Contains("campaign")));
    expect_sound();
}

TEST_F(StoreCampaigns, CampaignsThatTurnOutToBeOneHaveOneRow)
{
    const auto sent = three();
    const auto d = send("d");
    const auto e = send("e");
    store->campaigns().record({member(e, d, {d.id})});
    const auto f = send("f");
    Gathered both = member(f, sent[0]);
    both.absorbed = {d.id};
    store->campaigns().record({both});
    EXPECT_THAT(listed(), testing::ElementsAre(sent[0].reference));
    EXPECT_EQ(store->cases().queue({}).cases[0].campaign_cases, 6U);
    expect_sound();
}

TEST_F(StoreCampaigns, WhatComesAfterTheFirstWasClosedStandsForThoseAfterIt)
{
    const auto first = send("a");
    ASSERT_TRUE(store->cases().change(first.reference, "ann", [](const CaseDetail&) -> core::result<Change> {
        Change change;
        change.state = core::State::closed;
        change.code = std::optional{core::ClosingCode::informative};
        return change;
    }));
    const auto second = send("b");
    const auto third = send("c");
    store->campaigns().record({member(third, first, {first.id, second.id})});
    EXPECT_THAT(listed(), testing::ElementsAre(second.reference));
    EXPECT_EQ(store->cases().find(third.reference)->campaign->reference, second.reference);
    expect_sound();
}

TEST_F(StoreCampaigns, WhoIsVerifiedLaterIsLookedAtAgainAndComesOut)
{
    const std::vector<Sent> sent{send("a"), send("b")};
    const auto reference = receive("c", envelope(core::Category::urgent, "c@reporter.example"));
    const auto leased = store->assessments().lease(1).at(0);
    auto done = assessed(leased, assessment(core::Category::urgent, "c"));
    done.signatures = "none";
    store->assessments().record({done});
    const Sent third{reference, leased.message_id};
    store->campaigns().record({member(third, sent[0], {sent[0].id, sent[1].id})});
    ASSERT_THAT(listed(), testing::Not(testing::Contains(reference)));
    for (const AuthenticationWork& one : store->authentications().lease({10})) {
        core::Verdict verdict;
        verdict.reply_address = core::ReplyAddress::verified;
        store->authentications().record(
            {{one.message_id, verdict, [](const GrantedBefore&, bool) { return Grant{}; }}});
    }
    const auto again = work();
    const auto found = std::find_if(again.begin(), again.end(),
                                    [&](const GatheringWork& one) { return one.message_id == third.id; });
    ASSERT_NE(found, again.end());
    EXPECT_TRUE(found->verified);
    EXPECT_EQ(found->act, GatheringWork::Act::again);
    Gathered linked;
    linked.message_id = third.id;
    linked.act = GatheringWork::Act::again;
    linked.standing = Gathered::Standing::linked;
    linked.campaign = sent[0].id;
    linked.why = "its sender is verified";
    store->campaigns().record({linked});
    EXPECT_THAT(listed(), testing::Contains(reference));
    EXPECT_THAT(store->cases().find(reference)->similar, testing::Contains(sent[0].reference));
    expect_sound();
}

TEST_F(StoreCampaigns, AMessageWaitsAMomentForItsSenderToBeVerified)
{
    (void)receive("a", envelope());
    const auto leased = store->assessments().lease(1).at(0);
    auto done = assessed(leased, assessment(core::Category::urgent, "a"));
    done.signatures = "none";
    store->assessments().record({done});
    EXPECT_THAT(work(), testing::IsEmpty());
    pass(std::chrono::seconds{3});
    EXPECT_EQ(work().size(), 1U);
}

TEST_F(StoreCampaigns, SketchesAreKeptOverARestartAndForgottenWhenTheyAreOld)
{
    const auto sent = three();
    Gathered kept = member(sent[2], sent[0]);
    kept.kept = KeptSketch{sent[2].id, sent[0].id, -5, 7, true, false, std::string("\0\xff", 2), {}};
    store->campaigns().record({kept});
    open();
    std::vector<KeptSketch> loaded;
    store->campaigns().load([&](const KeptSketch& one) { loaded.push_back(one); });
    ASSERT_EQ(loaded.size(), 1U);
    EXPECT_EQ(loaded[0].campaign, sent[0].id);
    EXPECT_EQ(loaded[0].sender, -5);
    EXPECT_TRUE(loaded[0].verified);
    EXPECT_EQ(loaded[0].sketch, std::string("\0\xff", 2));
    pass(std::chrono::seconds{limits.campaign_memory_time + 1});
    store->campaigns().trim();
    loaded.clear();
    store->campaigns().load([&](const KeptSketch& one) { loaded.push_back(one); });
    EXPECT_THAT(loaded, testing::IsEmpty());
}

TEST_F(StoreCampaigns, WhatStandsForACampaignJoinsNoOtherCase)
{
    const auto sent = three();
    const auto other = send("d");
    EXPECT_FALSE(store->cases().join(sent[0].reference, other.reference, "ann"));
    EXPECT_TRUE(store->cases().join(sent[1].reference, other.reference, "ann"));
    EXPECT_EQ(counts().gathered, 1U);
    expect_sound();
}

TEST_F(StoreCampaigns, WhenAPersonWritesAgainTheCaseComesBackWhetherFoldedOrMuted)
{
    const auto sent = three();
    const auto writes_again = [&](const Sent& to, bool automatic) {
        (void)receive("again " + std::to_string(++again_));
        auto done = assessed(store->assessments().lease(1).at(0), assessment(core::Category::urgent, "again"));
        done.follows = to.reference;
        done.automatic = automatic;
        store->assessments().record({done});
    };
    writes_again(sent[1], true);
    EXPECT_THAT(listed(), testing::ElementsAre(sent[0].reference)) << "a machine's word brings nothing back";
    writes_again(sent[1], false);
    EXPECT_THAT(listed(), testing::UnorderedElementsAre(sent[0].reference, sent[1].reference));
    ASSERT_FALSE(
        store->campaigns().mute(sent[0].reference, core::from_unix_ms(now) + std::chrono::hours{1}, "ann"));
    writes_again(sent[0], false);
    EXPECT_THAT(listed(), testing::Contains(sent[0].reference));
    expect_sound();
}

TEST_F(StoreCampaigns, SpamThatStandsForOthersIsInTheQueue)
{
    (void)receive("a", envelope(core::Category::urgent, "a@reporter.example"));
    const auto work = store->assessments().lease(1).at(0);
    auto spam = assessment(core::Category::urgent, "a");
    spam.classification.flags = {"spam"};
    store->assessments().record({assessed(work, spam)});
    const Sent first{work.reference, work.message_id};
    const auto second = send("b");
    ASSERT_THAT(listed(), testing::ElementsAre(second.reference));
    store->campaigns().record({member(second, first, {first.id})});
    EXPECT_THAT(listed(), testing::ElementsAre(first.reference));
    EXPECT_EQ(store->campaigns().unfold_some(first.id, "ann", 10), 1U);
    EXPECT_THAT(listed(), testing::ElementsAre(second.reference)) << "and by itself it is spam again";
    expect_sound();
}

TEST_F(StoreCampaigns, WhatJoinsAFoldedCaseBringsItBack)
{
    const auto sent = three();
    const auto report = send("d");
    ASSERT_TRUE(store->cases().join(report.reference, sent[1].reference, "ann"));
    EXPECT_THAT(listed(), testing::UnorderedElementsAre(sent[0].reference, sent[1].reference));
    expect_sound();
}

TEST_F(StoreCampaigns, ARepeatToAMorePressingMailboxBringsItsCaseBack)
{
    const auto sent = three();
    const auto again = receive("b", envelope(core::Category::attack, "b@reporter.example"));
    EXPECT_EQ(store->cases().find(again)->summary.reference, sent[1].reference);
    EXPECT_THAT(listed(), testing::Contains(sent[1].reference));
    expect_sound();
}

TEST_F(StoreCampaigns, AnAttackIsNotFoldedBehindWhatWasClosedAsLess)
{
    const auto sent = three();
    ASSERT_TRUE(store->cases().change(sent[0].reference, "ann", [](const CaseDetail&) -> core::result<Change> {
        Change change;
        change.state = core::State::closed;
        change.code = std::optional{core::ClosingCode::spam};
        return change;
    }));
    QueueFilter campaigns;
    campaigns.campaigns = true;
    EXPECT_THAT(listed(campaigns), testing::ElementsAre(sent[0].reference)) << "others are open behind it";
    const auto attack = send("d", core::Category::attack);
    store->campaigns().record({member(attack, sent[0])});
    EXPECT_THAT(listed(), testing::ElementsAre(attack.reference));
    expect_sound();
}

TEST_F(StoreCampaigns, AMuteEndsWhenItsCampaignBecomesAnothersOrMorePressing)
{
    const auto sent = three();
    const auto until = core::from_unix_ms(now) + std::chrono::hours{1};
    ASSERT_FALSE(store->campaigns().mute(sent[0].reference, until, "ann"));
    const auto attack = send("d", core::Category::attack);
    store->campaigns().record({member(attack, sent[0])});
    EXPECT_THAT(listed(), testing::ElementsAre(sent[0].reference));
    ASSERT_FALSE(store->campaigns().mute(sent[0].reference, until, "ann"));
    const auto e = send("e");
    const auto f = send("f");
    Gathered both = member(f, e, {e.id});
    both.absorbed = {sent[0].id};
    store->campaigns().record({both});
    EXPECT_THAT(listed(), testing::ElementsAre(e.reference));
    pass(std::chrono::hours{2});
    (void)store->campaigns().end_mutes();
    EXPECT_THAT(listed(), testing::ElementsAre(e.reference));
    EXPECT_EQ(store->cases().find(e.reference)->summary.category, core::Category::attack);
    expect_sound();
}

TEST_F(StoreCampaigns, WhatAPersonEndsIsNotBegunAgainByWhatWasUnderWay)
{
    const auto sent = three();
    const auto late = send("d");
    EXPECT_EQ(store->campaigns().unfold_some(sent[0].id, "ann", 10), 2U);
    store->campaigns().record({member(late, sent[0])});
    EXPECT_EQ(listed().size(), 4U);
    EXPECT_EQ(counts().campaigns, 0U);
    expect_sound();
}

TEST_F(StoreCampaigns, InAFloodWhatNobodyHasLookedAtStandsBehind)
{
    std::vector<core::Reference> flood;
    for (int i = 0; i < 150; ++i) {
        flood.push_back(receive("flood " + std::to_string(i), envelope(core::Category::attack)));
    }
    EXPECT_EQ(listed().front(), flood.front());
    const auto leased = store->assessments().lease(200);
    const AssessmentWork& last = leased.back();
    store->assessments().record({assessed(last, assessment(core::Category::support, "help"))});
    EXPECT_EQ(work().size(), 1U);
    Gathered alone;
    alone.message_id = last.message_id;
    store->campaigns().record({alone});
    EXPECT_EQ(listed().front(), last.reference);
    EXPECT_EQ(listed().size(), 50U);
}

}  // namespace shield::store::test
