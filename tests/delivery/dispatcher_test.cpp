// SPDX-License-Identifier: Apache-2.0
#include "support/eventually.hpp"
#include "support/kept_log.hpp"
#include "support/scripted_peer.hpp"

#include <shield/delivery/dispatcher.hpp>
#include <shield/net/smtp_client.hpp>
#include <shield/store/cases.hpp>
#include <shield/store/intake.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <mutex>
#include <stdexcept>

namespace shield::delivery {
namespace {

using namespace std::chrono_literals;
using core::DeliveryResult;
using support::eventually;

/// A transport that does as the recipient's local part says, and remembers what it was asked.
class FakeTransport final : public Transport {
public:
    void send(const std::string& stem, smtp::OutgoingMail mail, Committing committing, Done done) override
    {
        const auto verb = mail.recipient.substr(0, mail.recipient.find('@'));
        {
            const std::lock_guard lock{mutex_};
            stems_.push_back(stem);
            most_ = std::max(most_, ++inside_);
        }
        const auto end = [this, done = std::move(done)](smtp::DeliveryOutcome outcome) {
            {
                const std::lock_guard lock{mutex_};
                --inside_;
            }
            done(outcome);
            done(std::move(outcome));  // a second word counts for nothing
        };
        if (verb == "throws") {
            throw std::runtime_error{"a row nobody can deliver"};
        }
        if (verb == "hangs") {
            const std::lock_guard lock{mutex_};
            hanging_.push_back([end] { end({DeliveryResult::deferred, "late"}); });
        } else if (verb == "deferred") {
            end({DeliveryResult::deferred, "450 later"});
        } else if (verb == "failed") {
            end({DeliveryResult::failed, "550 never"});
        } else {
            committing([end, verb](bool go_on) {
                const auto result = !go_on              ? DeliveryResult::deferred
                                    : verb == "unknown" ? DeliveryResult::unknown
                                                        : DeliveryResult::sent;
                end({result, go_on ? "250 taken" : "no mark"});
            });
        }
    }
    void end_hanging()
    {
        std::vector<std::function<void()>> all;
        {
            const std::lock_guard lock{mutex_};
            all.swap(hanging_);
        }
        for (const auto& end : all) {
            end();
        }
    }
    [[nodiscard]] std::vector<std::string> stems() const
    {
        const std::lock_guard lock{mutex_};
        return stems_;
    }
    [[nodiscard]] std::size_t hanging() const
    {
        const std::lock_guard lock{mutex_};
        return hanging_.size();
    }
    [[nodiscard]] int most() const
    {
        const std::lock_guard lock{mutex_};
        return most_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> stems_;
    std::vector<std::function<void()>> hanging_;
    int inside_{0};
    int most_{0};
};

/// A real store with one case, whose outbox is filled by a person's replies.
class Dispatching : public testing::Test {
protected:
    Dispatching()
    {
        std::string name = "/tmp/shield-dispatcher-XXXXXX";
        directory_ = ::mkdtemp(name.data());
        limits_.drain_time_max = 2;
        open_store();
        reference_ = receive();
    }
    ~Dispatching() override
    {
        dispatcher_.reset();
        store_.reset();
        std::filesystem::remove_all(directory_);
    }

