// SPDX-License-Identifier: Apache-2.0
#include "support/eventually.hpp"

#include <shield/delivery/transport.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <system_error>
#include <vector>

namespace shield::delivery {
namespace {

namespace fs = std::filesystem;
using core::DeliveryResult;
using support::eventually;
using testing::HasSubstr;

class Maildir : public testing::Test {
protected:
    Maildir()
    {
        std::string name = "/tmp/shield-maildir-XXXXXX";
        root_ = ::mkdtemp(name.data());
        directory_ = root_ / "var" / "replies";
        transport_ = make_maildir(directory_, "mx.example.com");
    }
    ~Maildir() override
    {
        transport_.reset();
        fs::remove_all(root_);
    }

    static smtp::OutgoingMail mail(std::string body = "Hello.\r\n")
    {
        return {"", "reporter@example.net", "Subject: re\r\n\r\n" + std::move(body)};
    }

    /// Sends, and looks at tmp and new when it is asked to commit.
    smtp::DeliveryOutcome send(const std::string& stem, smtp::OutgoingMail octets, bool may_commit = true)
    {
        std::atomic<bool> ended{false};
        smtp::DeliveryOutcome outcome;
        transport_->send(
            stem, std::move(octets),
            [&](const std::function<void(bool)>& answer) {
                in_tmp_at_commit_ = files("tmp").size();
                in_new_at_commit_ = files("new").size();
                answer(may_commit);
            },
            [&](smtp::DeliveryOutcome told) {
                outcome = std::move(told);
                ended = true;
            });
        EXPECT_TRUE(eventually([&] { return ended.load(); }));
        return outcome;
    }

    [[nodiscard]] std::vector<fs::path> files(const char* part) const
    {
        std::vector<fs::path> all;
        for (const auto& entry : fs::directory_iterator{directory_ / part}) {
            all.push_back(entry.path());
        }
        return all;
    }
    static std::string content(const fs::path& file)
    {
        std::ifstream stream{file, std::ios::binary};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }
    static unsigned mode(const fs::path& file)
    {
        struct stat found {};
        ::stat(file.c_str(), &found);
        return found.st_mode & 0777U;
    }

    fs::path root_, directory_;
    std::unique_ptr<Transport> transport_;
    std::size_t in_tmp_at_commit_{99}, in_new_at_commit_{99};
};

TEST_F(Maildir, IsMadeForItsOwnerOnly)
{
    for (const auto& path :
         {root_ / "var", directory_, directory_ / "tmp", directory_ / "new", directory_ / "cur"}) {
        EXPECT_EQ(mode(path), 0700U) << path;
    }
}

TEST_F(Maildir, HoldsTheMailAsADeliveringSystemWritesIt)
{
    const auto outcome = send("1764000000.R1M0", mail("Hello.\r\n.dot\r\n"));
    EXPECT_EQ(outcome.result, DeliveryResult::sent);
    ASSERT_EQ(files("new").size(), 1U);
    const auto file = files("new").front();
    EXPECT_EQ(file.filename(), "1764000000.R1M0.mx.example.com");
    EXPECT_EQ(content(file), "Return-Path: <>\nDelivered-To: reporter@example.net\nSubject: re\n\nHello.\n.dot\n");
    EXPECT_EQ(mode(file), 0600U);
    EXPECT_TRUE(files("tmp").empty());
    EXPECT_THAT(outcome.reply, HasSubstr("1764000000.R1M0.mx.example.com"));
}

TEST_F(Maildir, IsAskedBetweenWritingAndLinking)
{
    send("a", mail());
    EXPECT_EQ(in_tmp_at_commit_, 1U);
    EXPECT_EQ(in_new_at_commit_, 0U);
}

TEST_F(Maildir, NothingIsLeftWhenTheMarkCannotBeMade)
{
    EXPECT_EQ(send("a", mail(), false).result, DeliveryResult::deferred);
    EXPECT_TRUE(files("tmp").empty());
    EXPECT_TRUE(files("new").empty());
}

TEST_F(Maildir, ASecondAttemptMakesNoSecondMessage)
{
    EXPECT_EQ(send("a", mail()).result, DeliveryResult::sent);
    EXPECT_EQ(send("a", mail()).result, DeliveryResult::sent);
    EXPECT_EQ(files("new").size(), 1U);
    EXPECT_EQ(send("b", mail()).result, DeliveryResult::sent);
    EXPECT_EQ(files("new").size(), 2U);
}

TEST_F(Maildir, TheRestOfAnAttemptThatWasCutShortIsReplaced)
{
    std::ofstream{directory_ / "tmp" / "a.mx.example.com"} << "half a mess";
    EXPECT_EQ(send("a", mail()).result, DeliveryResult::sent);
    EXPECT_THAT(content(files("new").front()), HasSubstr("Hello."));
    EXPECT_TRUE(files("tmp").empty());
}

TEST_F(Maildir, NoStemLeavesTheDirectory)
{
    send("../../escaped", mail());
    send(".hidden", mail());
    EXPECT_EQ(files("new").size(), 2U);
    for (const auto& file : files("new")) {
        EXPECT_NE(file.filename().native().front(), '.');
    }
}

TEST_F(Maildir, RefusesAnAddressThatWouldForgeAField)
{
    auto forged = mail();
    forged.recipient = "a@example.net\r\nBcc: b@example.net";
    EXPECT_EQ(send("a", forged).result, DeliveryResult::failed);
    EXPECT_TRUE(files("new").empty());
}

TEST_F(Maildir, ComesBackWhenSomebodyTidiedItAway)
{
    fs::remove_all(directory_);
    EXPECT_EQ(send("a", mail()).result, DeliveryResult::sent);
}

TEST_F(Maildir, WhatCannotBeWrittenIsDeferredWithTheFile)
{
    fs::remove_all(directory_ / "tmp");
    std::ofstream{directory_ / "tmp"} << "in the way";
    const auto outcome = send("a", mail());
    EXPECT_EQ(outcome.result, DeliveryResult::deferred);
    EXPECT_THAT(outcome.reply, HasSubstr((directory_ / "tmp").native()));
}

TEST_F(Maildir, FailsAtOnceWhereItCannotBe)
{
    std::ofstream{root_ / "file"} << "x";
    EXPECT_THROW(static_cast<void>(make_maildir(root_ / "file" / "replies", "mx")), std::system_error);
}

TEST_F(Maildir, ItsEndTellsWhoIsUnderWay)
{
    std::function<void(bool)> answer;
    std::atomic<bool> asked{false};
    std::atomic<int> ended{0};
    smtp::DeliveryOutcome outcome;
    transport_->send(
        "a", mail(),
        [&](std::function<void(bool)> given) {
            answer = std::move(given);
            asked = true;
        },
        [&](smtp::DeliveryOutcome told) {
            outcome = std::move(told);
            ++ended;
        });
    ASSERT_TRUE(eventually([&] { return asked.load(); }));
    transport_.reset();
    answer(true);
    EXPECT_EQ(ended, 1);
    EXPECT_EQ(outcome.result, DeliveryResult::deferred);
    EXPECT_TRUE(files("new").empty());
    EXPECT_TRUE(files("tmp").empty());
}

}  // namespace
}  // namespace shield::delivery
