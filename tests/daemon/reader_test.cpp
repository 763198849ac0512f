// SPDX-License-Identifier: Apache-2.0
#include "reader.hpp"

#include <shield/mime/read.hpp>

#include <daemon/possessed_worker.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <thread>

namespace shield::daemon {

namespace {

using testing::HasSubstr;

class ReaderTest : public testing::Test {
protected:
    // The first member: made while there is one thread.
    confine::Zygote zygote_{possessed_workers()};
    core::Limits limits_;
    core::Metrics metrics_;

    static std::string mail(const std::string& words)
    {
        return "From: a@example.net\r\nSubject: " + words + "\r\n\r\n" + words + "\r\n";
    }

    static void begin(Reader& reader, const std::vector<std::string>& messages)
    {
        std::vector<Reader::Message> next;
        for (const std::string& message : messages) {
            next.push_back({message, message.find("Subject: again") != std::string::npos});
        }
        reader.begin(std::move(next));
    }

    /// Subjects of what could be read, and why the others could not.
    static std::vector<std::string> read_all(Reader& reader, const std::vector<std::string>& messages)
    {
        begin(reader, messages);
        std::vector<std::string> told;
        for (std::size_t i = 0; i < messages.size(); ++i) {
            const auto said = reader.next();
            told.push_back(said ? said->assessment.subject : core::Error{said.error()}.sentence);
        }
        return told;
    }

    std::int64_t workers() { return metrics_.counter("shield_workers_total", "").load(); }
};

}  // namespace

TEST_F(ReaderTest, AWorkerReadsAsThisProcessDoes)
{
    limits_.worker_messages_max = 40;
    std::vector<std::string> messages;
    for (int i = 0; i < 40; ++i) {
        messages.push_back(mail("number " + std::to_string(i)));
    }
    Reader elsewhere{&zygote_, limits_, metrics_};
    Reader here{nullptr, limits_, metrics_};
    EXPECT_EQ(read_all(elsewhere, messages), read_all(here, messages));
    EXPECT_EQ(workers(), 1);
}

TEST_F(ReaderTest, AMessageThatCrashesItsWorkerCostsOnlyItself)
{
    Reader reader{&zygote_, limits_, metrics_};
    const auto told = read_all(reader, {mail("one"), mail("CRASH THE READER"), mail("two"), mail("three")});
    EXPECT_EQ(told[0], "one");
    EXPECT_THAT(told[1], HasSubstr("(status 99)"));
    EXPECT_EQ(told[2], "two");
    EXPECT_EQ(told[3], "three");
    EXPECT_EQ(workers(), 2);
}

TEST_F(ReaderTest, AMessageThatHangsItsWorkerCostsOnlyItself)
{
    limits_.worker_time_max = 1;
    Reader reader{&zygote_, limits_, metrics_};
    const auto told = read_all(reader, {mail("HANG THE READER"), mail("two")});
    EXPECT_THAT(told[0], HasSubstr("(worker_time_max)"));
    EXPECT_EQ(told[1], "two");
}

TEST_F(ReaderTest, AWorkerThatSaysWhatCannotBeIsNotAskedAgain)
{
    Reader reader{&zygote_, limits_, metrics_};
    const auto told = read_all(reader, {mail("LIE FOR THE READER"), mail("two")});
    EXPECT_THAT(told[0], HasSubstr("cannot be: message_id"));
    EXPECT_EQ(told[1], "two");
    EXPECT_EQ(workers(), 2);
}

TEST_F(ReaderTest, AWorkerIsReplacedAfterWorkerMessagesMax)
{
    limits_.worker_messages_max = 3;
    Reader reader{&zygote_, limits_, metrics_};
    const std::vector<std::string> seven(7, mail("x"));
    EXPECT_EQ(read_all(reader, seven), std::vector<std::string>(7, "x"));
    EXPECT_EQ(workers(), 3);
    EXPECT_EQ(read_all(reader, {mail("y"), mail("z")}), (std::vector<std::string>{"y", "z"}));
    EXPECT_EQ(workers(), 3) << "the third had read one";
}

TEST_F(ReaderTest, AMessageThatIsTriedAgainHasAFreshWorkerAndOthersShareIt)
{
    Reader reader{&zygote_, limits_, metrics_};
    EXPECT_EQ(read_all(reader, {mail("again"), mail("one"), mail("again 2"), mail("two"), mail("three")}),
              (std::vector<std::string>{"again", "one", "again 2", "two", "three"}));
    EXPECT_EQ(workers(), 2);
}

TEST_F(ReaderTest, AWorkerThatDiedUnaskedCostsNoMessageAnAttempt)
{
    Reader reader{&zygote_, limits_, metrics_};
    EXPECT_EQ(read_all(reader, {mail("one")}), std::vector<std::string>{"one"});
    const std::string zygote = std::to_string(zygote_.process());
    const auto only_worker = [&] {
        pid_t worker = 0;
        std::ifstream{"/proc/" + zygote + "/task/" + zygote + "/children"} >> worker;
        return worker;
    };
    ASSERT_GT(only_worker(), 0);
    kill(only_worker(), SIGKILL);
    while (only_worker() > 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    EXPECT_EQ(read_all(reader, {mail("two")}), std::vector<std::string>{"two"});
    EXPECT_EQ(workers(), 2);
}

TEST_F(ReaderTest, WhatWasBegunAndNotReadAnswersNothingLater)
{
    Reader reader{&zygote_, limits_, metrics_};
    const std::vector<std::string> left{mail("one"), mail("two"), mail("three")};
    begin(reader, left);
    EXPECT_EQ(reader.next()->assessment.subject, "one");
    EXPECT_EQ(read_all(reader, {mail("four")}), std::vector<std::string>{"four"});
}

TEST_F(ReaderTest, LargeMessagesAndSmallOnesKeepTheirOrder)
{
    Reader reader{&zygote_, limits_, metrics_};
    const std::string large = "Subject: large\r\nContent-Type: application/x\r\n\r\n" + std::string(3U << 20, 'x');
    EXPECT_EQ(read_all(reader, {mail("one"), large, large, mail("two"), large}),
              (std::vector<std::string>{"one", "large", "large", "two", "large"}));
}

TEST_F(ReaderTest, WithoutWorkersThatIsNoMessagesFault)
{
    confine::Zygote none{{possessed, "", [] { throw std::runtime_error{"no user"}; }}};
    Reader reader{&none, limits_, metrics_};
    const std::string message = mail("one");
    begin(reader, {message});
    EXPECT_THROW((void)reader.next(), std::runtime_error);
}

TEST_F(ReaderTest, AnAttachmentIsReadByAWorkerToo)
{
    const std::string message = "Content-Type: application/pdf\r\n\r\n%PDF-1.4\r\n";
    const auto found = read_attachment(&zygote_, message, 1, limits_);
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, mime::attachment(message, 1, limits_));
    EXPECT_EQ(*read_attachment(&zygote_, message, 2, limits_), std::nullopt);
    EXPECT_FALSE(read_attachment(&zygote_, message + "CRASH THE READER", 1, limits_));
}

}  // namespace shield::daemon
