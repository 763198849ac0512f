// SPDX-License-Identifier: Apache-2.0
#include "failure.hpp"
#include "landlock.hpp"
#include "worker_process.hpp"

#include <shield/confine/walls.hpp>
#include <shield/confine/zygote.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

namespace shield::confine {

namespace {

constexpr std::chrono::seconds start_wait_max{10};
constexpr std::chrono::seconds end_wait_max{2};
constexpr std::size_t passed_descriptors = 2;  // a worker's channel and lifeline

struct Pair {
    Descriptor ours, theirs;
};

Pair make_pair(int type)
{
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        fail("cannot make a channel to another process");
    }
    return {Descriptor{ends[0]}, Descriptor{ends[1]}};
}

/// A message with two descriptors, in either direction.
struct Passing {
    Allowance allowance;
    iovec part{&allowance, sizeof allowance};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(passed_descriptors * sizeof(int))> control{};
    msghdr header{};

    Passing()
    {
        header.msg_iov = &part;
        header.msg_iovlen = 1;
        header.msg_control = control.data();
        header.msg_controllen = control.size();
    }
    Passing(const Passing&) = delete;
    Passing& operator=(const Passing&) = delete;
};

/// The zygote's own life: one loop, no threads, nothing that anybody sent.
class Nursery {
public:
    Nursery(const Work& work, bool files_walled) : work_{work}, files_walled_{files_walled}
    {
        sigset_t deaths;
        sigemptyset(&deaths);
        sigaddset(&deaths, SIGCHLD);
        sigprocmask(SIG_BLOCK, &deaths, nullptr);
        deaths_ = Descriptor{signalfd(-1, &deaths, SFD_NONBLOCK)};
    }

    [[noreturn]] void live()
    {
        for (;;) {
            std::vector<pollfd> places{{only_descriptor, POLLIN, 0}, {deaths_.value(), POLLIN, 0}};
            for (const Child& child : children_) {
                places.push_back({child.killed ? -1 : child.lifeline.value(), POLLIN, 0});
            }
            if (poll(places.data(), places.size(), -1) < 0 && errno != EINTR) {
                _exit(ended_confused);
            }
            kill_unwanted(places);
            if (places[1].revents != 0) {
                bury();
            }
            if (places[0].revents != 0) {
                make();
            }
        }
    }

private:
    struct Child {
        pid_t process;
        Descriptor lifeline;
        bool killed{false};
    };

    void kill_unwanted(const std::vector<pollfd>& places)
    {
        for (std::size_t i = 0; i < children_.size(); ++i) {
            if (places[i + 2].revents != 0) {  // the daemon let go of it
                kill(children_[i].process, SIGKILL);
                children_[i].killed = true;
            }
        }
    }

    void bury()
    {
        signalfd_siginfo ignored{};
        while (read(deaths_.value(), &ignored, sizeof ignored) > 0) {
        }
        int status = 0;
        for (pid_t dead = 0; (dead = waitpid(-1, &status, WNOHANG)) > 0;) {
            const auto child = std::find_if(children_.begin(), children_.end(),
                                            [&](const Child& one) { return one.process == dead; });
            if (child != children_.end()) {
                (void)send(child->lifeline.value(), &status, sizeof status, MSG_NOSIGNAL | MSG_DONTWAIT);
                children_.erase(child);
            }
        }
    }

    void make()
    {
        Passing order;
        const ssize_t got = recvmsg(only_descriptor, &order.header, MSG_CMSG_CLOEXEC);
        if (got == 0) {
            end();  // the daemon has ended
        }
        const cmsghdr* passed = CMSG_FIRSTHDR(&order.header);
        if (got != sizeof order.allowance || passed == nullptr ||
            passed->cmsg_len != CMSG_LEN(passed_descriptors * sizeof(int))) {
            return;
        }
        std::array<int, passed_descriptors> ends{};
        std::memcpy(ends.data(), CMSG_DATA(passed), sizeof ends);
        Descriptor channel{ends[0]};
        Descriptor lifeline{ends[1]};
        const pid_t self = getpid();
        const pid_t child = fork();
        if (child == 0) {
            be_worker(std::move(channel), work_, order.allowance, self, files_walled_);
        }
        if (child > 0) {
            children_.push_back({child, std::move(lifeline)});
        }
    }

    [[noreturn]] void end()
    {
        for (const Child& child : children_) {
            kill(child.process, SIGKILL);
        }
        _exit(ended_done);
    }

    const Work& work_;
    bool files_walled_;
    Descriptor deaths_;
    std::vector<Child> children_;
};

/// When memory runs out, the kernel ends what reads a message and not the daemon. Raising it needs no privilege.
void prefer_to_lose_workers()
{
    constexpr std::string_view first_to_go{"1000"};
    const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file >= 0) {
        (void)!::write(file, first_to_go.data(), first_to_go.size());
        ::close(file);
    }
}

[[noreturn]] void be_zygote(Descriptor channel, const Zygote::Options& options)
{
    try {
        prctl(PR_SET_NAME, "shield-zygote");
        close_all_but(std::move(channel), true);
        if (options.drop) {
            options.drop();
        }
        give_up_capabilities();
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);  // a change of user forgets it
        prefer_to_lose_workers();
        (void)options.work(options.warm_up);
        const bool files_walled = confine_to_nothing();
        Nursery{options.work, files_walled}.live();
    } catch (const std::exception& failure) {
        const std::string line =
            std::string{"shieldd: the process that workers come from: "} + failure.what() + "\n";
        (void)!write(STDERR_FILENO, line.data(), line.size());
        _exit(ended_without_walls);
    }
}

}  // namespace

Zygote::Zygote(const Options& options)
{
    Pair pair = make_pair(SOCK_SEQPACKET);
    const pid_t child = fork();
    if (child < 0) {
        fail("cannot make a process");
    }
    if (child == 0) {
        be_zygote(std::move(pair.theirs), options);
    }
    channel_ = std::move(pair.ours);
    process_ = child;
}

Zygote::~Zygote()
{
    channel_ = Descriptor{};
    const auto end = std::chrono::steady_clock::now() + end_wait_max;
    while (!ended() && std::chrono::steady_clock::now() < end) {  // one that stands still dies with its parent
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

bool Zygote::ended() noexcept
{
    if (process_ > 0 && waitpid(process_, nullptr, WNOHANG) == process_) {
        process_ = -1;
    }
    return process_ < 0;
}

Worker Zygote::worker(const core::Limits& limits) const
{
    Pair channel = make_pair(SOCK_STREAM);
    Pair lifeline = make_pair(SOCK_SEQPACKET);
    Passing order;
    // One message at the end may take as long as all before it together: Worker's owner sees to that.
    order.allowance = {limits.worker_memory_max, 2 * limits.worker_time_max + 1};
    cmsghdr* passed = CMSG_FIRSTHDR(&order.header);
    passed->cmsg_level = SOL_SOCKET;
    passed->cmsg_type = SCM_RIGHTS;
    passed->cmsg_len = CMSG_LEN(passed_descriptors * sizeof(int));
    const std::array<int, passed_descriptors> ends{channel.theirs.value(), lifeline.theirs.value()};
    std::memcpy(CMSG_DATA(passed), ends.data(), sizeof ends);
    if (sendmsg(channel_.value(), &order.header, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {  // full: it stands still
        fail("the process that workers come from takes no orders");
    }
    channel.theirs = Descriptor{};
    lifeline.theirs = Descriptor{};
    Worker worker{std::move(channel.ours), std::move(lifeline.ours)};
    worker.await_walls(start_wait_max);
    return worker;
}

}  // namespace shield::confine
