// SPDX-License-Identifier: Apache-2.0
#include <shield/confine/walls.hpp>

#include <confine/in_a_child.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

namespace shield::confine {

namespace {

namespace fs = std::filesystem;

class Walls : public testing::Test {
protected:
    Walls()
    {
        std::string name = (fs::temp_directory_path() / "shield-walls-XXXXXX").string();
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
        for (const char* one : {"written", "read", "else"}) {
            fs::create_directory(directory_ / one);
            std::ofstream{directory_ / one / "file"} << "x";
        }
    }
    ~Walls() override { fs::remove_all(directory_); }

    bool can_read(const fs::path& file) const { return std::ifstream{directory_ / file}.is_open(); }
    bool can_write(const fs::path& file) const { return std::ofstream{directory_ / file}.is_open(); }

    fs::path directory_;
};

constexpr int no_wall = 77;

}  // namespace

TEST_F(Walls, OnlyTheFilesThatWereNamedCanBeUsed)
{
    if (landlock_version() == 0) {
        GTEST_SKIP() << "skipped: needs Landlock";
    }
    const int seen = in_a_child([&] {
        if (!confine_files({{directory_ / "written", directory_ / "not there"}, {directory_ / "read"}})) {
            return no_wall;
        }
        const bool right = can_read("written/file") && can_write("written/new") && can_read("read/file") &&
                           !can_write("read/file") && !can_write("read/new") && !can_read("else/file") &&
                           !can_write("else/new");
        fs::rename(directory_ / "written/new", directory_ / "written/renamed");
        fs::remove(directory_ / "written/renamed");
        return right ? 0 : 1;
    });
    EXPECT_EQ(seen, 0);
}

TEST_F(Walls, AFileThatIsRenamedIntoADirectoryLaterCanBeRead)
{
    if (landlock_version() == 0) {
        GTEST_SKIP() << "skipped: needs Landlock";
    }
    std::array<int, 2> told{};
    ASSERT_EQ(pipe(told.data()), 0);
    std::thread renames{[&] {
        char ready = 0;
        EXPECT_EQ(read(told[0], &ready, 1), 1);
        fs::rename(directory_ / "else/file", directory_ / "read/late");
    }};
    const int seen = in_a_child([&] {
        if (!confine_files({{}, {directory_ / "read"}}) || write(told[1], "x", 1) != 1) {
            return no_wall;
        }
        for (int i = 0; i < 1000 && !can_read("read/late"); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        return can_read("read/late") ? 0 : 1;
    });
    renames.join();
    EXPECT_EQ(seen, 0);
}

TEST_F(Walls, ADaemonBehindItsCallsRunsThreadsAndSocketsAndNoPrograms)
{
    const int seen = in_a_child([&] {
        if (!confine_calls()) {
            return no_wall;
        }
        int threads = 0;
        std::thread{[&] { ++threads; }}.join();
        const bool works = threads == 1 && can_write("else/new") && socket(AF_INET, SOCK_STREAM, 0) >= 0;
        char program[] = "/bin/true";
        char* arguments[] = {program, nullptr};
        char* environment[] = {nullptr};
        const bool no_program = execve(program, arguments, environment) == -1 && errno == ENOSYS;
        const bool no_packets = socket(AF_PACKET, SOCK_RAW, 0) == -1 && errno == ENOSYS;
        const bool no_namespace = syscall(SYS_unshare, 0x10000000) == -1 && errno == ENOSYS;
        const bool no_ring = syscall(SYS_io_uring_setup, 1, nullptr) == -1 && errno == ENOSYS;
        const bool no_keys = syscall(SYS_keyctl, 0, 0, 0, 0, 0) == -1 && errno == ENOSYS;
        return works && no_program && no_packets && no_namespace && no_ring && no_keys ? 0 : 1;
    });
    if (seen == no_wall) {
        GTEST_SKIP() << "skipped: needs seccomp filters";
    }
    EXPECT_EQ(seen, 0);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_F(Walls, ADaemonBehindItsCallsMakesAndTracesNoProcess)
{
    const int seen = in_a_child([&] {
        if (!confine_calls()) {
            return no_wall;
        }
        const bool no_process = fork() == -1 && errno == ENOSYS;
        const bool no_tracing = ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == -1 && errno == ENOSYS;
        return no_process && no_tracing ? 0 : 1;
    });
    if (seen == no_wall) {
        GTEST_SKIP() << "skipped: needs seccomp filters";
    }
    EXPECT_EQ(seen, 0);
}
#endif

TEST_F(Walls, WithoutCapabilitiesNoneComesBack)
{
    const int seen = in_a_child([] {
        give_up_capabilities();
        std::ifstream status{"/proc/self/status"};
        int right = 0;
        for (std::string line; std::getline(status, line);) {
            right += line == "CapEff:\t0000000000000000" || line == "CapPrm:\t0000000000000000" ||
                     line == "NoNewPrivs:\t1";
        }
        return right == 3 ? 0 : 1;
    });
    EXPECT_EQ(seen, 0);
}

}  // namespace shield::confine
