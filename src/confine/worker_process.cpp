// SPDX-License-Identifier: Apache-2.0
#include "worker_process.hpp"

#include "calls.hpp"
#include "frame.hpp"
#include "sanitized.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <new>
#include <stdexcept>

namespace shield::confine {

namespace {

constexpr int niceness = 10;  // that of the threads that wait for it
constexpr std::size_t read_at_once = 65536;
constexpr std::size_t kept_between_questions = 1U << 20;

void limit(decltype(RLIMIT_AS) what, std::uint64_t soft, std::uint64_t hard)
{
    const rlimit value{soft, hard};
    if (setrlimit(what, &value) != 0) {
        _exit(ended_without_walls);
    }
}

void limit_resources(const Allowance& allowance)
{
    if (!sanitized) {
        limit(RLIMIT_AS, allowance.memory_octets, allowance.memory_octets);
    }
    limit(RLIMIT_CPU, allowance.cpu_seconds, allowance.cpu_seconds + 1);
    limit(RLIMIT_NOFILE, 0, 0);
    limit(RLIMIT_FSIZE, 0, 0);
    limit(RLIMIT_CORE, 0, 0);
}

/// The worker's end of the channel. Blocking; a channel that has closed ends the process.
class Channel {
public:
    /// The next question. Valid until the next call.
    std::string_view question()
    {
        forget_last();
        fill(frame_head_size);
        last_ = frame_head_size + framed_size(buffer_);
        fill(last_);
        return std::string_view{buffer_}.substr(frame_head_size, last_ - frame_head_size);
    }

    static void answer(std::string_view octets)
    {
        const std::string size = frame_head(octets.size());
        std::string_view head = size;
        while (!head.empty() || !octets.empty()) {
            const std::array<iovec, 2> parts{part(head), part(octets)};
            const ssize_t put = writev(only_descriptor, parts.data(), parts.size());
            if (put < 0 && errno != EINTR) {
                _exit(ended_done);
            }
            const auto sent = static_cast<std::size_t>(std::max<ssize_t>(put, 0));
            const std::size_t of_head = std::min(sent, head.size());
            head.remove_prefix(of_head);
            octets.remove_prefix(sent - of_head);
        }
    }

private:
    static iovec part(std::string_view octets) { return {const_cast<char*>(octets.data()), octets.size()}; }

    void forget_last()
    {
        buffer_.erase(0, last_);
        filled_ -= last_;
        last_ = 0;
        if (filled_ == 0 && buffer_.capacity() > kept_between_questions) {
            buffer_ = {};
        }
    }

    /// Until that much is there; what is behind it may come along.
    void fill(std::size_t wanted)
    {
        while (filled_ < wanted) {
            buffer_.resize(std::max({buffer_.size(), wanted, filled_ + read_at_once}));
            const ssize_t got = read(only_descriptor, buffer_.data() + filled_, buffer_.size() - filled_);
            if (got == 0 || (got < 0 && errno != EINTR)) {
                _exit(ended_done);
            }
            filled_ += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        }
    }

    std::string buffer_;
    std::size_t filled_{0};
    std::size_t last_{0};  // octets of the question that was asked last, with its size
};

}  // namespace

void close_all_but(Descriptor kept, bool standard_error)
{
    if (kept.value() != only_descriptor && dup2(kept.value(), only_descriptor) < 0) {
        _exit(ended_without_walls);
    }
    (void)kept.release();  // open for as long as the process lives, or closed with the rest
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    if (!standard_error) {
        close(STDERR_FILENO);
    }
    if (close_range(only_descriptor + 1, ~0U, 0) != 0) {
        for (int other = only_descriptor + 1; other < sysconf(_SC_OPEN_MAX); ++other) {  // before Linux 5.9
            close(other);
        }
    }
}

void be_worker(Descriptor channel, const Work& work, const Allowance& allowance, int parent, bool files_walled)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(ended_done);
    }
    prctl(PR_SET_NAME, "shield-worker");
    // Nobody could tell what is written by a worker that is taken over from a line of the log.
    close_all_but(std::move(channel), sanitized);
    setpriority(PRIO_PROCESS, 0, niceness);
    try {
        limit_resources(allowance);
        const bool calls_walled = confine_worker_calls();
        Channel::answer(std::string{files_walled ? walled : unwalled, calls_walled ? walled : unwalled});
    } catch (const std::exception&) {
        _exit(ended_without_walls);
    }
    try {
        for (Channel open;;) {
            Channel::answer(work(open.question()));
        }
    } catch (const std::bad_alloc&) {
        _exit(ended_without_memory);
    } catch (const std::exception&) {
        _exit(ended_confused);
    }
}

}  // namespace shield::confine
