// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "assess.hpp"
#include "intake.hpp"

#include <shield/mime/read.hpp>
#include <shield/store/outbox.hpp>
#include <shield/store/store.hpp>

#include <daemon/good_config.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <support/kept_log.hpp>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>

namespace shield::daemon {

inline const core::Time arrival = *core::parse_rfc3339("2026-11-23T12:00:00Z");

inline constexpr const char* cry_for_help =
    "From: Ann <ann@example.net>\r\nTo: shield@example.com\r\nSubject: help\r\nMessage-ID: <1@example.net>\r\n\r\n"
    "someone changed my password and I am locked out of my account\r\n";

inline std::filesystem::path fresh_directory()
{
    std::string name = (std::filesystem::temp_directory_path() / "shield-assess-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    return name;
}

/// Everything between a message's octets and its place in the queue, without sockets.
class Pipeline : public testing::Test {
protected:
    ~Pipeline() override
    {
        store_.reset();
        std::filesystem::remove_all(directory_);
    }

    static std::shared_ptr<const InForce> make(const std::string& unverified)
    {
        const auto config = parse_config(
            good_config_but("[delivery]",
                            "templates = '" +
                                std::filesystem::absolute(SHIELD_SOURCE_DIR "/etc/templates").string() +
                                "'\nunverified = '" + unverified + "'\n[delivery]") +
                "[links]\nsupport = 'https://s.example.net/'\npolicy = 'https://p.example.net/'\n"
                "recovery = 'https://r.example.net/'\n[dns]\nresolver = 'none'\n",
            "/etc/x.toml");
        EXPECT_TRUE(config) << config.error().sentence;
        auto made = make_in_force(*config);
        EXPECT_TRUE(made) << made.error().sentence;
        return *made;
    }

    std::unique_ptr<store::Store> open()
    {
        store::Options options;
        options.directory = directory_;
        options.limits = in_force_->triage.limits;
        options.clock = clock();
        options.log = &log_;
        options.metrics = &metrics_;
        return store::Store::open(std::move(options));
    }

    core::Envelope envelope(const std::string& sender, const std::string& recipient)
    {
        core::Envelope envelope;
        envelope.client_address = "192.0.2.7";
        envelope.helo = "client.example.net";
        envelope.protocol = "ESMTP";
        envelope.reverse_path = sender;
        envelope.recipients = {*in_force_->triage.mailboxes.find(*core::Mailbox::parse(recipient))};
        envelope.received_at = arrival;
        return envelope;
    }

    /// Receives one message and answers its reference.
    core::Reference receive(const core::Envelope& envelope, std::string_view octets)
    {
        Intake intake{store_->intake(), in_force_, log_};
        intake.keep(octets.substr(0, octets.size() / 2));
        intake.keep(octets.substr(octets.size() / 2));
        std::promise<net::Reception::Outcome> outcome;
        intake.submit(envelope, [&](net::Reception::Outcome got) { outcome.set_value(got); });
        return std::get<core::Receipt>(outcome.get_future().get()).reference();
    }

    Assessing assessing()
    {
        return {in_force_, store_->token_key(), store_->token_keys(), [this] { return store_->unique_name(); },
                clock()()};
    }

    void assess_all()
    {
        for (auto work = store_->assessments().lease(10); !work.empty(); work = store_->assessments().lease(10)) {
            std::vector<store::Assessed> batch;
            for (const auto& one : work) {
                batch.push_back(assess(one, {mime::read(one.octets, in_force_->triage.limits), {}}, assessing()));
            }
            store_->assessments().record(std::move(batch));
        }
    }

    core::Clock clock()
    {
        return [this] { return arrival + std::chrono::milliseconds{passed_ms_.load()}; };
    }

    store::CaseDetail find(core::Reference reference) { return store_->cases().find(reference).value(); }

    std::atomic<std::int64_t> passed_ms_{0};
    support::KeptLog log_;
    core::Metrics metrics_;
    std::filesystem::path directory_{fresh_directory()};
    std::shared_ptr<const InForce> in_force_{make("send")};
    std::unique_ptr<store::Store> store_{open()};
};

}  // namespace shield::daemon
