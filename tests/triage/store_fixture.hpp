// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shield/classify/classifier.hpp>
#include <shield/mime/read.hpp>
#include <shield/store/assessments.hpp>
#include <shield/store/intake.hpp>
#include <shield/store/outbox.hpp>
#include <shield/triage/desk.hpp>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>

namespace shield::triage {

/// A real store in a directory of its own, and what receive and assess do to it, without their threads.
class StoreInDirectory {
public:
    StoreInDirectory()
    {
        std::string name = (std::filesystem::temp_directory_path() / "shield_desk_XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("no temporary directory");
        }
        directory_ = name;
        ours_ = true;
    }
    /// In a directory that somebody else made and removes.
    explicit StoreInDirectory(std::filesystem::path directory) : directory_{std::move(directory)} {}
    ~StoreInDirectory()
    {
        store_.reset();
        std::error_code ignored;
        if (ours_) {
            std::filesystem::remove_all(directory_, ignored);
        }
    }
    StoreInDirectory(const StoreInDirectory&) = delete;
    StoreInDirectory& operator=(const StoreInDirectory&) = delete;

    void open()
    {
        store::Options options;
        options.directory = directory_;
        options.clock = clock();
        options.log = &log_;
        options.metrics = &metrics_;
        store_ = store::Store::open(std::move(options));
    }
    void close() { store_.reset(); }

    [[nodiscard]] store::Store& store() { return *store_; }
    [[nodiscard]] core::Metrics& metrics() noexcept { return metrics_; }
    [[nodiscard]] const std::filesystem::path& directory() const noexcept { return directory_; }
    [[nodiscard]] core::Clock clock()
    {
        return [this] { return core::from_unix_ms(now_.load()); };
    }
    [[nodiscard]] core::Time now() const { return core::from_unix_ms(now_.load()); }
    void pass(std::chrono::seconds time) { now_ += std::chrono::milliseconds{time}.count(); }

    /// What receive does with a message for shield@example.com.
    core::Reference receive(std::string_view octets, const std::string& reverse_path,
                            core::Category category = core::Category::attack)
    {
        core::Envelope envelope;
        envelope.client_address = "192.0.2.7";
        envelope.client_port = 40000;
        envelope.helo = "mail.example.net";
        envelope.protocol = "ESMTP";
        envelope.reverse_path = reverse_path;
        envelope.received_at = now();
        envelope.recipients.push_back(
            {*core::Mailbox::parse("shield@example.com"), "shield@example.com", category, true});
        store::Submission submission{std::move(envelope), store_->intake().spool(), now() + std::chrono::hours{2}};
        submission.content.append(octets);
        std::promise<store::Intake::Outcome> outcome;
        store_->intake().submit(std::move(submission),
                                [&](store::Intake::Outcome result) { outcome.set_value(std::move(result)); });
        return std::get<core::Receipt>(outcome.get_future().get()).reference();
    }

    /// What assess does with all that waits; every acknowledgement is held.
    void assess()
    {
        const classify::Classifier classifier = classify::Classifier::built_in();
        for (auto work = store_->assessments().lease(100); !work.empty(); work = store_->assessments().lease(100)) {
            std::vector<store::Assessed> batch;
            for (const store::AssessmentWork& one : work) {
                store::Assessed assessed;
                assessed.message_id = one.message_id;
                assessed.assessment = mime::read(one.octets, core::Limits{});
                assessed.assessment->classification =
                    classifier.classify(*assessed.assessment, core::most_pressing(one.envelope).category);
                assessed.acknowledge = [](const store::GrantedBefore&, bool) {
                    return store::Grant{{core::AcknowledgementState::held, "the sender is not verified", {}}, {}};
                };
                batch.push_back(std::move(assessed));
            }
            store_->assessments().record(std::move(batch));
        }
        while (store_->assessments().index_some() > 0) {
        }
    }

private:
    std::filesystem::path directory_;
    bool ours_{false};
    core::NoLog log_;
    core::Metrics metrics_;
    std::atomic<std::int64_t> now_{1772452800000};  // 2026-03-02T12:00:00Z, a Monday
    std::unique_ptr<store::Store> store_;
};

inline constexpr std::string_view cry_for_help =
    "From: Alice <alice@example.net>\r\n"
    "To: shield@example.com\r\n"
    "Subject: Someone is in my account\r\n"
    "Message-ID: <cry@example.net>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n"
    "\r\n"
    "--b\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "\r\n"
    "My account was hacked and my password was changed. Please help, kangaroo.\r\n"
    "--b\r\n"
    "Content-Type: application/octet-stream\r\n"
    "Content-Disposition: attachment; filename=proof.bin\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "AAECAw==\r\n"
    "--b--\r\n";

inline std::shared_ptr<const Settings> desk_settings()
{
    const auto templates = acknowledge::Templates::make(
        {{"attack.en.txt",
          "Subject: We have your message {{reference}}\n\nHelp is near.{{#due}} By {{due}}.{{/due}}\n"},
         {"urgent.en.txt", "Subject: We have your message {{reference}}\n\nThank you.\n"},
         {"support.en.txt", "Subject: We have your message {{reference}}\n\nSee {{links.support}}\n"},
         {"more.en.txt", "Subject: More\n\nPlease tell us more about {{reference}}.\n"}},
        {{"support", "https://help.test/"}}, "Example Security", core::Limits{});
    if (!templates) {
        throw std::runtime_error(templates.error().sentence);
    }
    core::Promises promises;
    promises[0].wall_clock = std::chrono::hours{2};
    promises[1].wall_clock = std::chrono::hours{24};
    promises[2].wall_clock = std::chrono::hours{72};
    return std::make_shared<const Settings>(
        Settings{{"Example Security <security@example.com>", "mx.example.com"},
                 *templates,
                 *core::Mailboxes::make("mx.example.com", {{"shield@example.com", {}, core::Category::attack},
                                                           {"security@example.com", {}, core::Category::urgent}}),
                 promises,
                 std::chrono::hours{24},
                 std::chrono::hours{120},
                 core::Limits{}});
}

}  // namespace shield::triage
