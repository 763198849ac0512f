// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.hpp"

#include <algorithm>

/// The bounds that shape what the store writes at once and what it shows: each is set low and must bite.
namespace shield::store::test {

class StoreBounds : public StoreTest {
protected:
    void assess(core::Reference reference, const core::Assessment& what)
    {
        const auto work = store->assessments().lease(1);
        ASSERT_EQ(work.at(0).reference, reference);
        store->assessments().record({assessed(work[0], what)});
    }
    void change(core::Reference reference, const std::function<void(Change&)>& fill)
    {
        ASSERT_TRUE(store->cases().change(reference, "ann", [&](const CaseDetail&) -> core::result<Change> {
            Change made;
            fill(made);
            return made;
        }));
    }
    [[nodiscard]] std::int64_t figure(const std::string& name) const
    {
        for (const auto& [key, number] : store->cases().stats()) {
            if (key == name) {
                return number;
            }
        }
        return -1;
    }
    [[nodiscard]] std::int64_t counted(std::string_view metric) { return metrics.counter(metric, {}); }

    /// How many transactions keep six messages that came while the writer was busy.
    std::int64_t batches_for_six_messages()
    {
        const auto first = receive("first");
        std::promise<void> busy;
        std::promise<void> go_on;
        std::thread person{[&] {
            (void)store->cases().change(first, "ann", [&](const CaseDetail&) -> core::result<Change> {
                busy.set_value();
                go_on.get_future().wait();
                return Change{};
            });
        }};
        busy.get_future().wait();
        const auto before = counted("shield_store_batches_total");
        std::atomic<int> kept{0};
        for (int i = 0; i < 6; ++i) {
            Submission submission{envelope(), store->intake().spool(), start_of_tests()};
            submission.content.append("message " + std::to_string(i));
            store->intake().submit(std::move(submission), [&](const Intake::Outcome& outcome) {
                kept += std::holds_alternative<core::Receipt>(outcome) ? 1 : 0;
            });
        }
        go_on.set_value();
        person.join();
        store->stop();
        EXPECT_EQ(kept, 6);
        return counted("shield_store_batches_total") - before - 1;  // the person's own
    }

    /// The size of the log after about 40 MB went through it.
    [[nodiscard]] std::uintmax_t log_after_forty_megabytes()
    {
        for (int i = 0; i < 40; ++i) {
            (void)receive(std::to_string(i) + std::string(1'000'000, 'x'));
        }
        (void)receive("the log is looked at after a message has its answer");
        (void)receive("so this one comes after that");
        return std::filesystem::file_size(directory.path() / "shield.db-wal");
    }
};

TEST_F(StoreBounds, CommitBatchMaxEndsABatch)
{
    limits.commit_batch_max = 2;
    open();
    EXPECT_EQ(batches_for_six_messages(), 3);
}

TEST_F(StoreBounds, CommitBatchMaxIsWhatEndedIt)
{
    open();
    EXPECT_EQ(batches_for_six_messages(), 1);
}

TEST_F(StoreBounds, OctetsRowMaxSplitsAMessage)
{
    limits.octets_row_max = 4096;
    open();
    const std::string content(10'000, 'x');
    const auto reference = receive(content);
    EXPECT_EQ(store->cases().octets(reference), content);
    SQLite::Database database{(directory.path() / "shield.db").string(), SQLite::OPEN_READONLY};
    EXPECT_EQ(database.execAndGet("SELECT count(*) FROM octets").getInt(), 3);
    EXPECT_EQ(database.execAndGet("SELECT max(length(octets)) FROM octets").getInt(), 4096);
}

TEST_F(StoreBounds, WriteAheadLogMaxShrinksTheLog)
{
    open();
    const std::uintmax_t kept = log_after_forty_megabytes();
    limits.write_ahead_log_max = 1'000'000;
    open();
    EXPECT_LT(log_after_forty_megabytes(), kept / 2);
}

TEST_F(StoreBounds, QueueRowsMaxCutsTheQueueAndNotItsCounts)
{
    limits.queue_rows_max = 2;
    open();
    for (const char* content : {"1", "2", "3"}) {
        (void)receive(content);
    }
    QueueFilter all;
    all.limit = 100;
    const auto queue = store->cases().queue(all);
    EXPECT_EQ(queue.cases.size(), 2U);
    EXPECT_EQ(queue.counts.urgent, 3U);
}

TEST_F(StoreBounds, SearchRowsMaxCutsWhatIsFound)
{
    limits.search_rows_max = 2;
    open();
    for (const char* content : {"wombat 1", "wombat 2", "wombat 3"}) {
        (void)receive(content);
    }
    assess_all();
    (void)store->assessments().index_some();
    EXPECT_EQ(store->cases().search("wombat", 100).size(), 2U);
}

TEST_F(StoreBounds, CaseEventsMaxShowsTheNewest)
{
    limits.case_events_max = 2;
    open();
    const auto reference = receive("x");
    for (const char* word : {"one", "two", "three"}) {
        change(reference, [&](Change& made) { made.events = {{"note", word}}; });
    }
    const auto events = detail(reference).events;
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].detail, "two");
    EXPECT_EQ(events[1].detail, "three");
}

