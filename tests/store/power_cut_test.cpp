// SPDX-License-Identifier: Apache-2.0
#include "power_cut_vfs.hpp"
#include "store_fixture.hpp"

#include <set>

namespace shield::store::test {

namespace {

/// What somebody was told, and how much had happened to the disk by then.
struct Told {
    std::size_t after{0};
    core::Reference reference;
    std::string octets;  ///< empty: the promise is the second mark of its acknowledgement's attempt
};

}  // namespace

class StorePowerCut : public StoreTest {
protected:
    void TearDown() override
    {
        store.reset();  // before the VFS that it writes through
    }
    void open_recorded()
    {
        store.reset();
        Options made = options();
        made.vfs = RecordingVfs::name;
        store = Store::open(made);
    }
    /// Messages, some of them in one batch, each assessed and its acknowledgement sent up to the second mark.
    void run(int from, int to)
    {
        for (int i = from; i < to; i += 3) {
            for (int j = i; j < i + 3; ++j) {
                send("message " + std::to_string(j) + std::string(static_cast<std::size_t>(j) * 300, 'x'));
            }
            wait_for_all();
            for (const auto& work : store->assessments().lease(3)) {
                Assessed done = assessed(work, assessment(core::Category::attack, "x"));
                done.acknowledge = granting(work);
                references_.emplace(work.message_id, work.reference);
                store->assessments().record({done});
            }
            deliver();
        }
    }
    void send(std::string content)
    {
        Submission submission{envelope(), store->intake().spool(), start_of_tests()};
        submission.content.append(content);
        ++waiting_;
        store->intake().submit(std::move(submission),
                               [this, content = std::move(content)](const Intake::Outcome& outcome) {
                                   const auto reference = std::get<core::Receipt>(outcome).reference();
                                   const std::lock_guard lock{mutex_};
                                   told_.push_back({vfs.recorded(), reference, content});
                                   --waiting_;
                                   ready_.notify_all();
                               });
    }
    void deliver()
    {
        for (const DueMail& mail : store->outbox().lease(10)) {
            std::promise<bool> promise;
            store->outbox().committing(mail.attempt_id, [&](bool go_on) { promise.set_value(go_on); });
            ASSERT_TRUE(promise.get_future().get());
            const auto answered = references_.at(mail.outbox_id);  // both count from 1 in this run
            const std::lock_guard lock{mutex_};
            told_.push_back({vfs.recorded(), answered, {}});
        }
    }
    void wait_for_all()
    {
        std::unique_lock lock{mutex_};
        ready_.wait(lock, [this] { return waiting_ == 0; });
    }
    void expect_all_kept(const Disk& disk, std::size_t happened, std::mt19937* random)
    {
        Directory after;
        random == nullptr ? disk.write_out(after.path()) : disk.write_out(after.path(), *random);
        Options made = options();
        made.directory = after.path();
        made.vfs = RecordingVfs::name;
        const auto opened = Store::open(made);
        for (const Told& told : told_) {
            if (told.after > happened) {
                continue;
            }
            if (!told.octets.empty()) {
                ASSERT_EQ(opened->cases().octets(told.reference), told.octets) << "after operation " << happened;
                continue;
            }
            const auto found = opened->cases().find(told.reference);
            ASSERT_TRUE(found);
            ASSERT_EQ(found->outgoing.size(), 1U);
            ASSERT_TRUE(found->outgoing[0].attempts.at(0).committing_at) << "after operation " << happened;
        }
        if (random != nullptr) {
            ASSERT_THAT(opened->verify({}).faults, testing::IsEmpty());
        }
    }

    RecordingVfs vfs;
    std::mutex mutex_;
    std::condition_variable ready_;
    int waiting_{0};
    std::vector<Told> told_;
    std::map<std::int64_t, core::Reference> references_;
};

TEST_F(StorePowerCut, NothingThatWasAnsweredIsLostAtAnySyncPoint)
{
    open_recorded();
    run(0, 30);
    open_recorded();  // the log is written back and removed in between
    run(30, 60);
    store.reset();

    const auto operations = vfs.operations();
    vfs.stop_recording();
    ASSERT_EQ(told_.size(), 120U);
    Disk disk;
    std::mt19937 random{20261123};
    std::size_t points = 0;
    for (std::size_t i = 0; i < operations.size(); ++i) {
        // Before a sync the most is at stake; after it, what it promised.
        if (operations[i].kind == Operation::Kind::sync && points % 4 == 0) {
            ASSERT_NO_FATAL_FAILURE(expect_all_kept(disk, i, &random));
        }
        disk.apply(operations[i]);
        if (operations[i].kind == Operation::Kind::sync) {
            ASSERT_NO_FATAL_FAILURE(expect_all_kept(disk, i + 1, nullptr));
            ++points;
        }
    }
    EXPECT_GT(points, 100U);
}

TEST_F(StorePowerCut, WithoutSyncsMessagesWouldBeLost)
{
    // The test above can fail: a disk that is never told to sync keeps nothing.
    open_recorded();
    run(0, 3);
    Disk disk;
    for (const Operation& operation : vfs.operations()) {
        if (operation.kind != Operation::Kind::sync) {
            disk.apply(operation);
        }
    }
    Directory after;
    disk.write_out(after.path());
    Options made = options();
    made.directory = after.path();
    EXPECT_FALSE(Store::open(made)->cases().octets(told_.at(0).reference));
}

TEST_F(StorePowerCut, AFailedSyncClosesTheStoreUntilARestartHasChecked)
{
    open_recorded();
    const auto kept = receive("before");
    vfs.fail_syncs(true);
    const auto outcome = submit("meanwhile");
    ASSERT_TRUE(std::holds_alternative<core::Refusal>(outcome));
    EXPECT_EQ(std::get<core::Refusal>(outcome), core::Refusal::store_failed);
    EXPECT_EQ(store->health(), Health::failed);
    vfs.fail_syncs(false);  // a later sync that succeeds says nothing about what an earlier one lost
    EXPECT_EQ(std::get<core::Refusal>(submit("later")), core::Refusal::store_failed);
    EXPECT_THROW((void)store->assessments().lease(1), Unavailable);
    EXPECT_EQ(store->health(), Health::failed);
    EXPECT_EQ(store->cases().octets(kept), "before") << "reading goes on";
    store.reset();
    EXPECT_TRUE(std::filesystem::exists(directory.path() / "shield.db.check"));

    open_recorded();
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "shield.db.check"));
    EXPECT_EQ(store->health(), Health::open);
    EXPECT_EQ(store->cases().octets(kept), "before");
    (void)receive("after");
}

}  // namespace shield::store::test
