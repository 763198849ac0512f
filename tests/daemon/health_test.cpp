// SPDX-License-Identifier: Apache-2.0
#include "health.hpp"

#include <shield/daemon/shieldd.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace shield::daemon {

namespace {

using testing::HasSubstr;

class Watching : public testing::Test {
protected:
    ~Watching() override
    {
        store_.reset();
        std::filesystem::remove_all(directory_);
    }

    static std::filesystem::path fresh_directory()
    {
        std::string name = (std::filesystem::temp_directory_path() / "shield-health-XXXXXX").string();
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        return name;
    }
    std::unique_ptr<store::Store> open()
    {
        store::Options options;
        options.directory = directory_;
        options.clock = [this] { return now_; };
        options.log = &log_;
        options.metrics = &metrics_;
        return store::Store::open(std::move(options));
    }

    core::NoLog log_;
    core::Metrics metrics_;
    core::Time now_ = core::from_unix_ms(1'000'000);
    std::filesystem::path directory_{fresh_directory()};
    std::unique_ptr<store::Store> store_{open()};
    Health health_{*store_, metrics_, [this] { return now_; }};
};

}  // namespace

TEST_F(Watching, MailShouldComeHereOnlyWhileItIsServed)
{
    EXPECT_EQ(health_.answer("/readyz").status, 503u);
    EXPECT_EQ(health_.answer("/readyz").body, "starting\n");
    health_.set(Health::Phase::serving);
    EXPECT_EQ(health_.answer("/readyz").status, 200u);
    health_.set(Health::Phase::draining);
    EXPECT_EQ(health_.answer("/readyz").status, 503u);
    EXPECT_EQ(health_.answer("/readyz").body, "draining\n");
}

TEST_F(Watching, ItStaysReadyAndSaysThatAutomaticRepliesAreStopped)
{
    std::string notice;
    Health health{*store_, metrics_, [this] { return now_; }, [&] { return notice; }};
    health.set(Health::Phase::serving);
    EXPECT_EQ(health.answer("/readyz").body, "ready\n");
    notice = "automatic replies are stopped";
    EXPECT_EQ(health.answer("/readyz").status, 200u);
    EXPECT_EQ(health.answer("/readyz").body, "ready\nautomatic replies are stopped\n");
}

TEST_F(Watching, ASoundStoreIsHealthyWhateverThePhase)
{
    EXPECT_EQ(health_.answer("/healthz").status, 200u);
    health_.set(Health::Phase::draining);
    EXPECT_EQ(health_.answer("/healthz").status, 200u);
}

TEST_F(Watching, MetricsTellVersionAndUptime)
{
    now_ += std::chrono::seconds{90};
    const net::HttpResponse answer = health_.answer("/metrics");
    EXPECT_EQ(answer.status, 200u);
    EXPECT_THAT(answer.content_type, HasSubstr("version=0.0.4"));
    EXPECT_THAT(answer.body, HasSubstr("\nshield_uptime_seconds 90\n"));
    EXPECT_THAT(answer.body, HasSubstr("\nshield_build_info{version=\"" + std::string{version()} + "\"} 1\n"));
}

TEST_F(Watching, NothingElseIsThere)
{
    EXPECT_EQ(health_.answer("/").status, 404u);
    EXPECT_EQ(health_.answer("/metrics/").status, 404u);
}

}  // namespace shield::daemon