TEST_F(StoreBounds, CaseLineMaxCutsSubjectAndSenderBetweenCharacters)
{
    limits.case_line_max = 5;
    open();
    const auto reference = receive("x");
    assess(reference, assessment(core::Category::urgent, "abcd\xc3\xa4\xc3\xa4"));
    const auto found = detail(reference);
    EXPECT_EQ(found.summary.subject, "abcd");
    EXPECT_EQ(found.summary.from, "Ann <");
    EXPECT_EQ(found.messages.at(0).assessment->subject, "abcd\xc3\xa4\xc3\xa4") << "the message keeps it whole";
}

TEST_F(StoreBounds, CaseFlagsMaxCutsTheFlagsOfTheCaseAndNotOfTheMessage)
{
    limits.case_flags_max = 2;
    open();
    const auto reference = receive("x");
    auto flagged = assessment(core::Category::urgent, "x");
    flagged.classification.flags = {"legal", "press", "minor"};
    assess(reference, flagged);
    const auto found = detail(reference);
    EXPECT_THAT(found.summary.flags, testing::ElementsAre("legal", "press"));
    EXPECT_EQ(found.messages.at(0).assessment->classification.flags.size(), 3U);
}

TEST_F(StoreBounds, SimilarMaxCutsWhatIsOfferedToBeJoined)
{
    limits.similar_max = 2;
    open();
    core::Reference last = core::Reference::from_bits(0);
    for (const char* content : {"1", "2", "3", "4"}) {
        last = receive(content);
        auto related = assessment(core::Category::urgent, content);
        related.references = {"<root@reporter.example>"};
        assess(last, related);
    }
    EXPECT_EQ(detail(last).similar.size(), 2U);
}

TEST_F(StoreBounds, StatisticsSampleMaxTakesTheNewestReplies)
{
    limits.statistics_sample_max = 1;
    open();
    const auto quick = receive("1");
    const auto slow = receive("2");
    change(quick, [&](Change& made) { made.answered_at = start_of_tests() + std::chrono::seconds{10}; });
    change(slow, [&](Change& made) { made.answered_at = start_of_tests() + std::chrono::seconds{50}; });
    EXPECT_EQ(figure("first_replies"), 1);
    EXPECT_EQ(figure("median_first_reply_seconds"), 50);
}

TEST_F(StoreBounds, IndexBatchMaxEndsABatchOfTheIndex)
{
    limits.index_batch_max = 2;
    open();
    for (const char* content : {"1", "2", "3"}) {
        (void)receive(content);
    }
    assess_all();
    EXPECT_EQ(store->assessments().index_some(), 2U);
    EXPECT_EQ(store->assessments().index_some(), 1U);
}

TEST_F(StoreBounds, IndexOctetsMaxEndsABatchOfTheIndexThatIsNeverEmpty)
{
    limits.index_octets_max = 50;
    open();
    for (const char* content : {"1", "2", "3"}) {
        (void)receive(content + std::string(60, 'x'));
    }
    assess_all();
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(store->assessments().index_some(), 1U);
    }
    EXPECT_EQ(store->assessments().index_some(), 0U);
}

}  // namespace shield::store::test