    void open_store()
    {
        store::Options options;
        options.directory = directory_;
        options.limits = limits_;
        options.clock = clock();
        options.log = &log_;
        options.metrics = &metrics_;
        store_ = store::Store::open(std::move(options));
    }
    core::Clock clock()
    {
        return [this] { return core::from_unix_ms(now_.load()); };
    }
    core::Reference receive()
    {
        core::Envelope envelope;
        envelope.client_address = "192.0.2.7";
        envelope.protocol = "ESMTP";
        envelope.reverse_path = "reporter@example.net";
        envelope.received_at = clock()();
        envelope.recipients.push_back(
            {*core::Mailbox::parse("shield@example.com"), "shield@example.com", core::Category::attack, true});
        store::Submission submission{std::move(envelope), store_->intake().spool(), clock()()};
        submission.content.append("Subject: " + std::to_string(++received_) + "\r\n\r\n");
        std::promise<store::Intake::Outcome> outcome;
        store_->intake().submit(std::move(submission),
                                [&](store::Intake::Outcome result) { outcome.set_value(std::move(result)); });
        return std::get<core::Receipt>(outcome.get_future().get()).reference();
    }
    void queue(const std::string& recipient, std::chrono::hours patience = 24h)
    {
        const auto changed = store_->cases().change(reference_, "tester", [&](const store::CaseDetail&) {
            store::Change change;
            store::NewOutgoing mail;
            mail.automatic = false;
            mail.answers = reference_;
            mail.recipient = recipient;
            mail.message_id = "<" + std::to_string(++mails_) + "@mx.example.com>";
            mail.octets = "Subject: re\r\n\r\nHello.\r\n";
            mail.give_up_at = clock()() + patience;
            change.outgoing.push_back(std::move(mail));
            return core::result<store::Change>{std::move(change)};
        });
        ASSERT_TRUE(changed) << changed.error().sentence;
    }
    /// An acknowledgement of a message of its own; whether it is queued.
    core::Reference queue_automatic(const std::string& recipient, std::chrono::hours patience = 24h)
    {
        const core::Reference message = receive();
        const auto changed = store_->cases().change(message, "tester", [&](const store::CaseDetail&) {
            store::Change change;
            store::NewOutgoing mail;
            mail.answers = message;
            mail.recipient = recipient;
            mail.message_id = "<" + std::to_string(++mails_) + "@mx.example.com>";
            mail.octets = "Subject: re\r\n\r\nWe have it.\r\n";
            mail.give_up_at = clock()() + patience;
            change.outgoing.push_back(std::move(mail));
            return core::result<store::Change>{std::move(change)};
        });
        EXPECT_TRUE(changed) << changed.error().sentence;
        return message;
    }
    bool is_acknowledged_as(core::Reference message, core::AcknowledgementState state)
    {
        return eventually(
            [&] { return store_->cases().find(message).value().summary.acknowledgement.state == state; });
    }
    bool stands(Breaker::State state)
    {
        return eventually([&] { return dispatcher_->standing()().state == state; });
    }
    void dispatch(Transport& transport)
    {
        dispatcher_ = std::make_unique<Dispatcher>(store_->outbox(), transport,
                                                   Dispatcher::Options{limits_, clock(), &log_, &metrics_});
    }
    store::Outgoing outgoing(std::size_t nth = 0)
    {
        return store_->cases().find(reference_).value().outgoing.at(nth);
    }
    bool comes_to(const std::string& state, std::size_t nth = 0)
    {
        return eventually([&] { return outgoing(nth).state == state; });
    }

