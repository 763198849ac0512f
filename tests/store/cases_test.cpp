// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.hpp"

namespace shield::store::test {

class StoreCases : public StoreTest {
protected:
    void SetUp() override { open(); }

    void set(core::Reference reference, const Change& change)
    {
        ASSERT_TRUE(store->cases().change(reference, "ann",
                                          [&](const CaseDetail&) -> core::result<Change> { return change; }));
    }
    [[nodiscard]] std::vector<core::Reference> listed(const QueueFilter& filter) const
    {
        std::vector<core::Reference> references;
        for (const Case& shown : store->cases().queue(filter).cases) {
            references.push_back(shown.reference);
        }
        return references;
    }
    [[nodiscard]] std::vector<core::Reference> found(std::string_view words) const
    {
        std::vector<core::Reference> references;
        for (const Case& shown : store->cases().search(words, 10)) {
            references.push_back(shown.reference);
        }
        return references;
    }
};

TEST_F(StoreCases, TheMostPressingCaseIsFirst)
{
    const auto support = receive("1", envelope(core::Category::support));
    const auto urgent_late = receive("2", envelope(core::Category::urgent));
    const auto answered = receive("3", envelope(core::Category::attack));
    pass(std::chrono::minutes{1});
    const auto attack = receive("4", envelope(core::Category::attack));
    const auto urgent = receive("5", envelope(core::Category::urgent));
    Change due;
    due.due_at = std::optional{start_of_tests()};
    set(urgent, due);
    Change answer;
    answer.answered_at = start_of_tests();
    answer.state = core::State::waiting;
    answer.due_at = std::optional<core::Time>{};
    set(answered, answer);
    EXPECT_THAT(listed({}), testing::ElementsAre(attack, answered, urgent, urgent_late, support));
    QueueFilter few;
    few.limit = 2;
    EXPECT_THAT(listed(few), testing::ElementsAre(attack, answered));
    const auto counts = store->cases().queue(few).counts;
    EXPECT_EQ(counts.attack, 2U);
    EXPECT_EQ(counts.urgent, 2U);
    EXPECT_EQ(counts.support, 1U);
    EXPECT_EQ(counts.unanswered, 4U);
}

TEST_F(StoreCases, TheQueueIsFilteredByCategoryStateAndHeld)
{
    const auto attack = receive("1", envelope(core::Category::attack));
    const auto urgent = receive("2", envelope(core::Category::urgent));
    const auto closed = receive("3", envelope(core::Category::urgent));
    const auto triaged = receive("4", envelope(core::Category::urgent));
    Change close;
    close.state = core::State::closed;
    close.code = std::optional{core::ClosingCode::resolved};
    set(closed, close);
    Change claim;
    claim.state = core::State::triaged;
    claim.assignee = "ann";
    set(triaged, claim);
    Change hold;
    hold.acknowledgement = Acknowledgement{core::AcknowledgementState::held, "cap", std::nullopt};
    set(urgent, hold);

    QueueFilter filter;
    filter.category = core::Category::urgent;
    EXPECT_THAT(listed(filter), testing::ElementsAre(urgent, triaged));
    filter.state = core::State::triaged;
    EXPECT_THAT(listed(filter), testing::ElementsAre(triaged));
    filter.state = core::State::closed;
    EXPECT_THAT(listed(filter), testing::ElementsAre(closed));
    filter = {};
    filter.held = true;
    EXPECT_THAT(listed(filter), testing::ElementsAre(urgent));
    filter.category = core::Category::attack;
    EXPECT_TRUE(listed(filter).empty());
    EXPECT_THAT(listed({}), testing::ElementsAre(attack, urgent, triaged));
    const auto counts = store->cases().queue({}).counts;
    EXPECT_EQ(counts.closed, 1U);
    EXPECT_EQ(counts.held, 1U);
    EXPECT_EQ(detail(closed).summary.code, core::ClosingCode::resolved);
}

TEST_F(StoreCases, NoFilterOfTheQueueReadsTheTable)
{
    // A plan that scans or sorts grows with the number of cases.
    SQLite::Database database{(directory.path() / "shield.db").string(), SQLite::OPEN_READONLY};
    for (const std::string where :
         {"c.list = 'open' AND c.state = 'new' AND c.rank BETWEEN 0 AND 3 ORDER BY c.rank, c.due_order, c.id",
          "c.category = 'attack' AND c.state = 'closed' AND c.joined_into IS NULL ORDER BY c.updated_at DESC"}) {
        SQLite::Statement plan{
            database, "EXPLAIN QUERY PLAN SELECT c.id, c.subject FROM cases c WHERE " + where + " LIMIT 9"};
        while (plan.executeStep()) {
            const std::string step = plan.getColumn(3).getString();
            EXPECT_THAT(step, testing::Not(testing::HasSubstr("SCAN"))) << where;
            EXPECT_THAT(step, testing::Not(testing::HasSubstr("TEMP B-TREE"))) << where;
        }
    }
}

TEST_F(StoreCases, ADamagedRowHidesNoOther)
{
    const auto damaged = receive("1");
    const auto whole = receive("2");
    store.reset();
    tamper("UPDATE cases SET flags = 'not JSON' WHERE id = 1");
    open();
    const auto queue = store->cases().queue({});
    ASSERT_EQ(queue.cases.size(), 2U);
    EXPECT_EQ(queue.cases[0].reference, damaged);
    EXPECT_THAT(queue.cases[0].flags, testing::ElementsAre("damaged"));
    EXPECT_EQ(queue.cases[1].reference, whole);
    try {
        (void)store->cases().find(damaged);
        FAIL() << "a damaged case was read";
    } catch (const Unavailable& error) {
        EXPECT_EQ(error.kind(), Unavailable::Kind::corrupt);
        EXPECT_THAT(error.what(), testing::HasSubstr(damaged.to_string()));
    }
    EXPECT_TRUE(store->cases().find(whole));
    EXPECT_EQ(store->cases().octets(damaged), "1") << "the octets are not touched by it";
}

TEST_F(StoreCases, ATimeThatIsNoneIsShownAsTheNearest)
{
    const auto early = receive("1");
    const auto late = receive("2");
    store.reset();
    tamper("UPDATE cases SET received_at = -9223372036854775807 WHERE id = 1");
    tamper("UPDATE cases SET due_at = 9223372036854775807 WHERE id = 2");
    tamper("UPDATE cases SET due_at = -9223372036854775807 WHERE id = 1");
    open();
    EXPECT_EQ(core::to_rfc3339(store->cases().find(early).value().summary.received_at), "0001-01-01T00:00:00Z");
    EXPECT_EQ(core::to_rfc3339(store->cases().find(late).value().summary.due_at.value()), "9999-12-31T00:00:00Z");
    EXPECT_EQ(store->cases().queue({}).cases.size(), 2U);
    EXPECT_FALSE(store->cases().stats().empty());
}

TEST_F(StoreCases, UnknownReferencesAreNothing)
{
    const auto nobody = core::Reference::from_bits(7);
    EXPECT_FALSE(store->cases().find(nobody));
    EXPECT_FALSE(store->cases().octets(nobody));
}

TEST_F(StoreCases, WordsAreFoundOnceIndexed)
{
    const auto first = receive("the quick brown f\xc3\xb6x");
    const auto second = receive("the lazy dog");
    assess_all();
    EXPECT_TRUE(found("quick").empty());
    EXPECT_EQ(store->assessments().index_some(), 2U);
    EXPECT_EQ(store->assessments().index_some(), 0U);
    EXPECT_THAT(found("quick"), testing::ElementsAre(first));
    EXPECT_THAT(found("FOX brown"), testing::ElementsAre(first));
    EXPECT_TRUE(found("brown dog").empty()) << "all words must be there";
    EXPECT_THAT(found("reporter.example"), testing::UnorderedElementsAre(first, second));
    EXPECT_THAT(found("lazy"), testing::ElementsAre(second));
}

TEST_F(StoreCases, NothingInAQueryIsAQueryLanguage)
{
    (void)receive("alpha beta NOT OR");
    assess_all();
    (void)store->assessments().index_some();
    for (const char* words :
         {"alpha NOT beta", "\"alpha", "alpha*", "subject:alpha", "NEAR(alpha beta)", "(alpha", "alpha OR beta",
          "-", "\"\"", "*", "^alpha", "{subject}:alpha", "alpha\" OR \"x", "'; DROP TABLE cases", "\\", "+"}) {
        EXPECT_NO_THROW((void)store->cases().search(words, 10)) << words;
    }
    EXPECT_EQ(found("NOT OR").size(), 1U);
    EXPECT_TRUE(found("beta alphax").empty());
    EXPECT_TRUE(store->cases().search("   ", 10).empty());
    EXPECT_NO_THROW((void)store->cases().search(std::string(100'000, '"') + std::string(100'000, ' ') + "x", 10));
    EXPECT_NO_THROW((void)store->cases().search(std::string("a\0b", 3), 10));
}

TEST_F(StoreCases, ACaseWithSeveralMatchesIsListedOnce)
{
    const auto first = receive("common word");
    (void)receive("common word");
    assess_all();
    (void)store->assessments().index_some();
    EXPECT_THAT(found("common"), testing::ElementsAre(first));
}

TEST_F(StoreCases, ACaseIsShownWithItsFirstAndItsNewestMessages)
{
    limits.case_messages_max = 3;
    open();
    const auto first = receive("again");
    for (int i = 0; i < 5; ++i) {
        (void)receive("again");
    }
    const auto last = receive("again");
    const auto shown = detail(last);
    EXPECT_EQ(shown.summary.messages, 7U);
    ASSERT_EQ(shown.messages.size(), 3U);
    EXPECT_EQ(shown.messages.front().reference, first);
    EXPECT_EQ(shown.messages.back().reference, last);
}

TEST_F(StoreCases, FiguresAreDerivedFromEvents)
{
    const auto first = receive_and_grant("1", envelope(core::Category::attack));
    (void)receive_and_grant("1");
    (void)receive("2");
    assess_all();
    pass(std::chrono::minutes{10});
    Change answer;
    answer.answered_at = core::from_unix_ms(now);
    set(first, answer);
    const auto figures = store->cases().stats();
    const auto value = [&](const std::string& name) {
        for (const auto& [key, number] : figures) {
            if (key == name) {
                return number;
            }
        }
        return std::int64_t{-1};
    };
    EXPECT_EQ(value("received"), 3);
    EXPECT_EQ(value("repeats"), 1);
    EXPECT_EQ(value("acknowledged"), 0);
    EXPECT_EQ(value("acknowledgements_held"), 1);
    EXPECT_EQ(value("acknowledgements_suppressed"), 1);
    EXPECT_EQ(value("outbox_queued"), 1);
    EXPECT_EQ(value("open_urgent"), 2);
    EXPECT_EQ(value("cases_new"), 2);
    EXPECT_EQ(value("first_replies"), 1);
    EXPECT_EQ(value("median_first_reply_seconds"), 600);
    EXPECT_EQ(value("overdue"), 0);
    EXPECT_EQ(value("longest_overdue_seconds"), 0);
    pass(std::chrono::hours{3});
    EXPECT_GE(store->cases().stats().size(), figures.size());
    EXPECT_THAT(store->cases().stats(), testing::Contains(testing::Pair("longest_overdue_seconds", 4200)));
    EXPECT_THAT(store->cases().stats(), testing::Contains(testing::Pair("overdue", 2)));
}

}  // namespace shield::store::test
