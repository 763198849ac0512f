// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.hpp"

#include <set>
#include <thread>

namespace shield::store::test {

class StoreThreads : public StoreTest {
protected:
    static constexpr int senders = 8;
#ifdef __SANITIZE_THREAD__
    static constexpr int messages_each = 500;  // each takes ten times as long there
#else
    static constexpr int messages_each = 2000;
#endif
    static constexpr int under_way_max = 50;

    void SetUp() override
    {
        open();
    }

    void send_all(int sender)
    {
        std::mutex mutex;
        std::condition_variable ready;
        int under_way = 0;
        for (int i = 0; i < messages_each; ++i) {
            Submission submission{envelope(), store->intake().spool(), start_of_tests()};
            submission.content.append("sender " + std::to_string(sender) + " message " + std::to_string(i));
            {
                std::unique_lock lock{mutex};
                ready.wait(lock, [&] { return under_way < under_way_max; });
                ++under_way;
            }
            store->intake().submit(std::move(submission), [&](const Intake::Outcome& outcome) {
                keep(std::get<core::Receipt>(outcome).reference());
                const std::lock_guard lock{mutex};
                --under_way;
                ready.notify_one();
            });
        }
        std::unique_lock lock{mutex};
        ready.wait(lock, [&] { return under_way == 0; });
    }
    void keep(core::Reference reference)
    {
        const std::lock_guard lock{mutex_};
        references_.insert(reference);
    }
    void assess_until_done()
    {
        while (!sent_ || store->assessments().backlog() != 0) {
            std::vector<Assessed> batch;
            for (const auto& work : store->assessments().lease(32)) {
                batch.push_back(assessed(work, assessment(core::Category::attack, work.octets, work.octets)));
                if (work.message_id % 100 == 0) {
                    batch.back().acknowledge = granting(work);
                }
            }
            if (batch.empty()) {
                store->assessments().wait(std::chrono::milliseconds{50});
            } else {
                store->assessments().record(std::move(batch));
            }
        }
    }
    void read_until_done()
    {
        while (!sent_) {
            const auto queue = store->cases().queue({});
            for (const Case& shown : queue.cases) {
                EXPECT_TRUE(store->cases().octets(shown.reference));
            }
            (void)store->assessments().index_some();
            (void)store->cases().search("message", 5);
            (void)store->cases().stats();
        }
    }
    void triage_until_done()
    {
        while (!sent_) {
            for (const Case& shown : store->cases().queue({}).cases) {
                EXPECT_TRUE(
                    store->cases().change(shown.reference, "ann", [](const CaseDetail&) -> core::result<Change> {
                        Change change;
                        change.state = core::State::triaged;
                        change.events = {{"claim", ""}};
                        return change;
                    }));
                if (sent_) {
                    return;
                }
            }
        }
    }

    std::atomic<bool> sent_{false};
    std::mutex mutex_;
    std::set<core::Reference> references_;
};

TEST_F(StoreThreads, ManySendersAssessorsAndReadersLoseNothing)
{
    std::vector<std::thread> work;
    work.emplace_back([this] { assess_until_done(); });
    work.emplace_back([this] { assess_until_done(); });
    work.emplace_back([this] { read_until_done(); });
    work.emplace_back([this] { triage_until_done(); });
    std::vector<std::thread> sending;
    for (int i = 0; i < senders; ++i) {
        sending.emplace_back([this, i] { send_all(i); });
    }
    for (auto& thread : sending) {
        thread.join();
    }
    sent_ = true;
    for (auto& thread : work) {
        thread.join();
    }
    ASSERT_EQ(references_.size(), static_cast<std::size_t>(senders * messages_each))
        << "every reference is another one";
    const auto result = store->verify({});
    EXPECT_EQ(result.messages, references_.size());
    EXPECT_EQ(result.references, references_.size());
    EXPECT_THAT(result.faults, testing::IsEmpty());
    EXPECT_EQ(store->cases().queue({}).counts.attack, references_.size());
    EXPECT_EQ(store->outbox().lease(1000).size(), references_.size() / 100);
}

}  // namespace shield::store::test