    std::filesystem::path directory_;
    core::Limits limits_;
    support::KeptLog log_;
    core::Metrics metrics_;
    std::atomic<std::int64_t> now_{1'764'000'000'000};
    std::unique_ptr<store::Store> store_;
    core::Reference reference_{core::Reference::from_bits(0)};
    std::unique_ptr<Dispatcher> dispatcher_;
    int mails_{0};
    int received_{0};
};

TEST_F(Dispatching, SendsWhatIsDueAndWhatComesLater)
{
    FakeTransport transport;
    queue("sent@example.net");
    dispatch(transport);
    EXPECT_TRUE(comes_to("sent"));
    queue("sent@example.net");
    EXPECT_TRUE(comes_to("sent", 1));
    EXPECT_EQ(transport.stems().size(), 2U);
    EXPECT_NE(transport.stems()[0], transport.stems()[1]);
    ASSERT_EQ(outgoing().attempts.size(), 1U);
    EXPECT_TRUE(outgoing().attempts[0].committing_at);
    EXPECT_EQ(outgoing().attempts[0].reply, "250 taken");
    EXPECT_EQ(metrics_.counter("shield_delivery_attempts_total", {}, R"(result="sent")"), 2);
}

TEST_F(Dispatching, RecordsEveryOutcomeAndTriesOnlyTheDeferredAgain)
{
    FakeTransport transport;
    for (const char* verb : {"deferred", "failed", "unknown", "sent"}) {
        queue(std::string{verb} + "@example.net");
    }
    dispatch(transport);
    EXPECT_TRUE(comes_to("failed", 1));
    EXPECT_TRUE(comes_to("unknown", 2));
    EXPECT_TRUE(comes_to("sent", 3));
    EXPECT_TRUE(eventually([&] { return outgoing().attempts.size() == 1 && outgoing().attempts[0].ended_at; }));
    EXPECT_EQ(outgoing().state, "queued");

    now_ += std::chrono::milliseconds{59s}.count();
    std::this_thread::sleep_for(200ms);
    EXPECT_EQ(outgoing().attempts.size(), 1U) << "not before its time";
    now_ += std::chrono::milliseconds{48h}.count();
    dispatcher_.reset();
    store_.reset();
    open_store();  // a new process waits for nothing that the old one waited for
    dispatch(transport);
    EXPECT_TRUE(comes_to("failed")) << "given up: a day has passed";
    EXPECT_EQ(outgoing().attempts.size(), 2U);
    EXPECT_EQ(transport.stems().size(), 5U) << "the others were tried once";
    EXPECT_EQ(transport.stems()[0], transport.stems()[4]) << "one mail, one name";
}

TEST_F(Dispatching, AMailThatNobodyCanDeliverDoesNotStopTheOthers)
{
    FakeTransport transport;
    queue("throws@example.net");
    queue("sent@example.net");
    dispatch(transport);
    EXPECT_TRUE(comes_to("sent", 1));
    EXPECT_TRUE(eventually([&] { return outgoing().attempts.at(0).outcome == "deferred"; }));
    EXPECT_EQ(outgoing().attempts.at(0).reply, "a row nobody can deliver");
}

TEST_F(Dispatching, NoMoreAreUnderWayThanMayBe)
{
    limits_.delivery_concurrency_max = 2;
    FakeTransport transport;
    for (int i = 0; i < 5; ++i) {
        queue("hangs@example.net");
    }
    dispatch(transport);
    for (const std::size_t together : {2U, 2U, 1U}) {
        EXPECT_TRUE(eventually([&] { return transport.hanging() == together; }));
        transport.end_hanging();
    }
    EXPECT_TRUE(eventually([&] { return transport.stems().size() == 5U; }));
    EXPECT_LE(transport.most(), 2);
}

TEST_F(Dispatching, ItsEndWaitsForWhatIsUnderWay)
{
    FakeTransport transport;
    queue("hangs@example.net");
    dispatch(transport);
    ASSERT_TRUE(eventually([&] { return transport.hanging() == 1; }));
    std::thread later{[&] {
        std::this_thread::sleep_for(200ms);
        transport.end_hanging();
    }};
    dispatcher_.reset();
    later.join();
    EXPECT_TRUE(eventually([&] { return outgoing().attempts.at(0).outcome == "deferred"; }));
}

TEST_F(Dispatching, WhatEndsAfterItsEndHarmsNobodyAndIsSettledByTheNextStart)
{
    limits_.drain_time_max = 1;
    FakeTransport transport;
    queue("hangs@example.net");
    dispatch(transport);
    ASSERT_TRUE(eventually([&] { return transport.hanging() == 1; }));
    dispatcher_.reset();
    store_.reset();
    transport.end_hanging();
    open_store();
    EXPECT_FALSE(outgoing().attempts.at(0).ended_at);
    FakeTransport next;
    dispatch(next);
    EXPECT_TRUE(eventually([&] { return next.hanging() == 1; })) << "safe to try again: it was not committing";
    next.end_hanging();
}

TEST_F(Dispatching, AStoreThatStoppedIsSaidOnceAndDoesNotMakeItSpin)
{
    FakeTransport transport;
    dispatch(transport);
    store_->stop();
    std::this_thread::sleep_for(300ms);
    dispatcher_.reset();
    EXPECT_LE(log_.count("outbox_unavailable"), 1U);
}

TEST_F(Dispatching, GoesThroughASmarthost)
{
    std::string content;
    {
        support::ScriptedPeer peer{{[&](support::TcpClient& talk) {
            talk.send("220 relay.example\r\n");
            talk.line();
            talk.send("250 relay.example\r\n");
            for (const char* reply : {"250 ok\r\n", "250 ok\r\n", "354 go on\r\n"}) {
                content += talk.line() + "\n";
                talk.send(reply);
            }
            for (auto line = talk.line(); line != "."; line = talk.line()) {
                content += line + "\n";
            }
            EXPECT_TRUE(outgoing().attempts.at(0).committing_at) << "the mark is durable before the final reply";
            talk.send("250 taken\r\n");
            talk.line();
        }}};
        net::IoContext io{2};
        net::SmtpClient client{io, peer.address(), "mx.example.com", limits_, log_, metrics_};
        const auto transport = make_smarthost(client);
        queue("reporter@example.net");
        dispatch(*transport);
        EXPECT_TRUE(comes_to("sent"));
        dispatcher_.reset();
    }
    EXPECT_EQ(content, "MAIL FROM:<>\nRCPT TO:<reporter@example.net>\nDATA\nSubject: re\n\nHello.\n");
}

TEST_F(Dispatching, FillsAMaildir)
{
    const auto transport = make_maildir(directory_ / "replies", "mx.example.com");
    for (int i = 0; i < 20; ++i) {
        queue("reporter@example.net");
    }
    dispatch(*transport);
    for (std::size_t i = 0; i < 20; ++i) {
        EXPECT_TRUE(comes_to("sent", i));
    }
    dispatcher_.reset();
    const auto begin = std::filesystem::directory_iterator{directory_ / "replies" / "new"};
    EXPECT_EQ(std::distance(begin, std::filesystem::directory_iterator{}), 20);
}

TEST_F(Dispatching, RefusalsStopAutomaticRepliesAndAPersonsGoOnUntilOneIsSentAgain)
{
    limits_.breaker_attempts = 3;
    limits_.breaker_pause = 60;
    FakeTransport transport;
    for (int i = 0; i < 3; ++i) {
        queue_automatic("failed@example.net");
    }
    dispatch(transport);
    ASSERT_TRUE(stands(Breaker::State::open));
    EXPECT_TRUE(log_.count("automatic_replies_stopped") > 0);
    const auto first = queue_automatic("failed@example.net");
    const auto second = queue_automatic("sent@example.net");
    queue("sent@example.net");
    EXPECT_TRUE(comes_to("sent"));
    EXPECT_EQ(transport.stems().size(), 4U) << "three automatic ones and a person's";
    EXPECT_EQ(store_->outbox().oldest_untried(), clock()());

    now_ += 61'000;
    queue("sent@example.net");  // wakes it
    ASSERT_TRUE(is_acknowledged_as(first, core::AcknowledgementState::failed));
    EXPECT_TRUE(stands(Breaker::State::open)) << "the one that was tried was refused";
    EXPECT_TRUE(is_acknowledged_as(second, core::AcknowledgementState::queued));

    now_ += 61'000;
    queue("sent@example.net");
    EXPECT_TRUE(is_acknowledged_as(second, core::AcknowledgementState::sent));
    EXPECT_TRUE(stands(Breaker::State::closed));
    EXPECT_TRUE(log_.count("automatic_replies_go_on") > 0);
    EXPECT_THAT(metrics_.render(), testing::HasSubstr("\nshield_breaker_opened_total 2\n"));
    EXPECT_THAT(metrics_.render(), testing::HasSubstr("\nshield_breaker_state 0\n"));
    dispatcher_.reset();  // before the transport
}

TEST_F(Dispatching, WhatWaitsPastItsTimeWhileAutomaticRepliesAreStoppedIsGivenUpAndSaysWhy)
{
    limits_.breaker_attempts = 1;
    limits_.breaker_deferred_max = 100;
    limits_.breaker_pause = 86400;
    FakeTransport transport;
    queue_automatic("deferred@example.net");
    dispatch(transport);
    ASSERT_TRUE(stands(Breaker::State::open));
    const auto waiting = queue_automatic("sent@example.net", 1h);
    now_ += 3'600'000;
    queue("sent@example.net");
    ASSERT_TRUE(is_acknowledged_as(waiting, core::AcknowledgementState::failed));
    EXPECT_THAT(store_->cases().find(waiting).value().summary.acknowledgement.reason,
                testing::AllOf(testing::HasSubstr("automatic replies are stopped until"),
                               testing::HasSubstr("'reply' writes to the sender")));
    EXPECT_TRUE(store_->verify([](std::uint64_t, std::uint64_t) {}).faults.empty());
    dispatcher_.reset();  // before the transport
}

TEST_F(Dispatching, OneThatWaitsTooLongForItsFirstAttemptStopsAutomaticReplies)
{
    limits_.delivery_concurrency_max = 1;
    limits_.breaker_wait_max = 60;
    FakeTransport transport;
    queue_automatic("hangs@example.net");
    queue_automatic("sent@example.net");
    dispatch(transport);
    ASSERT_TRUE(eventually([&] { return transport.hanging() == 1; }));
    now_ += 61'000;
    transport.end_hanging();
    EXPECT_TRUE(stands(Breaker::State::open));
    EXPECT_EQ(transport.stems().size(), 1U);
    dispatcher_.reset();  // before the transport
}

}  // namespace
}  // namespace shield::delivery
