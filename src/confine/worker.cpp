// SPDX-License-Identifier: Apache-2.0
#include "frame.hpp"
#include "worker_process.hpp"

#include <shield/confine/worker.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace shield::confine {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t pieces_at_once = 32;
constexpr std::size_t received_at_once = 65536;
constexpr int burial_wait_ms = 5000;

iovec piece(std::string_view octets)
{
    return {const_cast<char*>(octets.data()), octets.size()};
}

std::string sentence_of(int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == ended_without_memory) {
        return "reading it takes more memory than a worker has (worker_memory_max).";
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
        return "reading it takes too long (worker_time_max).";
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
        return "the worker that read it did what no worker may, and was ended (signal 31)";
    }
    if (WIFSIGNALED(status)) {
        return "the worker that read it crashed (signal " + std::to_string(WTERMSIG(status)) + ")";
    }
    return "the worker that read it ended (status " + std::to_string(WEXITSTATUS(status)) + ")";
}

}  // namespace

void Worker::ask(std::string head, std::string_view octets)
{
    std::string framed = frame_head(head.size() + octets.size());
    framed += head;
    outgoing_.push_back({std::move(framed), octets});
}

core::result<std::string> Worker::answer(std::uint64_t size_max, std::chrono::milliseconds time_max)
{
    const auto end = Clock::now() + time_max;
    for (;;) {
        if (incoming_.size() >= frame_head_size) {
            const std::uint64_t size = framed_size(incoming_);
            if (size > size_max) {
                return core::Error{"the worker that read it answered more than there can be to say"};
            }
            if (incoming_.size() >= frame_head_size + size) {
                std::string answer = incoming_.substr(frame_head_size, size);
                incoming_.erase(0, frame_head_size + size);
                return {boost::system::in_place_value, std::move(answer)};
            }
        }
        switch (pump(end)) {
            case Pumped::something:
                break;
            case Pumped::ended:
                return how_it_ended();
            case Pumped::too_late:
                return core::Error{"reading it takes too long (worker_time_max)."};
        }
    }
}

void Worker::await_walls(std::chrono::milliseconds time_max)
{
    const auto said = answer(2, time_max);
    if (!said || said->size() != 2) {
        throw std::runtime_error{"no process to read messages in could be made"};
    }
    walls_ = {(*said)[0] == walled, (*said)[1] == walled};
}

/// Waits until octets can go either way, and lets them.
Worker::Pumped Worker::pump(Clock::time_point end)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) {
        return Pumped::too_late;
    }
    const short sending = outgoing_.empty() ? 0 : POLLOUT;
    pollfd place{channel_.value(), static_cast<short>(POLLIN | sending), 0};
    const int patience = static_cast<int>(std::min<std::int64_t>(left.count(), 1'000'000));
    if (poll(&place, 1, patience) <= 0) {
        return Pumped::something;  // or a signal, or nothing: the deadline is looked at again
    }
    const bool sent = (place.revents & POLLOUT) == 0 || send_some();
    const bool received = (place.revents & (POLLIN | POLLHUP | POLLERR)) == 0 || receive_some();
    // What it said before it ended still counts.
    return received && (sent || (place.revents & POLLIN) != 0) ? Pumped::something : Pumped::ended;
}

/// False: the other end is closed.
bool Worker::send_some()
{
    std::array<iovec, pieces_at_once> pieces{};
    std::size_t count = 0;
    for (const Outgoing& one : outgoing_) {
        if (count + 2 > pieces.size()) {
            break;
        }
        const std::size_t of_head = std::min(one.sent, one.head.size());
        pieces[count++] = piece(std::string_view{one.head}.substr(of_head));
        pieces[count++] = piece(one.octets.substr(one.sent - of_head));
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = count;
    ssize_t put = sendmsg(channel_.value(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    for (auto sent = static_cast<std::size_t>(put); sent > 0;) {
        Outgoing& first = outgoing_.front();
        const std::size_t taken = std::min(sent, first.head.size() + first.octets.size() - first.sent);
        first.sent += taken;
        sent -= taken;
        if (first.sent == first.head.size() + first.octets.size()) {
            outgoing_.pop_front();
        }
    }
    return true;
}

/// False: the other end is closed.
bool Worker::receive_some()
{
    const std::size_t had = incoming_.size();
    incoming_.resize(had + received_at_once);
    const ssize_t got = recv(channel_.value(), incoming_.data() + had, received_at_once, MSG_DONTWAIT);
    incoming_.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

bool Worker::ended() const noexcept
{
    pollfd grave{lifeline_.value(), POLLIN, 0};
    return poll(&grave, 1, 0) > 0;
}

/// The zygote buries it and says how it ended.
core::Error Worker::how_it_ended() const
{
    int status = 0;
    pollfd grave{lifeline_.value(), POLLIN, 0};
    if (poll(&grave, 1, burial_wait_ms) > 0 &&
        recv(lifeline_.value(), &status, sizeof status, MSG_DONTWAIT) == sizeof status) {
        return {sentence_of(status)};
    }
    return {"the worker that read it is gone"};
}

}  // namespace shield::confine
