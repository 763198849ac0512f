// SPDX-License-Identifier: Apache-2.0
#include <shield/confine/walls.hpp>
#include <shield/confine/zygote.hpp>
#include <shield/mime/exchange.hpp>
#include <shield/mime/read.hpp>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <thread>
#include <vector>

namespace shield::confine {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

constexpr std::uint64_t most = 1U << 20;

std::string tried(long result)
{
    return result >= 0 ? "done" : errno == EPERM || errno == EACCES || errno == EMFILE ? "refused" : "failed";
}

/// Stands for a worker that was taken over: does what the question says.
std::string obey(std::string_view question)
{
    if (question == "crash") {
        raise(SIGSEGV);
        *static_cast<volatile int*>(nullptr) = 1;  // raise() is refused
    } else if (question == "hang") {
        for (volatile bool on = true; on;) {
        }
    } else if (question == "eat") {
        std::vector<std::string> eaten;
        while (eaten.size() < 100'000) {
            eaten.emplace_back(1U << 20, 'x');
        }
    } else if (question == "end") {
        _exit(7);
    } else if (question == "throw") {
        throw std::logic_error{"a mistake"};
    } else if (question == "open") {
        return tried(open("/etc/passwd", O_RDONLY));
    } else if (question == "make") {
        return tried(open("/tmp/shield-worker-was-here", O_CREAT | O_WRONLY, 0600));
    } else if (question == "code") {
        return tried(
            mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
    } else if (question == "socket") {
        return tried(socket(AF_INET, SOCK_STREAM, 0));
    } else if (question == "program") {
        std::array<char*, 1> none{};
        return tried(execve("/bin/true", none.data(), none.data()));
    } else if (question == "process") {
        return tried(fork());
    } else if (question == "shout") {
        return std::string(most + 1, 'x');
    }
    return "heard " + std::string{question.substr(0, 20)};
}

class WorkerTest : public testing::Test {
protected:
    Zygote zygote_{{obey, "warm", {}}};
    core::Limits limits_;

    std::string asked(Worker& worker, const std::string& question, std::chrono::milliseconds time_max = 20s)
    {
        worker.ask(question, {});
        const auto answer = worker.answer(most, time_max);
        return answer ? *answer : core::Error{answer.error()}.sentence;
    }
    std::string asked(const std::string& question, std::chrono::milliseconds time_max = 20s)
    {
        Worker worker = zygote_.worker(limits_);
        return asked(worker, question, time_max);
    }
};

}  // namespace

TEST_F(WorkerTest, AnswersComeInTheOrderOfTheQuestions)
{
    Worker worker = zygote_.worker(limits_);
    for (int i = 0; i < 100; ++i) {
        worker.ask(std::to_string(i), " is asked");
    }
    for (int i = 0; i < 100; ++i) {
        const auto answer = worker.answer(most, 20s);
        ASSERT_TRUE(answer);
        EXPECT_EQ(*answer, "heard " + std::to_string(i) + " is asked");
    }
}

TEST_F(WorkerTest, QuestionsLargerThanTheChannelGoThroughWhileAnswersComeBack)
{
    const std::string large(8U << 20, 'y');
    Worker worker = zygote_.worker(limits_);
    for (int i = 0; i < 8; ++i) {
        worker.ask(std::to_string(i) + " ", large);
    }
    for (int i = 0; i < 8; ++i) {
        const auto answer = worker.answer(most, 20s);
        ASSERT_TRUE(answer);
        EXPECT_EQ(*answer, "heard " + std::to_string(i) + " " + std::string(18, 'y'));
    }
}

TEST_F(WorkerTest, BothWallsStandWhereTheKernelHasThem)
{
    const Walls walls = zygote_.worker(limits_).walls();
    EXPECT_EQ(walls.files, landlock_version() > 0);
    EXPECT_TRUE(walls.calls);
}

TEST_F(WorkerTest, AWorkerOpensAndMakesNoFile)
{
    EXPECT_EQ(asked("open"), "refused");
    EXPECT_EQ(asked("make"), "refused");
    EXPECT_NE(access("/tmp/shield-worker-was-here", F_OK), 0);
}

TEST_F(WorkerTest, AWorkerMakesNoCode)
{
    EXPECT_EQ(asked("code"), "refused");
}

TEST_F(WorkerTest, AWorkerThatReachesForASocketAProgramOrAProcessIsEnded)
{
    for (const char* deed : {"socket", "program", "process"}) {
        EXPECT_THAT(asked(deed), HasSubstr("(signal 31)")) << deed;
    }
}

TEST_F(WorkerTest, AWorkerThatCrashesEndsOrThrowsSaysSo)
{
    if (!sanitized) {  // which ends the process in its own way
        EXPECT_THAT(asked("crash"), HasSubstr("crashed (signal 11)"));
    }
    EXPECT_THAT(asked("end"), HasSubstr("(status 7)"));
    EXPECT_THAT(asked("throw"), HasSubstr("(status "));
}

TEST_F(WorkerTest, AWorkerThatHangsIsGivenUpAfterItsTime)
{
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_THAT(asked("hang", 200ms), HasSubstr("(worker_time_max)"));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

TEST_F(WorkerTest, AWorkerThatBurnsTimeOfItsOwnIsEndedByTheKernel)
{
    limits_.worker_time_max = 0;  // one second of work, and no deadline of ours
    EXPECT_THAT(asked("hang", 60s), HasSubstr("(worker_time_max)"));
}

TEST_F(WorkerTest, AWorkerGetsNoMoreThanItsMemory)
{
    if (sanitized) {
        GTEST_SKIP() << "skipped: needs a build without sanitizers";
    }
    limits_.worker_memory_max = 256U << 20;
    EXPECT_THAT(asked("eat"), HasSubstr("(worker_memory_max)"));
}

TEST_F(WorkerTest, AnAnswerLargerThanAllowedIsNotTaken)
{
    EXPECT_THAT(asked("shout"), HasSubstr("more than there can be to say"));
}

TEST_F(WorkerTest, TheNextWorkerIsNoWorseForIt)
{
    for (const char* deed : {"end", "throw", "socket"}) {
        (void)asked(deed);
        EXPECT_EQ(asked("you"), "heard you");
    }
}

TEST_F(WorkerTest, AWorkerThatIsLetGoEndsWhateverItDoes)
{
    {
        Worker worker = zygote_.worker(limits_);
        worker.ask("hang", {});
        (void)worker.answer(most, 50ms);
    }
    EXPECT_EQ(asked("you"), "heard you");
}

TEST_F(WorkerTest, ThreadsMakeWorkersAtTheSameTime)
{
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([this] {
            for (int round = 0; round < 5; ++round) {
                EXPECT_EQ(asked("you"), "heard you");
            }
        });
    }
}

TEST(ZygoteTest, WithoutItsZygoteNoWorkerIsMadeAndTheOldOnesEnd)
{
    Zygote zygote{{[](std::string_view question) { return std::string{question}; }, "", {}}};
    Worker worker = zygote.worker({});
    EXPECT_FALSE(zygote.ended());
    kill(zygote.process(), SIGKILL);
    while (!zygote.ended()) {
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_THROW((void)zygote.worker({}), std::runtime_error);
    worker.ask("are you there", {});
    EXPECT_FALSE(worker.answer(most, 20s));
}

TEST(ZygoteTest, AZygoteThatStandsStillIsNotWaitedForLong)
{
    const auto begun = std::chrono::steady_clock::now();
    pid_t process = 0;
    {
        const Zygote zygote{{obey, "", {}}};
        process = zygote.process();
        (void)zygote.worker({});
        kill(process, SIGSTOP);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
    kill(process, SIGKILL);
}

TEST(ZygoteTest, WhatCannotBecomeItsUserMakesNoWorkers)
{
    Zygote zygote{{obey, "", [] { throw std::runtime_error{"there is no such user"}; }}};
    EXPECT_THROW((void)zygote.worker({}), std::runtime_error);
}

// ICU holds its tables in its library, and looks for files only under names that it does not know: behind the walls
// every charset reads as it does without them.
TEST(ZygoteTest, AWorkerKnowsEveryCharset)
{
    const std::string octets = "\xc4\xe3\xba\xc3 \x83\x65\x83\x58\x83\x67 \xbe\xc8\xb3\xe7 \xa4\xa4\xa4\xe5";
    const Zygote zygote{{mime::answer_to, mime::question_head_to_read({}) + "Subject: x\r\n\r\nx\r\n", {}}};
    Worker worker = zygote.worker({});
    for (const char* charset : {"utf-8",
                                "utf-7",
                                "utf-16",
                                "utf-32be",
                                "gb18030",
                                "gb2312",
                                "big5",
                                "big5-hkscs",
                                "hz-gb-2312",
                                "iso-2022-jp",
                                "iso-2022-kr",
                                "iso-2022-cn",
                                "euc-jp",
                                "euc-kr",
                                "shift_jis",
                                "koi8-r",
                                "koi8-u",
                                "windows-874",
                                "windows-1251",
                                "windows-1256",
                                "iso-8859-7",
                                "iso-8859-8-i",
                                "iso-8859-15",
                                "tis-620",
                                "ibm037",
                                "ibm-1047",
                                "ibm866",
                                "macintosh",
                                "x-mac-cyrillic",
                                "viscii",
                                "scsu",
                                "bocu-1",
                                "imap-mailbox-name",
                                "ibm-1371_P100-1999",
                                "no-such-charset",
                                "../../etc/passwd"}) {
        const std::string message = "Subject: x\r\nContent-Type: text/plain; charset=" + std::string{charset} +
                                    "\r\n\r\n" + octets + "\r\n";
        worker.ask(mime::question_head_to_read({}), message);
        const auto answer = worker.answer(mime::answer_size_max({}, message.size()), 20s);
        ASSERT_TRUE(answer) << charset << ": " << core::Error{answer.error()}.sentence;
        const auto there = mime::assessment_in(*answer, {}, message);
        ASSERT_TRUE(there) << charset;
        EXPECT_EQ(*there, mime::read(message, {})) << charset;
    }
}

}  // namespace shield::confine
