// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/core/mailbox.hpp>
#include <shield/store/assessments.hpp>
#include <shield/store/cases.hpp>
#include <shield/store/intake.hpp>
#include <shield/store/outbox.hpp>
#include <shield/store/store.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <support/kept_log.hpp>
#include <support/temporary_directory.hpp>

#include <atomic>
#include <filesystem>
#include <future>
#include <optional>
#include <string>

namespace shield::store::test {

using Directory = support::TemporaryDirectory;

inline core::Time start_of_tests()
{
    return *core::parse_rfc3339("2026-11-23T10:00:00Z");
}

inline core::Envelope envelope(core::Category category = core::Category::urgent,
                               const std::string& from = "ann@reporter.example")
{
    core::Envelope made;
    made.client_address = "192.0.2.7";
    made.client_port = 2525;
    made.helo = "mail.reporter.example";
    made.protocol = "ESMTP";
    made.reverse_path = from;
    const std::string mailbox = category == core::Category::attack   ? "shield@example.com"
                                : category == core::Category::urgent ? "security@example.com"
                                                                     : "postmaster@example.com";
    made.recipients.push_back({*core::Mailbox::parse(mailbox), mailbox, category, true});
    made.received_at = start_of_tests();
    return made;
}

inline core::Assessment assessment(core::Category category, const std::string& subject,
                                   const std::string& text = "")
{
    core::Assessment made;
    made.from = {"ann@reporter.example"};
    made.from_shown = "Ann <ann@reporter.example>";
    made.subject = subject;
    made.text = text;
    made.classification.category = category;
    made.classification.probabilities = {0.25, 0.25, 0.5};
    return made;
}

class StoreTest : public testing::Test {
protected:
    void open()
    {
        store.reset();
        store = Store::open(options());
    }
    [[nodiscard]] Options options()
    {
        Options made;
        made.directory = directory.path();
        made.limits = limits;
        made.clock = [this] { return core::from_unix_ms(now.load()); };
        made.log = &log;
        made.metrics = &metrics;
        return made;
    }
    void pass(std::chrono::milliseconds time) { now += time.count(); }

    [[nodiscard]] Intake::Outcome submit(const std::string& content, const core::Envelope& from = envelope())
    {
        Submission submission{from, store->intake().spool(), core::from_unix_ms(now + 7'200'000)};
        submission.envelope.received_at = core::from_unix_ms(now);
        submission.content.append(content);
        std::promise<Intake::Outcome> promise;
        store->intake().submit(std::move(submission), [&](Intake::Outcome outcome) { promise.set_value(outcome); });
        return promise.get_future().get();
    }
    [[nodiscard]] core::Reference receive(const std::string& content, const core::Envelope& from = envelope())
    {
        const auto outcome = submit(content, from);
        if (!std::holds_alternative<core::Receipt>(outcome)) {
            throw std::runtime_error{"refused: " +
                                     std::to_string(static_cast<int>(std::get<core::Refusal>(outcome)))};
        }
        return std::get<core::Receipt>(outcome).reference();
    }
    [[nodiscard]] static Assessed assessed(const AssessmentWork& work, core::Assessment what)
    {
        Assessed made;
        made.message_id = work.message_id;
        made.received_at = work.envelope.received_at;
        made.assessment = std::move(what);
        made.acknowledge = [](const GrantedBefore&, bool) {
            return Grant{{core::AcknowledgementState::held, "sender not verified", std::nullopt}, std::nullopt};
        };
        return made;
    }
    [[nodiscard]] static NewOutgoing reply_to(const core::Reference& message, const std::string& recipient)
    {
        NewOutgoing mail;
        mail.answers = message;
        mail.recipient = recipient;
        mail.message_id = "<x@example.com>";
        mail.octets = "Subject: Received\r\n\r\nThank you.\r\n";
        mail.give_up_at = start_of_tests() + std::chrono::hours{48};
        return mail;
    }
    [[nodiscard]] static auto granting(const AssessmentWork& work)
    {
        return [work](const GrantedBefore&, bool) {
            return Grant{{core::AcknowledgementState::queued, "", std::nullopt},
                         reply_to(work.reference, work.envelope.reverse_path)};
        };
    }
    /// Receives one message, assesses it and grants its acknowledgement.
    [[nodiscard]] core::Reference receive_and_grant(const std::string& content,
                                                    const core::Envelope& from = envelope())
    {
        const auto reference = receive(content, from);
        auto work = store->assessments().lease(1).at(0);
        Assessed done = assessed(work, assessment(core::Category::urgent, content));
        done.acknowledge = granting(work);
        store->assessments().record({done});
        return reference;
    }
    void assess_all(core::Category category = core::Category::urgent)
    {
        for (auto work = store->assessments().lease(64); !work.empty(); work = store->assessments().lease(64)) {
            std::vector<Assessed> batch;
            for (const AssessmentWork& one : work) {
                batch.push_back(
                    assessed(one, assessment(category, "about " + one.octets.substr(0, 40), one.octets)));
                if (one.attempt > limits.assessment_attempts_max) {
                    batch.back().assessment.reset();
                }
            }
            store->assessments().record(std::move(batch));
        }
    }
    [[nodiscard]] CaseDetail detail(core::Reference reference) const
    {
        return store->cases().find(reference).value();
    }

    /// What a second program could do to the file while the daemon is down.
    void tamper(const std::string& sql)
    {
        SQLite::Database database{(directory.path() / "shield.db").string(), SQLite::OPEN_READWRITE, 5000};
        database.exec("PRAGMA ignore_check_constraints = ON");
        database.exec(sql);
    }

    void tamper_new(const std::string& sql)
    {
        SQLite::Database database{(directory.path() / "shield.db").string(),
                                  SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
        database.exec(sql);
    }

    Directory directory;
    std::atomic<std::int64_t> now{core::to_unix_ms(start_of_tests())};
    support::KeptLog log;
    core::Metrics metrics;
    core::Limits limits;
    std::unique_ptr<Store> store;
};

}  // namespace shield::store::test
